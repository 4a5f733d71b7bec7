/** What a registry has of a repository: its tags, and what each of them names. */
import type { Context } from "../../util/context.ts";
import { mapLimited } from "../../util/map-limited.ts";
import type { Reference } from "./reference.ts";
import { readJson, type Login } from "./registry.ts";

export interface PushedImage {
  tag: string;
  digest: string | undefined;
  /** ISO 8601; undefined for an index of several platforms. */
  created: string | undefined;
  /** Of its layers, as they are packed. */
  bytes: number | undefined;
}

export interface PushedImages {
  /** Newest first by their tags, which begin with the date where we made them. */
  images: PushedImage[];
  /** Tags that were not looked at. */
  more: number;
}

/** Signatures and attestations lie beside their image, under its digest. */
const besideImage = /^sha256-[0-9a-f]{64}/;
const atOnce = 4;

export interface AskPushed {
  /** Of which registry and repository. */
  image: Reference;
  login: Login | undefined;
  /** How many are looked at. */
  limit: number;
  context: Context;
}

/** @returns undefined where the registry has no such repository */
export async function pushedImages({ image, login, limit, context }: AskPushed): Promise<PushedImages | undefined> {
  const list = await readJson({ image, path: "tags/list" }, login, context);
  if (list === undefined) return undefined;
  const { tags } = list.value as { tags?: string[] | null };
  const own = (tags ?? []).filter((tag) => !besideImage.test(tag)).toSorted((a, b) => collator.compare(b, a));
  const images = await mapLimited(own.slice(0, limit), (tag) => describe({ ...image, tag }, login, context), atOnce);
  return { images, more: Math.max(0, own.length - limit) };
}

/** `1.10.0` is newer than `1.9.0`. */
const collator = new Intl.Collator("en", { numeric: true });

interface Manifest {
  config?: { digest: string; size: number };
  layers?: { size: number }[];
}

async function describe(
  image: Reference & { tag: string },
  login: Login | undefined,
  context: Context,
): Promise<PushedImage> {
  const found = await readJson({ image, path: `manifests/${image.tag}` }, login, context);
  const { config, layers } = (found?.value ?? {}) as Manifest;
  const facts = { tag: image.tag, digest: found?.digest, created: undefined, bytes: undefined };
  if (!config || !layers) return facts;
  const bytes = [config, ...layers].reduce((sum, { size }) => sum + size, 0);
  const made = await readJson({ image, path: `blobs/${config.digest}` }, login, context);
  const { created } = (made?.value ?? {}) as { created?: string };
  return { ...facts, bytes, created };
}
