/** Answers kept as they came, with what is known of them beside: never written over. */
import { randomUUID } from "node:crypto";
import { copyFile, link, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { RawPlace } from "../../../spec/raw-place.ts";
import type { Context } from "../../../util/context.ts";
import { EtlError, messageOf } from "../../../util/error.ts";
import { flushFile, flushFolder } from "../../../util/files.ts";
import { isOwnerGone, ownerMark } from "../../../util/owner-mark.ts";

/** A place for answers. Others than folders are to come: the bucket of `s3://` and `gs://`. */
export interface RawStore {
  /**
   * @param name as the template makes it
   * @returns the name that it got: another one, where that was taken
   */
  keep(answer: RawAnswer): Promise<string>;
}

export interface RawAnswer {
  name: string;
  /** Absolute path of the answer's bytes. */
  file: string;
  /** Beside it, as JSON. */
  about: Record<string, unknown>;
}

interface OpenStore {
  place: RawPlace;
  /** The pipeline's folder, absolute. */
  folder: string;
  context: Context;
}

export function openRawStore({ place, folder, context }: OpenStore): RawStore {
  const target = resolve(folder, place.folder);
  let tidied: Promise<void> | undefined;
  return {
    keep: (answer) =>
      context.effect("raw.keep", async () => {
        try {
          await (tidied ??= tidyParts({ folder: target, deep: answer.name.includes("/"), context }));
          return await keepFile(answer, { folder: target, mark: await ownerMark(context.host) });
        } catch (cause) {
          throw rawError(cause, place);
        }
      }),
  };
}

function rawError(cause: unknown, { folder }: RawPlace): EtlError {
  return new EtlError({
    code: "failed",
    part: "http",
    message: `the answer cannot be kept in ${folder}: ${messageOf(cause)}`,
    hint: "Look at `raw:`. In a pod, only a mounted folder and the temporary directory can be written to.",
    cause,
  });
}

interface Place {
  folder: string;
  /** Of this process. */
  mark: string;
}

/** Written aside, then linked: a name that is there stands for a whole answer, and `link` takes none that is taken. */
async function keepFile({ name, file, about }: RawAnswer, { folder, mark }: Place): Promise<string> {
  const place = dirname(join(folder, name));
  await mkdir(place, { recursive: true });
  const aside = join(place, `.${basename(name)}.${mark}-${randomUUID()}.part`);
  try {
    await copyFile(file, aside);
    await flushFile(aside);
    const kept = await linkFree(aside, folder, name);
    await writeFile(join(folder, `${kept}.meta.json`), `${JSON.stringify(about, undefined, 2)}\n`, { flag: "wx" });
    await flushFolder(place);
    return kept;
  } finally {
    await rm(aside, { force: true });
  }
}

async function linkFree(from: string, folder: string, name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : name.replace(/(\.[^./]*)?$/, `-${n}$1`);
    try {
      await link(from, join(folder, free));
      return free;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Another pod's process cannot be asked for: what nobody has written to for so long is nobody's. In milliseconds. */
const longUnwritten = 3_600_000;

interface Tidy {
  folder: string;
  /** Whether answers lie in folders below it. */
  deep: boolean;
  context: Context;
}

/** Removes what killed processes have left aside. Another user's cannot be removed, and stays. */
async function tidyParts({ folder, deep, context: { host, now } }: Tidy): Promise<void> {
  const names = await readdir(folder, { recursive: deep }).catch(() => []);
  for (const name of names) {
    const mark = /^\..+\.(nais-etl-.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/.exec(basename(name))?.[1];
    if (mark === undefined) continue;
    const part = join(folder, name);
    if ((await isOwnerGone(mark, host)) ?? (await isLongUnwritten(part, now())))
      await rm(part, { force: true }).catch(() => {});
  }
}

async function isLongUnwritten(file: string, now: Date): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && now.getTime() - found.mtimeMs > longUnwritten;
}
