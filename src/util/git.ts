/** git, asked by argument lists: no shell looks at them, and it asks nobody for a password. */
import { startChild } from "./child.ts";
import type { Context } from "./context.ts";
import { EtlError, messageOf } from "./error.ts";

export interface AskGit {
  args: readonly string[];
  cwd: string;
  env?: Record<string, string>;
}

const hint = "Is git installed, and is this folder in a clone of a repository?";

/**
 * @returns what it wrote to standard output, without the last line break
 * @throws {EtlError} `failed`, with the last line of what it said
 */
export async function git({ args, cwd, env = {} }: AskGit, context: Context): Promise<string> {
  const child = startChild({ argv: ["git", ...args], cwd, env: { GIT_TERMINAL_PROMPT: "0", ...env } }, context);
  const [out, said] = [collect(child.process.stdout!), collect(child.process.stderr!)];
  const { exitCode } = await child.ended.catch((cause: unknown) => {
    throw new EtlError({
      code: "failed",
      part: "git",
      message: `it cannot be started: ${messageOf(cause)}`,
      hint,
      cause,
    });
  });
  context.signal.throwIfAborted();
  if (exitCode === 0) return out().trimEnd();
  const last = context.log.scrub(said().trimEnd().split("\n").at(-1) ?? "");
  throw new EtlError({ code: "failed", part: "git", message: last || `git ${args[0]} failed`, hint });
}

/** The same, undefined where git refuses: there is no such commit, or no such path in it. */
export async function askGit(asked: AskGit, context: Context): Promise<string | undefined> {
  return git(asked, context).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (error instanceof EtlError) return undefined;
    throw error;
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
