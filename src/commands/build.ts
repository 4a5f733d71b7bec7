/** `nais-etl build`: the pipeline's image, built, pushed and read back. */
import { readdir } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { baseTarget, localTarget } from "../spec/target.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { buildImage, pushImage } from "../ship/image/build-image.ts";
import type { Build, Builder, BuildSecret } from "../ship/image/builders/builder.ts";
import { consoleUrl } from "../ship/image/address.ts";
import { chooseBuilder } from "../ship/image/choose-builder.ts";
import { checkFit } from "../ship/image/fit/check-fit.ts";
import { trialOf } from "../ship/image/fit/trial.ts";
import { imageLabels } from "../ship/image/labels.ts";
import { loginFor } from "../ship/image/login.ts";
import { nameImage, type NameOptions } from "../ship/image/name-image.ts";
import { planBuild, type BuildPlan } from "../ship/image/plan-build.ts";
import { formatReference, type Reference } from "../ship/image/reference.ts";
import { sizeOf } from "../ship/image/registry.ts";
import { runtimeImage } from "../ship/image/runtime-image.ts";
import type { Signer } from "../ship/image/cosign.ts";
import { chooseSigner, signImage, type SignOptions } from "../ship/image/sign-image.ts";
import { writeSbom } from "../ship/image/sbom/write-sbom.ts";
import { withBuildFiles, type BuildFiles } from "../ship/image/with-build-files.ts";
import type { Context } from "../util/context.ts";
import { count, EtlError, throwProblems } from "../util/error.ts";
import type { FoundPipeline } from "../spec/find.ts";
import { choosePipelines } from "./pipelines.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface BuildOptions extends NameOptions {
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** Whose image it is, where pipeline.yaml does not say it. */
  team?: string | undefined;
  dockerfile?: string | undefined;
  /** The folder that is built; by default the repository's. */
  context?: string | undefined;
  base?: string | undefined;
  builder?: string | undefined;
  platform?: string | undefined;
  buildArg?: Record<string, string> | undefined;
  /** `ID`, `ID=NAME` of a variable, or `ID=path` of a file. */
  secret?: string[] | undefined;
  target?: string | undefined;
  cacheFrom?: string[] | undefined;
  cacheTo?: string[] | undefined;
  pull?: boolean | undefined;
  push?: boolean | undefined;
  /** Run what was built as its pod would, on the samples, before it is pushed. */
  check?: boolean | undefined;
  /** The file of the list of what the image holds, or true for the usual one. */
  sbom?: string | boolean | undefined;
  /** `keyless`; or true, with the key of `--sign-key` or COSIGN_KEY. */
  sign?: string | boolean | undefined;
  signKey?: string | undefined;
  dryRun?: boolean | undefined;
  json?: boolean | undefined;
}

const usualPlatform = "linux/amd64";

/** @throws {EtlError} `invalid` with every problem of the Dockerfile, its packages and the folder, before anything is built */
export async function build(options: BuildOptions, context: Context): Promise<void> {
  const prepared = await prepare(options, context);
  if (options.dryRun) return withBuild(prepared, context, (wanted) => printPlan(prepared, wanted, context));
  const signer = options.sign ? await signerOf({ ...options, sign: options.sign }, context) : undefined;
  const made = await makeImage(prepared, context);
  const { digest } = options.push ? await pushMade(made, context) : {};
  const sbom = await attest({ made, digest, file: options.sbom, signer }, context);
  const image = nameOf(made, digest);
  const names = made.names.map(formatReference);
  if (options.json)
    context.print(JSON.stringify({ image, names, ...(digest && { digest }), ...(sbom && { sbom }) }, undefined, 2));
  else context.print(digest === undefined ? `built ${image}` : `pushed ${image}`);
}

const usualSbom = "sbom.cdx.json";

interface ListContent {
  made: MadeImage;
  digest: string | undefined;
  file: string | true;
}

/** @returns where the list is */
async function listContent({ made, digest, file }: ListContent, context: Context): Promise<string> {
  const path = file === true ? usualSbom : file;
  const image = { ...made.names[0]!, digest };
  const { components } = await writeSbom({
    builder: made.builder,
    image,
    file: resolve(context.cwd, path),
    context,
  });
  context.log.info(`wrote ${path}: ${count(components.length, "package")} in the image`);
  return path;
}

function signerOf(options: BuildOptions & SignOptions, context: Context): Promise<Signer> {
  if (options.push) return chooseSigner(options, context);
  const hint = "A signature lies in the registry, beside its image: give `--push`, too.";
  throw new EtlError({ code: "usage", message: "--sign: the image is not pushed", hint });
}

interface Attest {
  made: MadeImage;
  digest: string | undefined;
  file: BuildOptions["sbom"];
  signer: Signer | undefined;
}

/** Lists what is in it and signs both, as far as that is asked for. @returns where the list is */
async function attest({ made, digest, file, signer }: Attest, context: Context): Promise<string | undefined> {
  const sbom = file ? await listContent({ made, digest, file }, context) : undefined;
  if (!signer) return sbom;
  const image = { ...made.names[0]!, digest };
  await signImage({ signer, image, sbom: sbom && resolve(context.cwd, sbom), context });
  context.log.info(`signed ${formatReference(image)}${sbom === undefined ? "" : ", and attested what it holds"}`);
  return sbom;
}

/** An image that was built, and lies with its builder. */
export interface MadeImage {
  builder: Builder;
  names: readonly Reference[];
}

/** For who builds and pushes in two steps. @throws {EtlError} as {@link build} */
export async function buildHere(options: BuildOptions, context: Context): Promise<MadeImage> {
  return makeImage(await prepare(options, context), context);
}

interface Pushed {
  /** As the registry has it. */
  digest: string;
  /** What is fetched, where the registry says it. */
  bytes: number | undefined;
}

async function pushMade({ builder, names }: MadeImage, context: Context): Promise<Pushed> {
  const login = await loginFor(names[0]!, context);
  const digest = await pushImage({ builder, names, login, context });
  return { digest, bytes: await sizeOf({ ...names[0]!, digest }, login, context) };
}

/** Each pipeline of the image, one after the other: a pod runs one. */
async function checkMade({ builder, names }: MadeImage, { found, folder }: Prepared, context: Context): Promise<void> {
  for (const { file } of found) {
    const pipeline = await loadPipeline({ file, target: localTarget }, context);
    const trial = trialOf({ pipeline, root: folder });
    await checkFit({ builder, image: formatReference(names[0]!), trial, context });
    context.log.info(
      `${trial.pipeline} runs as its pod would: user 1069, only /tmp writable, no network, ${trial.memory}`,
    );
  }
}

/** As {@link build} does it with `--push`, for who builds and pushes in two steps. */
export async function pushAndSign(
  made: MadeImage,
  { sbom: file, sign, signKey }: Pick<BuildOptions, "sbom" | "sign" | "signKey">,
  context: Context,
): Promise<Pushed & { sbom: string | undefined }> {
  const signer = sign ? await signerOf({ push: true, sign, signKey }, context) : undefined;
  const pushed = await pushMade(made, context);
  return { ...pushed, sbom: await attest({ made, digest: pushed.digest, file, signer }, context) };
}

/** `name:tag@sha256:…`, where it was pushed. */
export function nameOf({ names }: MadeImage, digest: string | undefined): string {
  return formatReference({ ...names[0]!, digest });
}

/** The page on which a person finds it; undefined where that is not known. */
export function consoleOf({ names }: MadeImage, digest: string, { env }: Context): string | undefined {
  return consoleUrl({ ...names[0]!, digest }, env["GITHUB_REPOSITORY"]);
}

interface Prepared {
  found: readonly FoundPipeline[];
  plan: BuildPlan;
  folder: string;
  names: readonly Reference[];
  options: BuildOptions;
}

async function prepare(options: BuildOptions, context: Context): Promise<Prepared> {
  const found = await choosePipelines(options, context);
  const folder = options.context === undefined ? found[0]!.root : resolve(context.cwd, options.context);
  const as = (target: string) => Promise.all(found.map(({ file }) => loadPipeline({ file, target }, context)));
  const [pipelines, local] = [await as(baseTarget), await as(localTarget)];
  const needsPython = await hasPython(pipelines);
  const base = () => runtimeImage({ base: options.base, needsPython, context });
  const plan = await planBuild({ folder, dockerfile: options.dockerfile, base, pipelines, local, context });
  throwProblems(plan.problems);
  for (const problem of plan.problems) context.log.problem(problem);
  const { name, team = options.team } = pipelines[0]!.spec;
  assertTeam(pipelines, options);
  const names = await nameImage(options, { name, team, folder }, context);
  if (options.push && names[0]!.registry === "localhost") throw noRegistry();
  return { found, plan, folder, names, options };
}

function assertTeam(pipelines: readonly LoadedPipeline[], { team }: BuildOptions): void {
  const other = pipelines.find(({ spec }) => team !== undefined && spec.team !== undefined && spec.team !== team);
  if (!other) return;
  throw new EtlError({
    code: "usage",
    message: `the team is \`${team}\`, and pipeline.yaml of ${other.spec.name} says \`${other.spec.team}\``,
    hint: "The two must agree: the image belongs to the team that runs it.",
  });
}

function withBuild<T>(prepared: Prepared, context: Context, act: (wanted: Build) => T | Promise<T>): Promise<T> {
  const { plan, ...rest } = prepared;
  return withBuildFiles(plan, context, async (files) => act(buildOf({ ...rest, files, env: context.env })));
}

function makeImage(prepared: Prepared, context: Context): Promise<MadeImage> {
  return withBuild(prepared, context, async (wanted) => {
    const builder = await chooseBuilder(prepared.options.builder, context);
    context.log.info(`building ${wanted.names[0]} with ${builder.name}`);
    await buildImage({ builder, build: wanted, context });
    const made = { builder, names: prepared.names };
    if (prepared.options.check) await checkMade(made, prepared, context);
    return made;
  });
}

async function hasPython(pipelines: readonly LoadedPipeline[]): Promise<boolean> {
  const commands = pipelines.flatMap(({ spec }) => Object.values(spec.models ?? {}).map(({ command }) => command?.[0]));
  if (commands.some((program) => /^python3?$/.test(program ?? ""))) return true;
  const lists = await Promise.all(pipelines.map(({ folder }) => readdir(join(folder, "models")).catch(() => [])));
  return lists.flat().some((file) => extname(file) === ".py");
}

function noRegistry(): EtlError {
  const hint =
    "Say where to: `--registry gar`, `--registry ghcr`, `--registry HOST/PATH`, or the whole address with `--image`.";
  return new EtlError({ code: "usage", message: "--push: no registry is named", hint });
}

interface Wanted {
  options: BuildOptions;
  files: BuildFiles;
  folder: string;
  names: readonly Reference[];
  env: Context["env"];
}

function buildOf({ options, files, folder, names, env }: Wanted): Build {
  return {
    ...files,
    context: folder,
    names: names.map(formatReference),
    platform: options.platform ?? usualPlatform,
    arguments: options.buildArg ?? {},
    secrets: (options.secret ?? []).map(secretOf),
    labels: imageLabels({ image: names[0]!, env }),
    target: options.target,
    cacheFrom: options.cacheFrom ?? [],
    cacheTo: options.cacheTo ?? [],
    pull: options.pull ?? false,
  };
}

function secretOf(text: string): BuildSecret {
  const [id = "", from = id] = text.split(/=(.*)/s);
  return { id, from: /^[A-Za-z_]\w*$/.test(from) ? { env: from } : { file: from } };
}

function printPlan({ plan, options }: Prepared, wanted: Build, context: Context): void {
  const dockerfile = plan.isGenerated ? plan.dockerfile : undefined;
  const { builder, json } = options;
  if (json)
    context.print(JSON.stringify({ images: wanted.names, builder, ...(dockerfile && { dockerfile }) }, undefined, 2));
  else
    context.print(
      [...(dockerfile ? [dockerfile] : []), ...wanted.names.map((name) => `would build ${name}`)].join("\n"),
    );
}
