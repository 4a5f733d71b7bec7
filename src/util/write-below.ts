/** Writes files into a folder that others have filled: a link that is committed there must not lead out of it. */
import { constants } from "node:fs";
import { lstat, mkdir, realpath, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { EtlError } from "./error.ts";
import { isBelow } from "./files.ts";

export interface WriteBelow {
  /** Absolute. Whoever calls trusts it, and it may itself be a link: so may the file, where it is all that is trusted (/dev/stdout). */
  folder: string;
  /** Absolute. Folders that are missing on its way are made. */
  path: string;
  data: string | Uint8Array;
  /** `replace` by default; `create` refuses what is there (EEXIST). */
  how?: "replace" | "create" | "append";
  mode?: number;
}

const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_APPEND } = constants;
/** Windows knows no such flag. */
const noFollow = constants.O_NOFOLLOW ?? 0;
const flags = { replace: O_TRUNC, create: O_EXCL, append: O_APPEND };

/** @throws {EtlError} `failed` where the file is a link, or its folder really lies elsewhere; and what `node:fs` throws */
export async function writeBelow({ folder, path, data, how = "replace", mode }: WriteBelow): Promise<void> {
  const isTrusted = path === folder;
  if (!isTrusted) await assertBelow({ folder, path });
  await mkdir(dirname(path), { recursive: true });
  const flag = O_WRONLY | O_CREAT | flags[how] | (isTrusted ? 0 : noFollow);
  await writeFile(path, data, { flag, ...(mode !== undefined && { mode }) });
}

/** The folder to trust for a path that the user has given: where he stands, if it is there below, else the path itself. */
export function trustedFolder(given: string, cwd: string): string {
  return isBelow(given, cwd) ? cwd : given;
}

async function assertBelow({ folder, path }: Pick<WriteBelow, "folder" | "path">): Promise<void> {
  const info = await lstat(path).catch(() => undefined);
  if (info?.isSymbolicLink()) throw linkError(path, "is a link");
  const top = await realpath(await firstThere(folder));
  const real = await realpath(await firstThere(dirname(path)));
  if (isBelow(path, folder) && !isBelow(real, top)) throw linkError(path, `lies behind a link, really in ${real}`);
}

/** The path, or the nearest folder above that is there. A link to nothing is there. */
async function firstThere(path: string): Promise<string> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : firstThere(dirname(path));
}

function linkError(path: string, what: string): EtlError {
  return new EtlError({
    code: "failed",
    message: `${path} ${what}: it is not written through`,
    hint: "Whoever committed the link would choose what is written over. Delete it, or name the real folder.",
  });
}
