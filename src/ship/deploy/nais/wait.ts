/** Sends a request, and follows it to its end, whatever happens to the connection on the way. */
import type { ServiceError } from "@grpc/grpc-js";
import type { Context } from "../../../util/context.ts";
import { sleep } from "../../../util/retry.ts";
import { isServiceError, type DeployClient, type StatusStream } from "./client.ts";
import type { Progress } from "./progress.ts";
import type { DeploymentRequest, DeploymentStatus } from "./protocol.ts";
import { isCut, isExpired, isOwnTimeout, isPassing, type Asked } from "./refusal.ts";

export interface Intervals {
  /** Before what failed is tried again. */
  retry: number;
  /** A stream on which nothing came is opened anew: the last status may have been missed. */
  reopen: number;
  /** Without a word from the cluster for so long, an unchanged resource is known for one. */
  grace: number;
}

/** As the platform's own client tries again; the rest is ours. */
export const usualIntervals: Intervals = { retry: 5000, reopen: 15_000, grace: 60_000 };

export interface Deployment {
  client: DeployClient;
  /** Its ID is filled in once the server has chosen one. */
  request: DeploymentRequest;
  progress: Progress;
  asked: Asked;
  until: Date;
  intervals: Intervals;
  /** Told of each status, once. */
  onStatus: (status: DeploymentStatus) => void;
  /** Whether the cluster may have nothing to do: then it says nothing, ever. */
  mayBeUnchanged: boolean;
}

export type Ending =
  | { kind: "final"; status: DeploymentStatus }
  | { kind: "unchanged" }
  /** Something failed, and what else there was has gone silent. */
  | { kind: "stalled" }
  | { kind: "timeout"; last?: ServiceError }
  | { kind: "refused"; error: ServiceError; wasSent: boolean };

const finalStates: ReadonlySet<string> = new Set(["success", "error", "failure"]);

/** Sends it until it is taken. The answer is a status, too: mostly `queued`. */
export async function send(deployment: Deployment, context: Context): Promise<Ending | undefined> {
  const { client, request, until, intervals, asked } = deployment;
  let renewed = false;
  for (let last: ServiceError | undefined; ;) {
    context.signal.throwIfAborted();
    if (until <= context.now()) return { kind: "timeout", ...(last && { last }) };
    try {
      const status = await client.deploy(request, until);
      return answered(status, deployment);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isServiceError(error)) throw error;
      if (isExpired(error) && !renewed) {
        renewed = true;
        client.auth.forget();
        continue;
      }
      if (!isPassing(error, asked)) return { kind: "refused", error, wasSent: false };
      last = isOwnTimeout(error) ? (last ?? error) : error;
      // Perhaps it was taken, and only the answer lost.
      deployment.mayBeUnchanged = true;
      context.log.warn(`[deploy] ${error.details}; trying again`);
      await pause(intervals.retry, deployment, context);
    }
  }
}

/** The server names the deployment in its answer; an answer without a name is none. */
function answered(status: DeploymentStatus, { request, progress, onStatus }: Deployment): Ending | undefined {
  const id = status.request?.ID;
  if (!id) return { kind: "refused", error: emptyAnswer(), wasSent: false };
  request.ID = id;
  if (progress.note(status)) onStatus(status);
  return finalStates.has(status.state) ? { kind: "final", status } : undefined;
}

function emptyAnswer(): ServiceError {
  const details = "the deploy service answered without naming a deployment";
  return Object.assign(new Error(details), { code: 2, details, metadata: undefined as never });
}

/** Follows what was sent to its end. */
export async function follow(deployment: Deployment, context: Context): Promise<Ending> {
  const { client, request, until, intervals } = deployment;
  const silence = watchSilence(deployment, context);
  for (let last: ServiceError | undefined; ;) {
    context.signal.throwIfAborted();
    if (until <= context.now()) return { kind: "timeout", ...(last && { last }) };
    try {
      const ending = await readStream(await client.status(request, until), deployment, context);
      last = undefined;
      const silent = ending ?? silence();
      if (silent) return silent;
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isServiceError(error)) throw error;
      last = isOwnTimeout(error) ? last : error;
      if (isExpired(error)) client.auth.forget();
      else if (!isCut(error)) return { kind: "refused", error, wasSent: true };
      else if (!isOwnTimeout(error)) context.log.warn(`[deploy] connection lost: ${error.details}; opening it again`);
      await pause(intervals.retry, deployment, context);
    }
  }
}

/**
 * One stream, until it tells the end, or nothing for a while.
 * @returns undefined where another has to be opened
 */
async function readStream(stream: StatusStream, deployment: Deployment, context: Context): Promise<Ending | undefined> {
  const { request, progress, onStatus, intervals } = deployment;
  const idle = idleTimer(stream, Math.min(intervals.reopen, intervals.grace));
  const stop = () => stream.cancel();
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const status of stream) {
      // `success` is what a status without a state reads as: it counts where it says of which deployment it is.
      if (status.request?.ID !== request.ID) continue;
      const isNews = progress.note(status);
      if (isNews) {
        onStatus(status);
        idle.restart();
      }
      if (finalStates.has(status.state)) return { kind: "final", status };
      if (status.state === "inactive") return await sendAgain(deployment, context);
    }
    return await afterEnd(deployment, context);
  } catch (error) {
    if (idle.isOver()) return undefined;
    throw error;
  } finally {
    idle.stop();
    context.signal.removeEventListener("abort", stop);
    stream.cancel();
  }
}

/** A server that ends streams at once must not be asked without a pause. */
async function afterEnd(deployment: Deployment, context: Context): Promise<undefined> {
  await pause(deployment.intervals.retry, deployment, context);
}

/** The platform has lost the deployment, as when it was started anew. */
async function sendAgain(deployment: Deployment, context: Context): Promise<Ending | undefined> {
  context.log.warn("[deploy] the platform has lost this deployment; sending it again");
  await pause(deployment.intervals.retry, deployment, context);
  // What the cluster has already applied is nothing new to it.
  deployment.mayBeUnchanged = true;
  deployment.progress.restart();
  return send(deployment, context);
}

function idleTimer(stream: StatusStream, milliseconds: number) {
  let over = false;
  const end = () => {
    over = true;
    stream.cancel();
  };
  let timer = setTimeout(end, milliseconds);
  return {
    restart() {
      clearTimeout(timer);
      timer = setTimeout(end, milliseconds);
    },
    stop: () => clearTimeout(timer),
    isOver: () => over,
  };
}

/** Asked each time a stream has ended in silence: whether the silence has lasted, and what it means. */
function watchSilence(deployment: Deployment, { now, log }: Context): () => Ending | undefined {
  const { progress, intervals } = deployment;
  let [count, since, isSaid] = [-1, now().getTime(), false];
  return () => {
    if (progress.statuses.length !== count) [count, since] = [progress.statuses.length, now().getTime()];
    if (now().getTime() - since < intervals.grace) return undefined;
    if (progress.hasErrors()) return { kind: "stalled" };
    if (!progress.isSilent()) return undefined;
    if (deployment.mayBeUnchanged) return { kind: "unchanged" };
    if (!isSaid) log.info("[deploy] the cluster has not said anything yet; waiting for it");
    isSaid = true;
    return undefined;
  };
}

async function pause(milliseconds: number, { until }: Deployment, context: Context): Promise<void> {
  const left = until.getTime() - context.now().getTime();
  await sleep(Math.max(0, Math.min(milliseconds, left)), context.signal);
}
