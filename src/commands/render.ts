/** `nais-etl render`: the manifests and the dashboard that follow from pipeline.yaml. */
import { join, relative, resolve } from "node:path";
import { baseTarget } from "../spec/target.ts";
import { renderPipeline, type Rendered } from "../ship/render/files.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { trustedFolder, writeBelow } from "../util/write-below.ts";
import { choosePipelines } from "./pipelines.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface RenderOptions {
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** The part of `targets:` to merge; by default none. */
  target?: string | undefined;
  /** Image reference; without it the manifest is a template with `{{image}}`. */
  image?: string | undefined;
  /** The commit that is deployed; in a template `{{revision}}` unless given. */
  revision?: string | undefined;
  /** What no two deploys share: the platform acts on a spec that has changed, and on no other. */
  deployment?: string | undefined;
  /** Folder to write to instead of printing. */
  output?: string | undefined;
  json?: boolean | undefined;
  /** What kind of manifests: `naisjob` by default. */
  renderTarget?: string | undefined;
}

const renderTargets = ["naisjob"];
const plannedTargets = ["kubernetes", "argo", "airflow"];

/** @throws {EtlError} `invalid` with every problem, `usage` for a kind of manifest that cannot be made. */
export async function render(options: RenderOptions, context: Context): Promise<void> {
  assertRenderTarget(options.renderTarget ?? "naisjob");
  const rendered = await renderAll(options, context);
  if (options.json) context.print(JSON.stringify({ manifests: rendered.map(asJson) }, undefined, 2));
  if (options.output !== undefined) await writeAll({ rendered, output: options.output, context });
  else if (!options.json) context.print(rendered.map(manifestText).join("---\n").trimEnd());
}

interface RenderedPipeline extends Rendered {
  target: string;
}

async function renderAll(options: RenderOptions, context: Context): Promise<RenderedPipeline[]> {
  const found = await choosePipelines(options, context);
  return Promise.all(
    found.map(async ({ file }) => {
      const pipeline = await loadPipeline({ file, target: options.target ?? baseTarget }, context);
      const { image, revision, deployment } = options;
      return { ...renderPipeline({ pipeline, image, revision, deployment }), target: pipeline.target };
    }),
  );
}

/** What may be given to `kubectl apply`: the dashboard is none of it. */
function manifestText({ files }: RenderedPipeline): string {
  return files[0]!.text;
}

function asJson({ files, target, manifests, dashboard }: RenderedPipeline) {
  return { file: files[0]!.name, target, resources: manifests.map(({ manifest }) => manifest), dashboard };
}

async function writeAll({
  rendered,
  output,
  context,
}: {
  rendered: RenderedPipeline[];
  output: string;
  context: Context;
}): Promise<void> {
  const folder = resolve(context.cwd, output);
  for (const { name, text } of rendered.flatMap(({ files }) => files)) {
    const path = join(folder, name);
    await context.effect("render.write", () =>
      writeBelow({ folder: trustedFolder(folder, context.cwd), path, data: text }),
    );
    context.log.info(`wrote ${relative(context.cwd, path)}`);
  }
}

function assertRenderTarget(name: string): void {
  if (renderTargets.includes(name)) return;
  const planned = plannedTargets.includes(name);
  throw new EtlError({
    code: "usage",
    message: planned ? `rendering for ${name} is not supported yet` : `\`${name}\` is not something to render for`,
    hint: planned ? `Supported: ${renderTargets.join(", ")}.` : didYouMean(name, [...renderTargets, ...plannedTargets]),
  });
}
