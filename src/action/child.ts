/** Programs that the Action starts: an argument list, never a line for a shell; their output to whoever asks for it. */
import { StringDecoder } from "node:string_decoder";
import { startChild } from "../util/child.ts";
import type { Runner } from "./runner.ts";

export interface Child {
  /** Path, or a name to be found on PATH. */
  program: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Gets each line of standard error when it comes. */
  onErrorLine: (line: string) => void;
}

export interface ChildResult {
  /** Undefined where a signal ended it. */
  exitCode: number | undefined;
  stdout: string;
}

/** @throws {Error} where the program cannot be started, or the job is cancelled */
export async function runChild({ program, args, cwd, env, onErrorLine }: Child, runner: Runner): Promise<ChildResult> {
  const { signal, killGroup } = runner;
  const child = startChild({ argv: [program, ...args], cwd, env }, { env: {}, signal, killGroup });
  const stdout: Buffer[] = [];
  const lines = splitLines(onErrorLine);
  child.process.stdout!.on("data", (data: Buffer) => void stdout.push(data));
  child.process.stderr!.on("data", (data: Buffer) => lines.write(data));
  const { exitCode } = await child.ended;
  lines.end();
  signal.throwIfAborted();
  return { exitCode: exitCode ?? undefined, stdout: Buffer.concat(stdout).toString("utf8") };
}

/** Lines from pieces that may end anywhere, inside a character too. */
function splitLines(onLine: (line: string) => void) {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    write(data: Buffer) {
      const lines = `${rest}${decoder.write(data)}`.split(/\r?\n/);
      rest = lines.pop()!;
      for (const line of lines) onLine(line);
    },
    end() {
      rest += decoder.end();
      if (rest !== "") onLine(rest);
    },
  };
}
