/** What set the workflow off, and what follows from it. */
import type { Problem } from "../util/error.ts";

/** The part of `@actions/github`'s context that is looked at. */
export interface EventSource {
  eventName: string;
  payload: { [key: string]: unknown; pull_request?: { number: number; [key: string]: unknown } };
}

export interface Event {
  name: string;
  pullRequest: { number: number; fromFork: boolean } | undefined;
}

export function describeEvent({ eventName, payload }: EventSource): Event {
  const pull = payload.pull_request;
  const pullRequest = pull && {
    number: pull.number,
    fromFork: repositoryOf(pull["head"]) !== repositoryOf(pull["base"]),
  };
  return { name: eventName, pullRequest };
}

/** Full name of the repository that one end of a pull request lies in. A fork that was deleted has none. */
function repositoryOf(end: unknown): string | undefined {
  return (end as { repo?: { full_name?: string } | null } | undefined)?.repo?.full_name;
}

export function eventWarnings({ name }: Event): Problem[] {
  if (name !== "pull_request_target") return [];
  const hint =
    "Its jobs hold the repository's secrets and a token that may write, and what they check out of a fork would run with both. Use `on: pull_request`: tests, validation and rendering need no secrets.";
  return [
    { severity: "warning", rule: "pull-request-target", message: "the workflow runs on pull_request_target", hint },
  ];
}
