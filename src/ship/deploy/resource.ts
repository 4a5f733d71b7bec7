/** What is deployed: resources of Kubernetes, as objects. */
import { textAt } from "../manifest/rule.ts";

export type Resource = Record<string, unknown>;

/** `Naisjob/apps-per-env`. */
export function labelOf(resource: Resource): string {
  return `${textAt(resource, "kind") ?? "?"}/${textAt(resource, "metadata", "name") ?? "?"}`;
}

/** As the platform's deploy client: the label of the first that has one, else its namespace. */
export function teamOf(resources: readonly Resource[]): string | undefined {
  const teams = resources.map(
    (resource) => textAt(resource, "metadata", "labels", "team") || textAt(resource, "metadata", "namespace"),
  );
  return teams.find(Boolean);
}

export function namespaceOf(resources: readonly Resource[]): string | undefined {
  return resources.map((resource) => textAt(resource, "metadata", "namespace")).find(Boolean);
}

/** Whether the cluster tells what becomes of it after it has been applied. */
export function isWatched(resource: Resource): boolean {
  const kind = textAt(resource, "kind") ?? "";
  const group = textAt(resource, "apiVersion")?.split("/")[0];
  return group === "nais.io" && ["Naisjob", "Application"].includes(kind);
}

/** Those that its workloads run. */
export function imagesOf(resources: readonly Resource[]): string[] {
  const kinds = ["Naisjob", "Application", "Image"];
  const workloads = resources.filter((resource) => kinds.includes(textAt(resource, "kind") ?? ""));
  return workloads.flatMap((resource) => textAt(resource, "spec", "image") ?? []);
}
/** A Naisjob that the platform starts when it is deployed. */
export function startsAtDeploy(resource: Resource): boolean {
  return textAt(resource, "kind") === "Naisjob" && !textAt(resource, "spec", "schedule");
}
