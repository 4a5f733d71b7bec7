/** What a run on somebody's machine writes below its pipeline's folder: nothing of it is for an image. */
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Source } from "../../spec/source.ts";
import { rawPlace } from "../../spec/raw-place.ts";
import { matchLeftOut } from "./left-out.ts";

/** Where target `local` keeps tables, records and reports. */
const ownFolder = ".nais-etl";

interface Read {
  folder: string;
  spec: Pick<LoadedPipeline["spec"], "sources" | "outputs">;
}

/**
 * Lines of a `.dockerignore`: folders where they hold nothing else, else files; what lies outside of the folder is none of its image.
 * @param pipelines of one folder's image, each as target `local` has it, and as others do
 * @param root the folder that is built, absolute
 */
export function writtenLocally(pipelines: readonly Read[], root: string): string[] {
  const found = pipelines.flatMap((pipeline) => {
    const below = (path: string) => relative(root, resolve(pipeline.folder, path)).replaceAll(sep, "/");
    return [ownFolder, ...writtenBy(pipeline)].map(below);
  });
  return [...new Set(found)].filter((path) => path !== "" && path !== ".." && !path.startsWith("../"));
}

function writtenBy({ spec }: Read): string[] {
  const outputs = Object.values(spec.outputs ?? {}).flatMap((output) => (output.type === "file" ? [output.path] : []));
  const sources = Object.values(spec.sources ?? {});
  const kept = sources.flatMap((source) => (source.type === "http" && source.raw ? [rawFiles(source.raw)] : []));
  const read = ["models/*", "tests/*", ...sources.flatMap(readBy)].map(globOf);
  return [...outputs, ...kept].filter((path) => !isAbsolute(path)).flatMap((path) => leaveOut(path, read));
}

/** @param read globs of what runs read */
function leaveOut(path: string, read: readonly string[]): string[] {
  const glob = globOf(path);
  if (matchLeftOut(read)(glob)) return [];
  const folder = folderOf(path);
  const isOwn = folder !== "." && !read.some((one) => mayLieIn(one, folder));
  return [isOwn ? escaped(folder) : glob];
}

function rawFiles(raw: string): string {
  const { folder, name } = rawPlace(raw);
  return `${folder}/${name}`;
}

function readBy(source: Source): string[] {
  const sample = source.sample === undefined ? [] : [source.sample];
  return source.type === "file" ? [source.path, ...sample] : sample;
}

/** The folder that files of this name lie in, up to what a reference changes. */
export function folderOf(path: string): string {
  return plain(dirname(`${path.split(/\$?\{/)[0]}…`)) || ".";
}

/** Whether what a glob names may lie in that folder. */
function mayLieIn(glob: string, folder: string): boolean {
  const parts = glob.split("/");
  const depth = folder.split("/").length;
  const start = parts.slice(0, depth);
  return start.includes("**") || (parts.length > depth && matchLeftOut([start.join("/")])(folder));
}

/** What a reference stands for may be anything. */
function globOf(path: string): string {
  return plain(path).replaceAll(/\$?\{[^}]*\}/g, "*");
}

function plain(path: string): string {
  return path.replace(/^(\.\/)+/, "");
}

function escaped(path: string): string {
  return path.replaceAll(/[*?[\]\\]/g, "\\$&");
}
