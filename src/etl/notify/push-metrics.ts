/**
 * Leaves a run's metrics at the Pushgateway, since nobody scrapes a job. Best effort: what goes wrong is said, and
 * changes nothing about the run.
 * Source: https://github.com/prometheus/pushgateway#api
 */
import { localTarget } from "../../spec/target.ts";
import { metricOwner, pushgateway, pushgatewayVariable } from "../../spec/metric.ts";
import type { Context } from "../../util/context.ts";
import { messageOf } from "../../util/error.ts";
import type { RunState } from "../run-state.ts";
import { expositionText } from "./exposition.ts";
import { metricsOf } from "./metrics.ts";

/** A gateway in the same cluster answers within milliseconds; one that does not is not waited for. */
const patienceMilliseconds = 2000;

/** Never throws. */
export async function pushMetrics(state: RunState): Promise<void> {
  const { context, record } = state;
  const address = isWhole(state) ? gatewayAddress(state) : undefined;
  if (address === undefined) return;
  const url = groupUrl(address, state);
  if (url === undefined)
    return context.log.warn(`no metrics are pushed: ${pushgatewayVariable} is not an address, as host:port`);
  // PUT clears what an earlier form of the pipeline left; POST leaves what this run cannot say anything about.
  const method = record.status === "succeeded" ? "PUT" : "POST";
  const body = expositionText(metricsOf(record));
  await context
    .effect("metrics.push", () => send({ url, method, body }, context))
    .catch((error: unknown) => {
      context.log.warn(`the run's metrics could not be pushed to ${url.host}: ${reasonOf(error)}`);
    });
}

/**
 * A part of the pipeline, or of its rows, would be taken for all of it; an old interval, for the last. And who stops a run does
 * not want to wait.
 */
function isWhole({ options, context }: RunState): boolean {
  const { limit, select, backfill = false } = options;
  return limit === undefined && select.length === 0 && !backfill && !context.signal.aborted;
}

/** The one that is named; on nais, where there always is one, the cluster's. */
function gatewayAddress({ pipeline, context: { env } }: RunState): string | undefined {
  const named = env[pushgatewayVariable];
  if (named !== undefined) return named === "" ? undefined : named;
  if (env["NAIS_CLUSTER_NAME"] === undefined || pipeline.target === localTarget) return undefined;
  return `${pushgateway.application}.${pushgateway.namespace}:${pushgateway.port}`;
}

/** The group holds this pipeline's series, and is replaced by its next run: no other pipeline's may have the same. */
function groupUrl(address: string, { pipeline: { spec }, context: { env } }: RunState): URL | undefined {
  const labels = { job: "nais-etl", ...metricOwner({ name: spec.name, team: env["NAIS_NAMESPACE"] ?? spec.team }) };
  const path = Object.entries(labels).flatMap((pair) => pair.map(encodeURIComponent));
  const base = /^https?:\/\//.test(address) ? address.replace(/\/+$/, "") : `http://${address}`;
  const url = URL.parse(`${base}/metrics/${path.join("/")}`);
  // It would stand in messages.
  return url && url.username === "" && url.password === "" ? url : undefined;
}

interface Push {
  url: URL;
  method: "PUT" | "POST";
  body: string;
}

async function send({ url, method, body }: Push, { signal, log }: Context): Promise<void> {
  const patience = AbortSignal.timeout(patienceMilliseconds);
  const headers = { "content-type": "text/plain; version=0.0.4" };
  const answer = await fetch(url, { method, body, headers, signal: AbortSignal.any([signal, patience]) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`it answered ${answer.status} ${log.scrub(text).trim().slice(0, 200)}`);
}

/** `fetch failed` says nothing, and neither does what sums up an attempt at each of a host's addresses. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `no answer within ${patienceMilliseconds / 1000} s`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const [first] = cause instanceof AggregateError ? (cause.errors as unknown[]) : [cause];
  return messageOf(first);
}
