/** Runs the pipeline of a folder as the command does, and gives all that it said and left. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run, type RunCommandOptions } from "../../src/commands/run.ts";
import type { RunRecord } from "../../src/etl/record/run-record.ts";
import { createLogger } from "../../src/util/log.ts";
import type { Folder } from "./folder.ts";

export interface Ran {
  code: number;
  /** The log, as a person sees it. */
  text: string;
  record: RunRecord;
}

export interface RunFolder extends RunCommandOptions {
  env?: Record<string, string>;
  format?: "text" | "json";
}

export async function runFolder(
  folder: Folder,
  { env = {}, format = "text", ...options }: RunFolder = {},
): Promise<Ran> {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const tmpdir = join(folder.path, "tmp");
  await mkdir(tmpdir, { recursive: true });
  const { now } = folder.context;
  const log = createLogger({ write, format, verbose: true, colour: false, now });
  const before = await recordsOf(folder.path);
  const code = await run(options, { ...folder.context, env, log, tmpdir, print: write });
  const [own] = (await recordsOf(folder.path)).filter((path) => !before.includes(path));
  return { code, text: lines.join(""), record: JSON.parse(await readFile(own!, "utf8")) as RunRecord };
}

/** The files of run records below a folder. */
async function recordsOf(path: string): Promise<string[]> {
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => /runs\/[^.][^/]*\.json$/.test(name)).map((name) => join(path, name));
}
