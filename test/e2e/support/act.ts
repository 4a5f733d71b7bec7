/** A workflow run on this machine by act, with our Action from its folder and nothing fetched. */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pins } from "../../../src/ship/workflow/pins.ts";
import { buildProgram } from "./go.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export function buildAct(): ReturnType<typeof buildProgram> {
  const module = fileURLToPath(new URL("../act", import.meta.url));
  return buildProgram({ name: "act", module, variable: "NAIS_ETL_ACT" });
}

/** What the workflow must name, for act to take ours. */
export const action = `someone/nais-etl@${"0123456789".repeat(4)}`;

export interface Repository {
  /** The top of the repository; in it, `npx nais-etl` is this program. */
  folder: string;
  act(run: ActRun): Promise<ActEnded>;
  remove(): Promise<void>;
}

export interface ActRun {
  program: string;
  event: string;
  payload: object;
  env?: Record<string, string>;
}

export interface ActEnded {
  status: number | null;
  log: string;
}

export async function makeRepository(): Promise<Repository> {
  const home = await mkdtemp(join(tmpdir(), "nais-etl-act-"));
  const folder = join(home, "pipelines");
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await symlink(root, join(folder, "node_modules/nais-etl"));
  await cp(join(root, "dist"), join(home, "action/dist"), { recursive: true });
  await cp(join(root, "action.yml"), join(home, "action/action.yml"));
  // act copies the files itself; the step that a workflow begins with has nothing to do.
  await mkdir(join(home, "checkout"));
  await writeFile(join(home, "checkout/action.yml"), "name: checkout\nruns: { using: node24, main: main.js }\n");
  await writeFile(join(home, "checkout/main.js"), "");
  await git(folder, "init", "--quiet", "--initial-branch", "main");
  // act takes the repository's name from there, and asks nobody.
  await git(folder, "remote", "add", "origin", "https://github.com/team/sales.git");
  return {
    folder,
    act: async (run) => {
      await git(folder, "add", "--all");
      await git(folder, ...someone, "commit", "--quiet", "--allow-empty", "--message", "a change");
      return act(run, home, folder);
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

const someone = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"];

async function git(cwd: string, ...args: string[]): Promise<void> {
  const { status, log } = await start("git", args, cwd, process.env);
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${log}`);
}

async function act({ program, event, payload, env }: ActRun, home: string, folder: string): Promise<ActEnded> {
  await writeFile(join(home, "event.json"), JSON.stringify(payload));
  const places = { [action]: "action", [pins.checkout.replace(/ #.*/, "")]: "checkout" };
  const args = [
    event,
    "--platform=ubuntu-24.04=-self-hosted",
    `--eventpath=${join(home, "event.json")}`,
    "--action-offline-mode",
    "--no-cache-server",
    // Else it leaves out node_modules, which a step with `npm ci` would make.
    "--use-gitignore=false",
    ...Object.entries(places).flatMap(([name, place]) => ["--local-repository", `${name}=${join(home, place)}`]),
    ...Object.entries(env ?? {}).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
  ];
  const path = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  return start(program, args, folder, { ...process.env, HOME: home, XDG_CACHE_HOME: home, PATH: path });
}

function start(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<ActEnded> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (status) => resolve({ status, log }));
  });
}
