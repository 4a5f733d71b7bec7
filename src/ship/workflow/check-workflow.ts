/** A team's own GitHub workflow, looked at: whether it is about a pipeline, how it logs in, and what strangers could do with it. */
import { parseYaml, type Path, type SourceDocument } from "../../spec/document.ts";
import { isPlainObject } from "../../spec/value.ts";
import type { Problem } from "../../util/error.ts";
import { noRelease } from "./pins.ts";

export interface CheckedWorkflow {
  /** Whether it runs nais-etl, as an Action or on the command line. */
  isAboutPipelines: boolean;
  /** Whether a job of it may deploy, by what it is set off by and told to do. */
  deploys: boolean;
  /** What its deploys log in with: the job's own identity, or a key of the team. */
  login: "identity" | "key" | undefined;
  /** Names of the pipelines that it deploys; undefined where it names none, and takes all. */
  pipelines: string[] | undefined;
  /** Folders, from the top of the repository, that its Actions look for a pipeline in; undefined where not all are told. */
  folders: string[] | undefined;
  problems: Problem[];
}

const nothing = { isAboutPipelines: false, deploys: false, login: undefined, pipelines: undefined, folders: undefined };

interface Job {
  path: Path;
  /** Its own, or those of the workflow. */
  permissions: unknown;
  concurrency: unknown;
  steps: Step[];
  value: Record<string, unknown>;
}

interface Step {
  path: Path;
  uses: string;
  run: string;
  /** The input `steps`. */
  asked: string | undefined;
  inputs: Record<string, unknown>;
}

/** @param file as it is shown */
export function checkWorkflow(text: string, file: string): CheckedWorkflow {
  const document = parseYaml(text, file);
  const value = isPlainObject(document.value) ? document.value : {};
  const jobs = jobsOf(value);
  const isAboutPipelines = jobs.some(({ steps }) => steps.some(isOurs));
  if (!isAboutPipelines) return { ...nothing, problems: document.problems };
  const isMerged = eventsOf(value["on"]).some((event) => !event.startsWith("pull_request"));
  const deploying = isMerged ? jobs.filter(({ steps }) => steps.some(mayDeploy)) : [];
  const problems = [
    ...triggerProblems(value, document),
    ...jobs.flatMap((job) => [...permissionProblems(job, document), ...stepProblems(job, document)]),
    ...deploying.filter(loginOf).flatMap((job) => concurrencyProblems(job, document)),
    ...(isForChanges(value) ? jobs.flatMap((job) => historyProblems(job, document)) : []),
  ];
  const logins = deploying.map(loginOf);
  const login = logins.find((one) => one === "identity") ?? logins.find((one) => one !== undefined);
  const told = { pipelines: pipelinesOf(deploying), folders: foldersOf(jobs) };
  return { isAboutPipelines, deploys: deploying.length > 0, login, ...told, problems };
}

function jobsOf({ jobs, permissions, concurrency, env }: Record<string, unknown>): Job[] {
  return Object.entries(isPlainObject(jobs) ? jobs : {}).flatMap(([name, job]): Job[] => {
    if (!isPlainObject(job)) return [];
    const path = ["jobs", name];
    const value = { env, ...job };
    const own = { permissions: job["permissions"] ?? permissions, concurrency: job["concurrency"] ?? concurrency };
    return [{ path, value, ...own, steps: stepsOf(job["steps"], [...path, "steps"]) }];
  });
}

function stepsOf(steps: unknown, path: Path): Step[] {
  return (Array.isArray(steps) ? steps : []).flatMap((step: unknown, i): Step[] => {
    if (!isPlainObject(step)) return [];
    const inputs = isPlainObject(step["with"]) ? step["with"] : {};
    const [uses = "", run = "", asked] = [textOf(step["uses"]), textOf(step["run"]), textOf(inputs["steps"])];
    return [{ path: [...path, i], uses, run, asked, inputs }];
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function eventsOf(on: unknown): string[] {
  if (typeof on === "string") return [on];
  return Array.isArray(on) ? on.map(String) : Object.keys(isPlainObject(on) ? on : {});
}

function isOurs({ uses, run }: Pick<Step, "uses" | "run">): boolean {
  return /(^|\/)nais-etl(@|\/|$)/.test(uses) || /\bnais-etl\b/.test(run);
}

function mayDeploy(step: Step): boolean {
  if (/^nais\/deploy\b/.test(step.uses) || /\bnais-etl deploy\b/.test(step.run)) return true;
  return isOurs(step) && step.uses !== "" && /(^|[\s,])deploy\b/.test(step.asked ?? "deploy");
}

function loginOf({ permissions, value }: Job): CheckedWorkflow["login"] {
  if (permissions === "write-all" || (isPlainObject(permissions) && permissions["id-token"] === "write"))
    return "identity";
  return /"deploy-key":|NAIS_DEPLOY_APIKEY|"APIKEY":/.test(JSON.stringify(value)) ? "key" : undefined;
}

/** As `init` writes it: a list in the matrix of each job. */
function pipelinesOf(deploying: Job[]): string[] | undefined {
  const lists = deploying.map(({ value: { strategy } }) => {
    const matrix = isPlainObject(strategy) ? strategy["matrix"] : undefined;
    const list = isPlainObject(matrix) ? matrix["pipeline"] : undefined;
    return Array.isArray(list) ? list.map(String) : undefined;
  });
  return lists.length > 0 && lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

/** Commands may be run anywhere, and what an expression gives is not known. */
function foldersOf(jobs: Job[]): string[] | undefined {
  const steps = jobs.flatMap((job) => job.steps).filter(isOurs);
  const folders = steps.map(({ uses, inputs }) => (uses === "" ? undefined : (inputs["working-directory"] ?? ".")));
  const known = folders.flatMap((one) => (typeof one === "string" && !one.includes("${{") ? [cleaned(one)] : []));
  return known.length === folders.length ? [...new Set(known)] : undefined;
}

/** `./data/sales/` is `data/sales`. */
function cleaned(folder: string): string {
  return folder.replace(/^(\.\/)+/, "").replace(/\/+$/, "") || ".";
}

function isForChanges({ on }: Record<string, unknown>): boolean {
  return eventsOf(on).includes("pull_request");
}

/** Jobs of the default branch alone plan nothing. */
function historyProblems({ path, steps, value }: Job, document: SourceDocument): Problem[] {
  const clone = steps.find(({ uses }) => uses.startsWith("actions/checkout@"));
  const isReleased = /\bgithub\.ref == /.test(textOf(value["if"]) ?? "");
  if (!clone || isReleased || !steps.some(mayPlan) || String(clone.inputs["fetch-depth"]) === "0") return [];
  return [
    {
      severity: "warning",
      message: `job ${String(path.at(-1))} plans with one commit alone: there is nothing that a change could be compared with`,
      hint: "Give actions/checkout `with: { fetch-depth: 0 }`.",
      where: document.where([...clone.path, "uses"]),
    },
  ];
}

function mayPlan({ uses, run, asked }: Step): boolean {
  return uses === ""
    ? /\bnais-etl plan\b/.test(run)
    : isOurs({ uses, run: "" }) && /(^|[\s,])plan\b/.test(asked ?? "plan");
}

function triggerProblems({ on }: Record<string, unknown>, document: SourceDocument): Problem[] {
  if (!eventsOf(on).includes("pull_request_target")) return [];
  return [
    {
      severity: "error",
      message: "it runs on pull_request_target: a fork's code would run beside the repository's secrets",
      hint: "Use `on: pull_request`. Tests, validation and plans need no secrets.",
      where: document.where(["on"], "pull_request_target"),
    },
  ];
}

function permissionProblems({ path, permissions }: Job, document: SourceDocument): Problem[] {
  if (permissions !== undefined && permissions !== "write-all") return [];
  return [
    {
      severity: "error",
      message: `job ${String(path.at(-1))} has ${permissions === undefined ? "whatever permissions the repository gives" : "all permissions"}`,
      hint: "Say what it needs: `permissions: { contents: read }`, and `id-token: write` where it deploys.",
      where: document.where(path),
    },
  ];
}

function stepProblems({ steps }: Job, document: SourceDocument): Problem[] {
  return steps.flatMap(({ path, uses, run }) => [
    ...pinProblems(uses).map((problem) => ({ ...problem, where: document.where([...path, "uses"]) })),
    ...scriptProblems(run).map((problem) => ({ ...problem, where: document.where([...path, "run"]) })),
  ]);
}

function pinProblems(uses: string): Problem[] {
  if (uses.startsWith(noRelease)) {
    const hint = `Put the owner of nais-etl, and the commit of a release, in place of ${noRelease}.`;
    return [{ severity: "error", message: "it does not say which nais-etl it runs", hint }];
  }
  if (uses === "" || /^\.{0,2}\//.test(uses) || /@[0-9a-f]{40}$|@sha256:[0-9a-f]{64}$/.test(uses)) return [];
  const hint = "Name the full SHA of a commit, with the version as a comment: a tag or a branch can be moved.";
  return [{ severity: "error", message: `${uses} is not named by a commit`, hint }];
}

function scriptProblems(run: string): Problem[] {
  const [expression] = /\$\{\{.*?\}\}/.exec(run) ?? [];
  if (expression === undefined) return [];
  const hint = 'Give it to the step as `env: { NAME: … }`, and write "$NAME" in the script: else what it holds is run.';
  return [{ severity: "error", message: `${expression} stands inside a script`, hint }];
}

function concurrencyProblems({ path, concurrency }: Job, document: SourceDocument): Problem[] {
  const job = String(path.at(-1));
  const cancels = isPlainObject(concurrency) && concurrency["cancel-in-progress"] === true;
  if (concurrency !== undefined && !cancels) return [];
  const message = cancels
    ? `job ${job} deploys, and a newer commit cuts it off`
    : `job ${job} deploys, and two may do so at once`;
  const hint =
    "Give it `concurrency: { group: NAME-prod-gcp, cancel-in-progress: false }`, a group for each environment.";
  return [{ severity: "warning", message, hint, where: document.where(path) }];
}
