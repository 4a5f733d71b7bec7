/** A deployment request: what is deployed, where, on whose behalf, and until when. */
import { version } from "../../../util/version.ts";
import type { Origin } from "../origin.ts";
import { namespaceOf, type Resource } from "../resource.ts";
import { toTimestamp, type DeploymentRequest } from "./protocol.ts";
import { toStruct } from "./struct.ts";

export interface MakeRequest {
  resources: readonly Resource[];
  cluster: string;
  team: string;
  origin: Origin;
  now: Date;
  /** The platform refuses what has none. */
  deadline: Date;
}

export function makeRequest({ resources, cluster, team, origin, now, deadline }: MakeRequest): DeploymentRequest {
  const namespace = namespaceOf(resources);
  const [owner, name] = origin.repository?.split("/") ?? [];
  return {
    ID: "",
    time: toTimestamp(now),
    deadline: toTimestamp(deadline),
    cluster,
    team,
    gitRefSha: origin.revision ?? "",
    kubernetes: { resources: resources.map((resource) => toStruct(annotated(resource, origin))) },
    // Both, or neither.
    repository: { owner: name ? owner! : "", name: name ?? "" },
    GithubEnvironment: namespace === undefined ? cluster : `${cluster}:${namespace}`,
    traceParent: origin.traceParent ?? "",
    deployerUsername: origin.actor ?? "",
    triggerUrl: origin.url ?? "",
  };
}

/** The annotations that the platform's own client sets: Nais Console shows them beside the workload. */
export function annotated(resource: Resource, { actor, revision, url }: Origin): Resource {
  const metadata = (resource["metadata"] ?? {}) as Record<string, unknown>;
  const added = {
    "deploy.nais.io/client-version": `nais-etl ${version()}`,
    "deploy.nais.io/github-actor": actor,
    "deploy.nais.io/github-sha": revision,
    "deploy.nais.io/github-workflow-run-url": url,
    "kubernetes.io/change-cause": revision && url && `nais deploy: commit ${revision}: ${url}`,
  };
  const present = Object.fromEntries(Object.entries(added).filter(([, value]) => value));
  const annotations = { ...(metadata["annotations"] as object | undefined), ...present };
  return { ...resource, metadata: { ...metadata, annotations } };
}
