/**
 * What becomes of files that were written aside: those whose publish record is committed get their names, the others go.
 * Both can be done again at any time, so a killed process leaves nothing that the next run cannot settle.
 */
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { exists, flushFolder } from "../../util/files.ts";
import type { FilePlace, PendingFile } from "./store.ts";

/** Gives a run's own files their names. */
export async function renameFiles(files: FilePlace[], context: Context): Promise<void> {
  for (const { output, aside, path } of files) {
    await context.effect("file.rename", async () => {
      try {
        await rename(aside, path);
      } catch (error) {
        throw new EtlError({
          code: "failed",
          part: `output ${output}`,
          message: `its file is published, but cannot get its name, ${path}`,
          hint: "The next run tries again. May the file be replaced, and is its folder writable?",
          cause: error,
        });
      }
      await flushFolder(dirname(path));
    });
  }
}

/** Finishes what an earlier run, or a failed publish, has left. */
export async function settleFiles(files: PendingFile[], context: Context): Promise<void> {
  for (const file of files) {
    if (await exists(file.aside)) await (file.committed ? renameFiles([file], context) : discard(file, context));
    // No file aside: it has its name already. If that is gone too, somebody has taken it away.
    else if (file.committed && !(await exists(file.path)))
      context.log.warn(`the file of output ${file.output} is gone: publish it again with --force`);
  }
}

async function discard({ aside }: PendingFile, { effect }: Context): Promise<void> {
  await effect("file.discard", () => rm(aside, { force: true }));
}
