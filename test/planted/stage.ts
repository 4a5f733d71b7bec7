/** A pipeline's folder in which something is planted, the command line in a process of its own, and all that is left behind. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { leaksIn } from "./marks.ts";

const program = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));

export interface Called {
  exitCode: number | null;
  /** Standard output and standard error. */
  output: string;
}

export interface Stage {
  folder: string;
  call(args: string[], env?: Record<string, string>): Promise<Called>;
  /**
   * `file: leak` for each leak in a file that a command has left, and each file in the temporary folder.
   * @param rows a file that holds what was published; files in out/ do
   */
  left(rows?: RegExp): Promise<string[]>;
  remove(): Promise<void>;
}

/** Rows that were asked for: what a pipeline publishes, and the files of its author. */
const published = /^out\//;

export async function setStage(files: Record<string, string>, env: Record<string, string> = {}): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), "nais-etl-planted-"));
  const [folder, temporary] = [join(root, "pipeline"), join(root, "tmp")];
  await mkdir(temporary);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return {
    folder,
    call: (args, more = {}) => call(args, folder, { ...env, TMPDIR: temporary, ...more }),
    async left(rows) {
      const names = (await filesBelow(folder)).filter(
        (path) => !(path in files) && !published.test(path) && !rows?.test(path),
      );
      const leaks = await Promise.all(names.map((path) => leaksOfFile(folder, path)));
      const forgotten = (await filesBelow(temporary)).map((path) => `left in the temporary folder: ${path}`);
      return [...leaks.flat(), ...forgotten];
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

/** Also of a database, whose texts stand in it as they are. */
async function leaksOfFile(folder: string, path: string): Promise<string[]> {
  const bytes = await readFile(join(folder, path));
  return [...leaksIn(path), ...leaksIn(bytes.toString("utf8")), ...leaksIn(bytes.toString("latin1"))].map(
    (leak) => `${path}: ${leak}`,
  );
}

async function call(args: string[], cwd: string, env: Record<string, string>): Promise<Called> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    // Compiled code is kept between the calls, outside the temporary folder that is looked through.
    env: { PATH: process.env["PATH"], NO_COLOR: "1", NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode, output };
}
