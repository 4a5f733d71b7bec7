/** What of a pipeline lies in the cluster: its job, what the platform has made of it, its alerts, its runs. */
import { fieldsAt, itemsAt, textAt, type Fields } from "../../manifest/rule.ts";
import { EtlError } from "../../../util/error.ts";
import type { Kubectl } from "../../kubectl.ts";
import { isRunOf } from "./kubectl-platform.ts";

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

const kinds = ["naisjobs.nais.io", "cronjobs", "prometheusrules.monitoring.coreos.com"];

export async function deployedThings(kubectl: Kubectl, name: string): Promise<Thing[]> {
  const found: Thing[] = [];
  for (const kind of kinds) {
    const one = await findThing(kubectl, kind, name);
    if (one !== undefined) found.push(thingOf(kind, one));
  }
  const jobs = itemsAt(await kubectl.find(["get", "jobs"]), "items").map(({ item }) => item);
  const runs = jobs.filter((job) => isRunOf(job, name)).map((job) => thingOf("jobs", job));
  return [...found, ...runs];
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

function thingOf(kind: string, value: unknown): Thing {
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
