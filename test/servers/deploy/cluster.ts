/** What the platform's agent and operator in a cluster make of a request, told in statuses as they tell it. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "./options.ts";

export type Json = Record<string, any>;

export interface Told {
  state: string;
  message: string;
}

/** Specs by resource, as the operator remembers them: of an unchanged one it says nothing. */
export type Known = Map<string, string>;

interface Roll {
  resources: Json[];
  deadline: Date | undefined;
  world: World;
  known: Known;
}

/** Every status after `queued`. */
export async function* rollOut({ resources, deadline, world, known }: Roll): AsyncGenerator<Told> {
  if (!deadline || deadline.getTime() <= Date.now())
    return yield { state: "failure", message: "context deadline exceeded" };
  const errors: string[] = [];
  const watched: Json[] = [];
  for (const resource of resources) {
    await sleep(world.pace);
    const refusal = world.refused[nameOf(resource)];
    if (refusal !== undefined) {
      errors.push(`${identify(resource)}: creating resource: ${refusal}`);
      // The agent does not look at those that come after it.
      break;
    }
    await world.onApplied(resource);
    yield inProgress(`Successfully applied ${identify(resource)}`);
    if (isWatched(resource)) watched.push(resource);
  }
  yield inProgress("All resources saved to Kubernetes; waiting for completion");
  for (const resource of watched) {
    await sleep(world.pace);
    if (isUnchanged(resource, known) || world.ignored.has(nameOf(resource))) {
      await untilOver(deadline);
      errors.push("timeout while waiting for deployment to succeed");
      yield inProgress("timeout while waiting for deployment to succeed");
      continue;
    }
    const name = nameOf(resource);
    const failure = world.failing[name];
    if (failure !== undefined) {
      errors.push(`${name} (FailedSynchronization): ${failure}`);
      yield inProgress(`${name} (FailedSynchronization): ${failure}`);
      continue;
    }
    yield inProgress(`${name} (Synchronized): Successfully synchronized all resources`);
    await sleep(world.pace);
    yield inProgress(`${name} (RolloutComplete): No support for monitoring CronJobs`);
  }
  if (errors.length === 0) return yield { state: "success", message: "Deployment completed successfully." };
  yield { state: "failure", message: `${errors[0]} (total of ${errors.length} errors)` };
}

function inProgress(message: string): Told {
  return { state: "in_progress", message };
}

async function untilOver(deadline: Date): Promise<void> {
  await sleep(Math.max(0, deadline.getTime() - Date.now()), undefined, { ref: false });
}

function nameOf({ kind, metadata }: Json): string {
  return `${kind}/${metadata?.name}`;
}

function identify({ apiVersion, kind, metadata }: Json): string {
  const namespace = metadata?.namespace ? `, Namespace=${metadata.namespace}` : "";
  return `${apiVersion}, Kind=${kind}${namespace}, Name=${metadata?.name}`;
}

function isWatched({ apiVersion, kind }: Json): boolean {
  return String(apiVersion).startsWith("nais.io/") && ["Naisjob", "Application"].includes(kind);
}

/** The operator's hash covers the spec only. */
function isUnchanged(resource: Json, known: Known): boolean {
  const hash = createHash("sha256")
    .update(JSON.stringify(resource["spec"] ?? {}))
    .digest("hex");
  const name = `${resource["metadata"]?.namespace}/${nameOf(resource)}`;
  const before = known.get(name);
  known.set(name, hash);
  return before === hash;
}
