/** A folder of its own for a test, and a context that stands in it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Context } from "../../src/util/context.ts";
import { EtlError, type Problem } from "../../src/util/error.ts";
import { createLogger } from "../../src/util/log.ts";

export interface Folder {
  path: string;
  context: Context;
  /** What commands printed, a text for each time. */
  printed: string[];
  logged: string[];
  /** Names of the effects, in order. */
  effects: string[];
  write(path: string, text: string | Uint8Array): Promise<void>;
  read(path: string): Promise<string>;
  remove(): Promise<void>;
}

const frozenNow = new Date("2026-11-05T10:00:00Z");

const now = () => frozenNow;

export async function makeFolder(files: Record<string, string> = {}): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "nais-etl-test-"));
  const [printed, logged, effects]: string[][] = [[], [], []];
  const log = createLogger({ write: (line) => logged!.push(line), format: "text", verbose: false, colour: false, now });
  const folder: Folder = {
    path,
    printed: printed!,
    logged: logged!,
    effects: effects!,
    context: {
      cwd: path,
      env: {},
      now,
      log,
      print: (text) => void printed!.push(text),
      signal: new AbortController().signal,
      effect: (name, act) => (effects!.push(name), act()),
      host: { name: "test", pid: 1 },
      peakMemory: () => 0,
      cpuSeconds: () => 0,
      killGroup: (leader) => void process.kill(-leader, "SIGKILL"),
      isTerminal: false,
      tmpdir: tmpdir(),
    },
    async write(file, text) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), text);
    },
    read: (file) => readFile(join(path, file), "utf8"),
    remove: () => rm(path, { recursive: true, force: true }),
  };
  for (const [file, text] of Object.entries(files)) await folder.write(file, text);
  return folder;
}

/** The problems of the `EtlError` that an act throws; none where it throws nothing. */
export async function problemsOf(act: () => unknown): Promise<Problem[]> {
  try {
    await act();
    return [];
  } catch (error) {
    if (error instanceof EtlError) return error.problems;
    throw error;
  }
}
