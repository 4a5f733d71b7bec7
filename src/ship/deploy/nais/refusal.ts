/** What the deploy service refuses, and what to do about it. Its words are those of https://github.com/nais/deploy. */
import { status as grpcStatus, type ServiceError } from "@grpc/grpc-js";
import type { Problem } from "../../../util/error.ts";
import { nearest } from "../../../util/suggest.ts";

/** gRPC's codes that pass by themselves. */
const passing: ReadonlySet<number> = new Set([grpcStatus.UNAVAILABLE, grpcStatus.INTERNAL]);

/** Clusters of Nav. Those of other tenants are not known here. */
export const knownClusters = ["dev-gcp", "prod-gcp", "dev-fss", "prod-fss"];

export interface Asked {
  cluster: string;
  team: string;
  server: string;
}

/** Whether the same may succeed a little later. */
export function isPassing(error: ServiceError, { cluster }: Asked): boolean {
  if (offlineCluster(error) !== undefined && misspelt(cluster) !== undefined) return false;
  return passing.has(error.code) || isOwnTimeout(error);
}

/** What a stream that has been accepted once ends with, unless it is a refusal. */
export function isCut(error: ServiceError): boolean {
  return ![
    grpcStatus.UNAUTHENTICATED,
    grpcStatus.PERMISSION_DENIED,
    grpcStatus.INVALID_ARGUMENT,
    grpcStatus.UNIMPLEMENTED,
  ].includes(error.code);
}

export function isExpired({ code, details }: ServiceError): boolean {
  return code === grpcStatus.UNAUTHENTICATED && details.includes("token has expired");
}

/** It was given up here, and not by the server: nothing is known of what it did. */
export function isOwnTimeout({ code, details }: ServiceError): boolean {
  return code === grpcStatus.DEADLINE_EXCEEDED && details.startsWith("Deadline exceeded");
}

function offlineCluster({ code, details }: ServiceError): string | undefined {
  return code === grpcStatus.UNAVAILABLE ? /^cluster '(.*)' is offline/.exec(details)?.[1] : undefined;
}

/** The cluster that is meant, where the name is none of Nav's and near to one. */
function misspelt(cluster: string): string | undefined {
  return knownClusters.includes(cluster) ? undefined : nearest(cluster, knownClusters);
}

/** The message as the server says it, and the cure. */
export function explainRefusal(error: ServiceError, asked: Asked): Problem {
  const { details, code } = error;
  const said = details || `gRPC status ${code}`;
  return { severity: "error", rule: "deploy-refused", message: `[deploy] ${said}`, hint: cureOf(error, asked) };
}

function cureOf(error: ServiceError, { cluster, team, server }: Asked): string {
  const { details, code } = error;
  const repository = /repo "([^"]*)" not authorized by team/.exec(details)?.[1];
  if (repository !== undefined)
    return `Team \`${team}\` does not let ${repository} deploy. Somebody of the team adds it: Nais Console → ${team} → Repositories. Is it another team's job? Then \`metadata.labels.team\`, or \`team:\` in pipeline.yaml, names the wrong one; or give \`--team\`.`;
  if (isExpired(error))
    return "GitHub's token had expired, and a new one was refused too: is the runner's clock right? Run the job again.";
  const offline = offlineCluster(error);
  if (offline !== undefined) return offlineCure(offline, cluster);
  if (/signature (expired|is too old)/.test(details))
    return "A signature with the deploy key is good for 30 seconds: set this machine's clock right.";
  if (/failed authentication|not signed with API key|invalid_jwt/i.test(details))
    return `The deploy key is not one of team \`${team}\`. Better than a new one: give the job \`id-token: write\` and leave NAIS_DEPLOY_APIKEY out.`;
  if (/missing repository in JWT/.test(details))
    return "The token is not one of GitHub Actions. Deploy from a workflow with `id-token: write`.";
  if (code === grpcStatus.UNAUTHENTICATED)
    return `Is ${server} the deploy service of your organisation? A token is made for one audience, and another service refuses it.`;
  if (code === grpcStatus.INVALID_ARGUMENT)
    return "The service does not take these resources. Run nais-etl validate on them.";
  if (code === grpcStatus.RESOURCE_EXHAUSTED)
    return "The service takes no more than it says in one deploy. Deploy the files in several parts.";
  if (code === grpcStatus.UNIMPLEMENTED)
    return `${server} is no deploy service of nais. Look at DEPLOY_SERVER and \`--server\`.`;
  if (/certificate|SSL|TLS/i.test(details)) return `${server} does not show a certificate that this machine trusts.`;
  if (passing.has(code))
    return `${server} was not to be reached, or has trouble of its own. Is the address right (DEPLOY_SERVER, \`--server\`)? Else wait, and run the job again.`;
  return "Run it again with --verbose; what the service says is in its message.";
}

function offlineCure(offline: string, cluster: string): string {
  const meant = misspelt(cluster);
  if (meant !== undefined) return `Did you mean \`${meant}\`? The platform knows no cluster \`${cluster}\`.`;
  const known = knownClusters.includes(cluster)
    ? "Its agent is not connected at the moment: wait, and run the job again."
    : `Is that its name? The clusters of Nav are ${knownClusters.join(", ")}.`;
  return `The platform has no connection to cluster \`${offline}\`. ${known}`;
}
