/** What set the workflow off, and what follows from it. */
import { readFile } from "node:fs/promises";
import { EtlError, type Problem } from "../util/error.ts";
import type { Runner } from "./runner.ts";

export interface Event {
  name: string;
  pullRequest: { number: number; fromFork: boolean } | undefined;
  isDependabot: boolean;
  /** Whom GitHub gives neither secrets nor a token that may write, and whoever's change it is that we cannot know. */
  isUntrusted: boolean;
  /** Whether it is the default branch's own: pushed to it, on a schedule, or started by hand. */
  isRelease: boolean;
}

/** Only what is used. Somebody else may have written the file: nothing in it need be there. */
interface Payload {
  pull_request?: { number?: unknown; head?: End; base?: End; user?: { login?: unknown } };
  repository?: { default_branch?: unknown; full_name?: unknown };
  workflow_run?: { event?: unknown; head_repository?: { full_name?: unknown } | null };
}

/** One end of a pull request. A fork that was deleted has no repository. */
interface End {
  repo?: { full_name?: unknown } | null;
}

/**
 * What only those set off who may write to the repository, or GitHub itself on the default branch. Of all others it is
 * not known whose change they are about: a comment may be anybody's, on a pull request from anywhere.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
const writers = [
  "create",
  "deployment",
  "push",
  "registry_package",
  "release",
  "repository_dispatch",
  "schedule",
  "workflow_dispatch",
];
/** GitHub starts these on the default branch alone. */
const onDefault = ["repository_dispatch", "schedule"];
const dependabot = "dependabot[bot]";

export async function readEvent({ env }: Runner): Promise<Event> {
  const name = env["GITHUB_EVENT_NAME"] ?? "";
  const payload = await readPayload(env["GITHUB_EVENT_PATH"]);
  const { pull_request: pull } = payload;
  const pullRequest = pull && { number: Number(pull.number), fromFork: !isSame(pull.head?.repo, pull.base?.repo) };
  const isDependabot = env["GITHUB_ACTOR"] === dependabot || pull?.user?.login === dependabot;
  return {
    name,
    pullRequest,
    isDependabot,
    isUntrusted: isDependabot || !isOwn(name, payload),
    isRelease: onDefault.includes(name) || (["push", "workflow_dispatch"].includes(name) && isDefault(payload, env)),
  };
}

function isOwn(name: string, { pull_request: pull, workflow_run: run, repository }: Payload): boolean {
  if (pull) return isSame(pull.head?.repo, pull.base?.repo);
  if (name === "workflow_run") return isSame(run?.head_repository, repository);
  return writers.includes(name);
}

/** Two that are not known are not the same. */
function isSame(one: End["repo"], other: End["repo"]): boolean {
  return typeof one?.full_name === "string" && one.full_name !== "" && one.full_name === other?.full_name;
}

function isDefault({ repository }: Payload, env: Runner["env"]): boolean {
  const branch = repository?.default_branch;
  return typeof branch === "string" && branch !== "" && env["GITHUB_REF"] === `refs/heads/${branch}`;
}

/** Empty where there is none that can be read. Whatever follows from it must be safe then. */
async function readPayload(path: string | undefined): Promise<Payload> {
  try {
    const payload: unknown = JSON.parse(await readFile(path ?? "", "utf8"));
    return withoutNull(Object(payload));
  } catch {
    return {};
  }
}

/** Where an object belongs, there is one, or nothing. */
function withoutNull(payload: Record<string, unknown>): Payload {
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => typeof value === "object" && value !== null));
}

/** @throws {EtlError} `usage`: there, a stranger's code would run beside the secrets */
export function assertEvent({ name, isUntrusted }: Event): void {
  if (name !== "pull_request_target" || !isUntrusted) return;
  const message = "the workflow runs on pull_request_target, for a change of somebody else";
  throw new EtlError({ code: "usage", message, hint: targetHint });
}

const targetHint =
  "Its jobs hold the repository's secrets and a token that may write, and what they check out of a fork would run with both. Use `on: pull_request`: tests, validation and rendering need no secrets.";

export function eventWarnings({ name }: Event): Problem[] {
  if (name !== "pull_request_target") return [];
  return [
    {
      severity: "warning",
      rule: "pull-request-target",
      message: "the workflow runs on pull_request_target",
      hint: targetHint,
    },
  ];
}
