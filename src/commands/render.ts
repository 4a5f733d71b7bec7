/** `nais-etl render`: the manifests that follow from pipeline.yaml. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { loadPipeline } from "../spec/load.ts";
import { baseTarget } from "../spec/target.ts";
import { manifestName, manifestText, renderManifests } from "../ship/render/committed.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { choosePipelines } from "./pipelines.ts";

export interface RenderOptions {
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** The part of `targets:` to merge; by default none. */
  target?: string | undefined;
  /** Image reference; without it the manifest is a template with `{{image}}`. */
  image?: string | undefined;
  /** The commit that is deployed; in a template `{{revision}}` unless given. */
  revision?: string | undefined;
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
  if (options.json) {
    const manifests = rendered.map(({ file, target, resources }) => ({ file, target, resources }));
    context.print(JSON.stringify({ manifests }, undefined, 2));
  }
  if (options.output !== undefined) await writeAll({ rendered, output: options.output, context });
  else if (!options.json)
    context.print(
      rendered
        .map(({ text }) => text)
        .join("---\n")
        .trimEnd(),
    );
}

interface Rendered {
  file: string;
  target: string;
  /** The job, then its alerts. */
  resources: unknown[];
  text: string;
}

async function renderAll(options: RenderOptions, context: Context): Promise<Rendered[]> {
  const found = await choosePipelines(options, context);
  return Promise.all(
    found.map(async ({ file, selected }) => {
      const pipeline = await loadPipeline({ file, cwd: context.cwd, target: options.target ?? baseTarget });
      const request = { pipeline, selected, image: options.image, revision: options.revision };
      const resources = renderManifests(request).map(({ manifest }) => manifest);
      return { file: manifestName(pipeline), target: pipeline.target, resources, text: manifestText(request) };
    }),
  );
}

async function writeAll({
  rendered,
  output,
  context,
}: {
  rendered: Rendered[];
  output: string;
  context: Context;
}): Promise<void> {
  const folder = resolve(context.cwd, output);
  for (const { file, text } of rendered) {
    const path = join(folder, file);
    await context.effect("render.write", async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    });
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
