/** What of a pipeline lies in the cluster: its job, what the platform has made of it, its alerts, its runs. */
import { fieldsAt, itemsAt, textAt, type Fields } from "../../manifest/rule.ts";
import { EtlError } from "../../../util/error.ts";
import type { Kubectl } from "../../kubectl.ts";
import { madeByUs } from "../../manifest/made-by-us.ts";
import { isOwnedBy, isRunOf } from "./kubectl-platform.ts";

export interface Thing {
  /** As kubectl takes it. */
  kind: string;
  name: string;
  note?: string;
  /** It goes with another of them. */
  isOwned: boolean;
  /** What of the team's data the platform deletes with it. */
  data: string[];
  /** What it leaves, unless it is empty. */
  kept: string[];
}

export interface Deployed {
  things: Thing[];
  /** They are called so, and nothing shows that we have deployed them: they are somebody else's. */
  left: Thing[];
}

export async function deployedThings(kubectl: Kubectl, name: string): Promise<Deployed> {
  const find = async (kind: string) => {
    const value = await findThing(kubectl, kind, name);
    return value === undefined ? [] : [{ kind, value }];
  };
  const job = await find("naisjobs.nais.io");
  const others = [...(await find("cronjobs")), ...(await find("prometheusrules.monitoring.coreos.com"))];
  const jobs = itemsAt(await kubectl.find(["get", "jobs"]), "items").map(({ item }) => item);
  const runs = jobs.filter((run) => isRunOf(run, name)).map((value) => ({ kind: "jobs", value }));
  const known = others.filter(({ value }) => isMadeByUs(value, name, ["Naisjob"]));
  const owners = ["Naisjob", ...(known.some(({ kind }) => kind === "cronjobs") ? ["CronJob"] : [])];
  const ours = [...job, ...known, ...runs.filter(({ value }) => isMadeByUs(value, name, owners))];
  const left = [...others, ...runs].filter((one) => !ours.includes(one));
  return { things: ours.map(thingOf), left: left.map(thingOf) };
}

/** A name or the label `app` is anybody's to give. */
function isMadeByUs(value: unknown, name: string, owners: readonly string[]): boolean {
  const marks = Object.entries(madeByUs);
  return (
    isOwnedBy(value, name, owners) ||
    marks.every(([label, mark]) => textAt(value, "metadata", "labels", label) === mark)
  );
}

/** In clusters without nais, or without Prometheus' operator, there are no such kinds. */
async function findThing(kubectl: Kubectl, kind: string, name: string): Promise<unknown> {
  try {
    return await kubectl.find(["get", kind, name]);
  } catch (error) {
    if (
      error instanceof EtlError &&
      /doesn't have a resource type|could not find the requested resource/.test(error.message)
    )
      return undefined;
    throw error;
  }
}

function thingOf({ kind, value }: { kind: string; value: unknown }): Thing {
  const isRunning = kind === "jobs" && textAt(value, "status", "completionTime") === undefined && !hasFailed(value);
  const gcp = fieldsAt(value, "spec", "gcp");
  return {
    kind,
    name: textAt(value, "metadata", "name") ?? "",
    ...(isRunning && { note: "running: it is cut off" }),
    isOwned: itemsAt(value, "metadata", "ownerReferences").length > 0,
    data: dataOf(gcp, true),
    kept: dataOf(gcp, false),
  };
}

function hasFailed(job: unknown): boolean {
  return itemsAt(job, "status", "conditions").some(
    ({ item }) => item["type"] === "Failed" && item["status"] === "True",
  );
}

/** What the platform makes besides, by its keys below `gcp`; each is kept unless it says `cascadingDelete: true`. */
const holders: Record<string, string> = {
  bigQueryDatasets: "dataset",
  buckets: "bucket",
  sqlInstances: "SQL instance",
};

function dataOf(gcp: Fields | undefined, isCascading: boolean): string[] {
  return Object.entries(holders).flatMap(([key, word]) =>
    itemsAt(gcp, key)
      .filter(({ item }) => (item["cascadingDelete"] === true) === isCascading)
      .map(({ item }) => `${word} ${textAt(item, "name") ?? ""}`.trimEnd()),
  );
}
