/** `nais-etl build --list`: what was built here, and what the registry has. */
import { chooseBuilder } from "../ship/image/choose-builder.ts";
import { localImages } from "../ship/image/local-images.ts";
import { loginFor } from "../ship/image/login.ts";
import { nameImage } from "../ship/image/name-image.ts";
import { pushedImages, type PushedImages } from "../ship/image/pushed-images.ts";
import { formatReference, type Reference } from "../ship/image/reference.ts";
import type { LocalImage } from "../ship/image/builders/builder.ts";
import { baseTarget } from "../spec/target.ts";
import { formatBytes } from "../util/bytes.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { formatTable } from "../util/table.ts";
import type { BuildOptions } from "./build.ts";
import { choosePipelines } from "./pipelines.ts";
import { loadPipeline } from "./load-pipeline.ts";

/** Tags of a registry that are looked at: each is two questions. */
const mostPushed = 20;

interface Listed {
  local: LocalImage[];
  registry: (PushedImages & { repository: string }) | undefined;
}

export async function listImages(options: BuildOptions, context: Context): Promise<void> {
  const image = await repositoryOf(options, context);
  const isNamed = image.registry !== "localhost";
  const local = await listLocal({ image, isNamed, options }, context);
  const registry = isNamed ? await listPushed(image, context) : undefined;
  if (options.json) context.print(JSON.stringify({ local, ...(registry && { registry }) }, undefined, 2));
  else context.print(textOf({ local, registry }).join("\n"));
}

/** Its tag stands for none: only the place is asked for. */
async function repositoryOf(options: BuildOptions, context: Context): Promise<Reference> {
  const [found] = await choosePipelines(options, context);
  const { spec } = await loadPipeline({ file: found!.file, target: baseTarget }, context);
  const { name, team = options.team } = spec;
  const named = { name, team, folder: found!.root };
  const [image] = await nameImage({ ...options, tags: ["any"] }, named, context);
  return image!;
}

interface ListLocal {
  image: Reference;
  isNamed: boolean;
  options: BuildOptions;
}

/** Where no registry is named, those of this name for any. */
async function listLocal({ image, isNamed, options }: ListLocal, context: Context): Promise<LocalImage[]> {
  const whole = formatReference({ ...image, tag: undefined, digest: undefined });
  const last = image.repository.split("/").at(-1)!;
  const isWanted = (name: string) => {
    const repository = name.replace(/:[^:/]*$/, "");
    return isNamed ? repository === whole : repository.split("/").at(-1) === last;
  };
  try {
    return await localImages(await chooseBuilder(options.builder, context), isWanted, context);
  } catch (error) {
    // What the registry has can be told without one.
    if (!isNamed || options.builder !== undefined || !(error instanceof EtlError)) throw error;
    context.log.warn(error.message);
    return [];
  }
}

async function listPushed(image: Reference, context: Context): Promise<Listed["registry"]> {
  const login = await loginFor(image, context);
  const found = await pushedImages({ image, login, limit: mostPushed, context });
  const repository = formatReference({ ...image, tag: undefined, digest: undefined });
  return { repository, images: [], more: 0, ...found };
}

function textOf({ local, registry }: Listed): string[] {
  const here = local.length === 0 ? ["nothing is built here"] : localTable(local);
  if (!registry) return here;
  const { images, more, repository } = registry;
  const there = images.length === 0 ? [`${repository} has no image`] : [`in ${repository}:`, ...pushedTable(registry)];
  return [...here, "", ...there, ...(more > 0 ? [`and ${more} more`] : [])];
}

function localTable(images: readonly LocalImage[]): string[] {
  const rows = images.map(({ name, id, created, bytes }) => [name, id, timeOf(created), sizeOf(bytes)]);
  return tableOf(["image", "id", "created", "size"], rows);
}

function pushedTable({ images }: PushedImages): string[] {
  const rows = images.map(({ tag, digest, created, bytes }) => [tag, digest ?? "", timeOf(created), sizeOf(bytes)]);
  return tableOf(["tag", "digest", "created", "size"], rows);
}

function tableOf(heads: readonly string[], rows: readonly string[][]): string[] {
  const columns = heads.map((head, i) => ({ head: [head], align: i === 3 ? ("right" as const) : ("left" as const) }));
  return formatTable({ columns, rows: rows.map((row) => row.map((text) => ({ text }))) });
}

/** `2026-11-05 06:30 UTC` */
function timeOf(created: string | undefined): string {
  return created === undefined ? "" : `${new Date(created).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function sizeOf(bytes: number | undefined): string {
  return bytes === undefined ? "" : formatBytes(bytes);
}
