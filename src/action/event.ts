/** What set the workflow off, and what follows from it. */
import { readFile } from "node:fs/promises";
import type { Problem } from "../util/error.ts";
import type { Runner } from "./runner.ts";

export interface Event {
  name: string;
  pullRequest: { number: number; fromFork: boolean } | undefined;
  /** Whom GitHub gives neither secrets nor a token that may write. */
  isUntrusted: boolean;
  /** Whether it is the default branch's own: pushed to it, on a schedule, or started by hand. */
  isRelease: boolean;
}

interface Payload {
  pull_request?: { number: number; head?: End; base?: End; user?: { login?: string } };
  repository?: { default_branch?: string };
}

/** One end of a pull request. A fork that was deleted has no repository. */
interface End {
  repo?: { full_name?: string } | null;
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows */
const started = ["workflow_dispatch", "schedule", "repository_dispatch"];
const dependabot = "dependabot[bot]";

export async function readEvent({ env }: Runner): Promise<Event> {
  const name = env["GITHUB_EVENT_NAME"] ?? "";
  const { pull_request: pull, repository } = await readPayload(env["GITHUB_EVENT_PATH"]);
  const pullRequest = pull && {
    number: pull.number,
    fromFork: pull.head?.repo?.full_name !== pull.base?.repo?.full_name,
  };
  const isDependabot = env["GITHUB_ACTOR"] === dependabot || pull?.user?.login === dependabot;
  const isDefault = name === "push" && env["GITHUB_REF"] === `refs/heads/${repository?.default_branch}`;
  return {
    name,
    pullRequest,
    isUntrusted: isDependabot || pullRequest?.fromFork === true,
    isRelease: isDefault || started.includes(name),
  };
}

async function readPayload(path: string | undefined): Promise<Payload> {
  if (!path) return {};
  return JSON.parse(await readFile(path, "utf8")) as Payload;
}

export function eventWarnings({ name }: Event): Problem[] {
  if (name !== "pull_request_target") return [];
  const hint =
    "Its jobs hold the repository's secrets and a token that may write, and what they check out of a fork would run with both. Use `on: pull_request`: tests, validation and rendering need no secrets.";
  return [
    { severity: "warning", rule: "pull-request-target", message: "the workflow runs on pull_request_target", hint },
  ];
}
