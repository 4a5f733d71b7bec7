/** Commands that people are told to type: each has to be about the pipeline that it is told of. */
import { dirname } from "node:path";
import { shellWord } from "../util/shell-word.ts";
import type { LoadedPipeline } from "./load.ts";
import { localTarget } from "./target.ts";

/**
 * `nais-etl why --dir pipelines/orders --target prod-gcp`, from where its user stands.
 * @param command `why`, with what comes before these options
 */
export function formatCommand(
  { shownFile, target }: Pick<LoadedPipeline, "shownFile" | "target">,
  command: string,
  ...more: string[]
): string {
  const folder = dirname(shownFile);
  const dir = folder === "." ? [] : [`--dir ${shellWord(folder)}`];
  const on = target === localTarget ? [] : [`--target ${target}`];
  return ["nais-etl", command, ...dir, ...on, ...more].join(" ");
}
