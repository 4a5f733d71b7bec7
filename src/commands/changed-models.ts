/** Which models are others than at a commit, by their text alone: for where their rows cannot be compared. */
import { dirname } from "node:path";
import type { Context } from "../util/context.ts";
import { askGit } from "../util/git.ts";

interface ChangedModels {
  /** The pipeline here. */
  file: string;
  commit: string;
}

const words: Record<string, string> = { A: "is new", D: "is gone" };

/** `models/towns.sql changed`, from the pipeline's folder; none where git has no answer. */
export async function changedModels({ file, commit }: ChangedModels, context: Context): Promise<string[]> {
  const ask = async (...args: string[]) => {
    const all = ["-c", "core.quotePath=false", ...args, "--", "models"];
    return ((await askGit({ args: all, cwd: dirname(file) }, context)) ?? "").split("\n").filter(Boolean);
  };
  const known = await ask("diff", "--name-status", "--no-renames", "--relative", commit);
  const untracked = await ask("ls-files", "--others", "--exclude-standard");
  const changed = known.map((line) => {
    const [status = "", name] = line.split("\t");
    return `${name} ${words[status] ?? "changed"}`;
  });
  return [...changed, ...untracked.map((name) => `${name} is new`)].toSorted();
}
