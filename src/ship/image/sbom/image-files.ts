/**
 * The files of an image, out of the archive that every builder can write (`docker save`): its layers one upon the other.
 * Nothing of the image is started for it. Source: https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path/posix";
import { buffer } from "node:stream/consumers";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { readTar } from "./tar.ts";

export interface ImageFiles {
  /** By path, without a slash at the beginning. */
  files: ReadonlyMap<string, string>;
  /** The environment that the image sets. */
  env: Readonly<Record<string, string>>;
}

export interface ReadImageFiles {
  archive: string;
  /** Which files are read; what is larger than a few megabytes never is. */
  isWanted: (path: string) => boolean;
  signal: AbortSignal;
}

const largestFile = 8 * 2 ** 20;

/** @throws where the archive is none of an image */
export async function readImageFiles({ archive, isWanted, signal }: ReadImageFiles): Promise<ImageFiles> {
  const parts = await listParts(archive, signal);
  const read = async (path: string) => JSON.parse((await bytesOf(archive, partAt(parts, path))).toString()) as unknown;
  const [manifest] = (await read("manifest.json")) as [{ Config: string; Layers: string[] }];
  const config = (await read(manifest.Config)) as { config?: { Env?: string[] | null } };
  const files = new Map<string, string>();
  for (const layer of manifest.Layers) {
    signal.throwIfAborted();
    await putLayer(files, { archive, part: partAt(parts, layer), isWanted });
  }
  const env = (config.config?.Env ?? []).map((text) => text.split(/=(.*)/s).slice(0, 2));
  return { files, env: Object.fromEntries(env) as Record<string, string> };
}

interface Part {
  offset: number;
  size: number;
}

type Parts = ReadonlyMap<string, Part | { target: string }>;

async function listParts(archive: string, signal: AbortSignal): Promise<Parts> {
  const parts = new Map<string, Part | { target: string }>();
  for await (const { path, kind, target, offset, size } of readTar(createReadStream(archive, { signal }))) {
    if (kind === "file") parts.set(path, { offset, size });
    // A layer that two images share is written once.
    if (kind === "symlink") parts.set(path, { target: join(dirname(path), target) });
    if (kind === "hardlink") parts.set(path, { target });
  }
  return parts;
}

function partAt(parts: Parts, path: string, hops = 0): Part {
  const part = parts.get(path);
  if (part && "offset" in part) return part;
  if (part === undefined || hops > 5) throw new Error(`the archive of the image has no ${path}`);
  return partAt(parts, part.target, hops + 1);
}

function streamOf(archive: string, { offset, size }: Part) {
  return createReadStream(archive, { start: offset, end: offset + size - 1, highWaterMark: 1 << 20 });
}

function bytesOf(archive: string, part: Part): Promise<Buffer> {
  return buffer(streamOf(archive, part));
}

interface Layer {
  archive: string;
  part: Part;
  isWanted: (path: string) => boolean;
}

const removed = ".wh.";
const allRemoved = ".wh..wh..opq";

async function putLayer(files: Map<string, string>, { archive, part, isWanted }: Layer): Promise<void> {
  if (part.size === 0) return;
  const own = new Map<string, string>();
  for await (const entry of readTar(await unpacked(archive, part))) {
    const { path, kind, size } = entry;
    const name = path.split("/").at(-1)!;
    if (name === allRemoved) removeBelow(files, dirname(path));
    else if (name.startsWith(removed)) removeBelow(files, join(dirname(path), name.slice(removed.length)));
    else if (kind === "hardlink") copy(own, entry.target.replace(/^(\.?\/)+/, ""), path);
    else if (kind === "file" && size <= largestFile && isWanted(path)) own.set(path, (await entry.read()).toString());
  }
  // What a layer removes is what those below it have.
  for (const [path, text] of own) files.set(path, text);
}

function copy(files: Map<string, string>, from: string, to: string): void {
  const text = files.get(from);
  if (text !== undefined) files.set(to, text);
}

function removeBelow(files: Map<string, string>, path: string): void {
  for (const file of files.keys()) if (file === path || file.startsWith(`${path}/`)) files.delete(file);
}

/** Layers are packed as their registry has them, or not at all. */
async function unpacked(archive: string, part: Part): Promise<AsyncIterable<Uint8Array>> {
  const head = await bytesOf(archive, { offset: part.offset, size: Math.min(4, part.size) });
  const stream = streamOf(archive, part);
  if (head.subarray(0, 2).toString("hex") === "1f8b") return stream.pipe(createGunzip());
  if (head.toString("hex") === "28b52ffd") return stream.pipe(createZstdDecompress());
  return stream as AsyncIterable<Uint8Array>;
}
