/** What the builder has of a repository's images, as it says itself. */
import type { Context } from "../../util/context.ts";
import type { Builder, LocalImage } from "./builders/builder.ts";
import { runProgram } from "./run-program.ts";

/** Newest first; one entry for each name. */
export async function localImages(
  builder: Builder,
  isWanted: (name: string) => boolean,
  context: Context,
): Promise<LocalImage[]> {
  const what = `asking ${builder.name} for its images`;
  const text = await runProgram({ argv: builder.list, cwd: context.cwd, env: builder.env, what }, context);
  const found = builder.readList(text).filter(({ name }) => isWanted(name));
  return found.toSorted((a, b) => (b.created ?? "").localeCompare(a.created ?? "") || (a.name < b.name ? -1 : 1));
}
