/** A folder that is a git repository, with one commit. */
import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { makeFolder, type Folder } from "./folder.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

export interface Repository extends Folder {
  git(...args: string[]): Promise<string>;
  /** Commits all that is there. */
  commit(message?: string): Promise<void>;
}

export interface MakeRepository {
  /** Starts as a copy of it. */
  example?: string;
  files?: Record<string, string>;
}

/** On branch `main`. No configuration of this machine has a say. */
export async function makeRepository({ example, files = {} }: MakeRepository): Promise<Repository> {
  const folder = await makeFolder();
  if (example !== undefined)
    await cp(`${examples}${example}`, folder.path, { recursive: true, filter: (path) => !path.includes(".nais-etl") });
  for (const [file, text] of Object.entries(files)) await folder.write(file, text);
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const git = async (...args: string[]) =>
    (await promisify(execFile)("git", [...identity, ...args], { cwd: folder.path, env })).stdout;
  const commit = async (message = "change") => {
    await git("add", "--all");
    await git("commit", "--quiet", "--message", message);
  };
  await git("init", "--quiet", "--initial-branch=main");
  await commit();
  const context = { ...folder.context, env: { PATH: process.env["PATH"] } };
  return { ...folder, context, git, commit };
}
