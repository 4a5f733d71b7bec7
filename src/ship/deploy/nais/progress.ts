/** How far a deploy has come: what its statuses, taken together, say of each resource. */
import type { DeployStatus, ResourceOutcome, ResourceState } from "../outcome.ts";
import { isWatched, labelOf, type Resource } from "../resource.ts";
import { failures, readMessage, totalOf, type Message } from "./message.ts";
import { fromTimestamp, type DeploymentStatus } from "./protocol.ts";

export interface Progress {
  /** @returns whether it is news: a stream that is opened again begins with a status that is known */
  note(status: DeploymentStatus): boolean;
  statuses: DeployStatus[];
  resources(): ResourceOutcome[];
  /** Errors of no resource that was sent. */
  others(): string[];
  /** How many errors the platform counts, where that is more than it has told. */
  untold(): number;
  /** Whether all is in the cluster, and of what is not ready yet the cluster has not said a word. */
  isSilent(): boolean;
  hasErrors(): boolean;
  /** It is sent again: what the cluster said of the first time does not count. */
  restart(): void;
}

const ranks: readonly ResourceState[] = ["unsent", "sent", "applied", "synchronized", "complete"];
const reached: Readonly<Record<string, ResourceState>> = { Synchronized: "synchronized", RolloutComplete: "complete" };

export function createProgress(sent: readonly Resource[]): Progress {
  const resources = new Map<string, ResourceOutcome>(
    sent.map((resource) => [labelOf(resource), { resource: labelOf(resource), state: "unsent", errors: [] }]),
  );
  const watched = sent.filter(isWatched).map(labelOf);
  const seen = new Set<string>();
  const statuses: DeployStatus[] = [];
  const others: string[] = [];
  const heard = new Set<string>();
  let [saved, counted] = [false, 0];

  const advance = (label: string, state: ResourceState) => {
    const found = resources.get(label);
    if (!found || found.state === "failed") return;
    if (ranks.indexOf(state) > ranks.indexOf(found.state)) found.state = state;
  };
  const fail = (label: string | undefined, text: string) => {
    const found = label === undefined ? undefined : resources.get(label);
    if (found) found.state = "failed";
    const list = found ? found.errors : others;
    const isKnown = [...resources.values()].some(({ errors }) => errors.includes(text));
    if (!list.includes(text) && !isKnown) list.push(text);
  };
  const read = (message: Message) => {
    if (message.kind === "applied") advance(message.resource, "applied");
    else if (message.kind === "saved") saved = true;
    else if (message.kind === "error") fail(message.resource, message.text);
    else if (message.kind === "event") {
      const { resource, reason, text } = message;
      heard.add(resource);
      if (failures.has(reason)) fail(resource, `${reason}: ${text}`);
      else if (reached[reason]) advance(resource, reached[reason]);
    }
  };
  return {
    statuses,
    note({ state, message, time }) {
      const when = time ? fromTimestamp(time).toISOString() : undefined;
      // The same status read again may have lost the fractions of its second.
      const key = `${state} ${message} ${when?.slice(0, 19)}`;
      if (seen.has(key)) return false;
      seen.add(key);
      statuses.push({ ...(when && { time: when }), state, message });
      read(readMessage(message));
      counted = Math.max(counted, totalOf(message) ?? 0);
      for (const label of resources.keys()) advance(label, state === "success" ? "complete" : "sent");
      return true;
    },
    resources: () => [...resources.values()],
    others: () => others,
    untold: () => Math.max(0, counted - errorCount(resources, others)),
    isSilent() {
      const waiting = watched.filter((label) => !["complete", "failed"].includes(resources.get(label)!.state));
      return saved && waiting.length > 0 && waiting.every((label) => !heard.has(label));
    },
    hasErrors: () => errorCount(resources, others) > 0,
    restart() {
      heard.clear();
      saved = false;
    },
  };
}

function errorCount(resources: ReadonlyMap<string, ResourceOutcome>, others: readonly string[]): number {
  return [...resources.values()].reduce((sum, { errors }) => sum + errors.length, others.length);
}
