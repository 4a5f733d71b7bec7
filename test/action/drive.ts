/** Drives the Action as GitHub's runner does: its bundle alone in a folder, inputs and files named in the environment. */
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const ownCli = join(root, "bin/nais-etl.js");

export const runnersToken = "ghs_made-up-token";

export interface Command {
  name: string;
  properties: Record<string, string>;
  text: string;
}

export interface Ended {
  status: number | null;
  /** All that was printed. */
  log: string;
  /** What the runner carries out: not the lines that stand between stop-commands and its token. */
  commands: Command[];
  /** The commands that mark lines, and the step's own failure. */
  annotations: Command[];
  outputs: Record<string, string>;
  summary: string;
  /** What it wrote to the files for variables and paths of later steps. */
  exported: string;
  /** What it left for its end. */
  state: Record<string, string>;
}

export interface Drive {
  inputs?: Record<string, string>;
  /** `pull_request` by default. */
  event?: string;
  payload?: unknown;
  env?: Record<string, string>;
  /** The step's end, with what `main` left for it. */
  post?: Record<string, string>;
}

export interface Job {
  folder: string;
  workspace: string;
  temp: string;
  write(file: string, text: string): Promise<void>;
  drive(options?: Drive): Promise<Ended>;
  remove(): Promise<void>;
}

/** A pull request from a branch, or from a fork. */
export function pullRequest(from = "team/pipelines") {
  return {
    pull_request: { number: 12, head: { repo: { full_name: from } }, base: { repo: { full_name: "team/pipelines" } } },
    repository: { default_branch: "main" },
  };
}

/** A push to the default branch. */
export const pushed = { repository: { default_branch: "main" } };

const runnersFiles = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"];

export async function startJob(files: Record<string, string> = {}): Promise<Job> {
  const folder = await mkdtemp(join(tmpdir(), "nais-etl-action-"));
  const [workspace, temp] = [join(folder, "work space"), join(folder, "temp")];
  for (const name of ["work space", "temp", "files", "empty"]) await mkdir(join(folder, name));
  await cp(join(root, "dist"), join(folder, "action/dist"), { recursive: true });
  await cp(join(root, "action.yml"), join(folder, "action/action.yml"));
  const job: Job = {
    folder,
    workspace,
    temp,
    async write(file, text) {
      await mkdir(dirname(join(workspace, file)), { recursive: true });
      await writeFile(join(workspace, file), text);
    },
    drive: (options = {}) => drive({ folder, workspace, temp, ...options }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  for (const [file, text] of Object.entries(files)) await job.write(file, text);
  return job;
}

interface Place {
  folder: string;
  workspace: string;
  temp: string;
}

async function drive({ folder, workspace, temp, inputs, event, payload, env, post }: Place & Drive): Promise<Ended> {
  const eventFile = join(folder, "files/event.json");
  await writeFile(eventFile, JSON.stringify(payload === undefined ? pullRequest() : payload));
  const filePaths = Object.fromEntries(runnersFiles.map((name) => [name, join(folder, "files", name)]));
  for (const path of Object.values(filePaths)) await writeFile(path, "");
  const action = parse(await readFile(join(folder, "action/action.yml"), "utf8"));
  const { status, log } = await start(join(folder, "action", post ? action.runs.post : action.runs.main), {
    cwd: workspace,
    env: {
      // Nothing is found there: not even node.
      PATH: join(folder, "empty"),
      HOME: join(folder, "temp"),
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: workspace,
      GITHUB_REPOSITORY: "team/pipelines",
      GITHUB_EVENT_NAME: event ?? "pull_request",
      GITHUB_EVENT_PATH: eventFile,
      GITHUB_REF: "refs/heads/main",
      GITHUB_SHA: "1a2b3c4d5e6f708192a3b4c5d6e7f80910111213",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_RUN_ID: "99",
      // Nobody answers there: a test that wants an answer says who gives it.
      GITHUB_API_URL: "http://127.0.0.1:9",
      RUNNER_TEMP: temp,
      ...filePaths,
      ...inputVariables(action.inputs, inputs ?? { cli: ownCli }),
      ...Object.fromEntries(Object.entries(post ?? {}).map(([name, value]) => [`STATE_${name}`, value])),
      ...env,
    },
  });
  const commands = commandsIn(log);
  const read = (name: string) => readFile(filePaths[name]!, "utf8");
  return {
    status,
    log,
    commands,
    annotations: commands.filter(({ name }) => ["error", "warning", "notice"].includes(name)),
    outputs: parseOutputs(await read("GITHUB_OUTPUT")),
    summary: await read("GITHUB_STEP_SUMMARY"),
    exported: (await read("GITHUB_ENV")) + (await read("GITHUB_PATH")),
    state: parseOutputs(await read("GITHUB_STATE")),
  };
}

/** As the runner names them: spaces become `_`, and nothing else changes but the case. */
function inputVariables(declared: Record<string, { default: string }>, given: Record<string, string>) {
  for (const name of Object.keys(given)) if (!(name in declared)) throw new Error(`action.yml has no input ${name}`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, { default: value }]) => [
      `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`,
      // The one default that the runner works out. A comment is written where a test asks for one.
      given[name] ?? (name === "comment" ? "false" : value.replace("${{ github.token }}", runnersToken)),
    ]),
  );
}

function start(file: string, options: { cwd: string; env: Record<string, string> }) {
  return new Promise<{ status: number | null; log: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [file], { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, log }));
  });
}

/** What the Action means to say to the runner. */
const meant = ["add-mask", "debug", "endgroup", "error", "group", "notice", "stop-commands", "warning"];

/**
 * In both forms that the runner knows, the older of which may stand anywhere in a line.
 *
 * @throws {Error} for a command that the Action never gives: somebody else's text has become one
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
function commandsIn(log: string): Command[] {
  let token: string | undefined;
  return log.split(/\r\n?|\n/).flatMap((line) => {
    const match =
      /^\s*::([^\s:]+)(?: ([^:]*))?::(.*)$/s.exec(line) ??
      /##\[([^\s\]]+)(?: ([^\]]*))?\](.*)$/s.exec(line.replace(/\p{C}/gu, ""));
    const [, name = "", properties = "", text = ""] = match ?? [];
    const isOld = match !== null && !/^\s*::/.test(line);
    if (match && (token === undefined ? isOld || !meant.includes(name) : false))
      throw new Error(`the runner would take this for a command: ${line}`);
    if (token !== undefined) {
      if (name === token) token = undefined;
      return [];
    }
    if (name === "stop-commands") token = text;
    return match ? [{ name, properties: parseProperties(properties), text: unescape(text) }] : [];
  });
}

function parseProperties(text: string): Record<string, string> {
  const pairs = text.split(",").filter((part) => part !== "");
  return Object.fromEntries(
    pairs.map((part) => {
      const [key = "", ...value] = part.split("=");
      return [key, unescape(value.join("="))];
    }),
  );
}

function unescape(text: string): string {
  return text
    .replaceAll("%0A", "\n")
    .replaceAll("%0D", "\r")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}

function parseOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^([^\n]+)<<([^\n]+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name!, value!]));
}
