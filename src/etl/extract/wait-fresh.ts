/** Waiting for a source that is not fresh yet: before it is read, as long as its check allows. */
import type { DeclaredCheck } from "../../spec/check.ts";
import { durationSeconds } from "../../spec/duration.ts";
import { sleep } from "../../util/retry.ts";
import type { BigQueryClient } from "../connectors/bigquery/client.ts";
import { askNewest, type NewestQuestion } from "../connectors/bigquery/newest.ts";
import { googlesqlDialect } from "../engine/bigquery/dialect.ts";
import type { Extract } from "./extracted.ts";
import type { ReadSource } from "../connectors/bigquery/plan.ts";

type Freshness = NonNullable<DeclaredCheck["freshness"]>;

const soonestLook = 1000;
const latestLook = 5 * 60_000;
/** Looks that a wait is divided into. */
const looks = 20;

/**
 * Returns when the newest row is recent enough, or when the time is over: then the check itself says what is wrong.
 * @param client asks for the newest row alone, and only when the table has changed
 */
export async function waitUntilFresh(source: ReadSource, client: BigQueryClient, options: Extract): Promise<void> {
  const { pipeline, identity } = options;
  for (const { freshness } of pipeline.spec.sources![source.name]!.checks ?? []) {
    if (freshness?.wait === undefined) continue;
    const age = googlesqlDialect.secondsBefore("newest", identity.scheduled.toISOString());
    await waitFor(freshness, { source, column: freshness.column, age, client });
  }
}

async function waitFor(
  { wait, within }: Freshness,
  question: NewestQuestion & { client: BigQueryClient },
): Promise<void> {
  const { client, source } = question;
  const { signal, log } = client.context;
  const patience = durationSeconds(wait!) * 1000;
  const pause = Math.min(latestLook, Math.max(soonestLook, patience / looks));
  const started = performance.now();
  const ask = askNewest(question, client);
  for (;;) {
    const age = await ask();
    if (age !== undefined && age <= durationSeconds(within)) return;
    if (performance.now() - started + pause > patience) return;
    const shown = age === undefined ? "has no rows" : `is ${(age / 3600).toFixed(1)} h old`;
    log.info(`source ${source.name} ${shown}, allowed: ${within}; waiting, ${wait} at most`, {
      step: "wait",
      source: source.name,
    });
    await sleep(pause, signal);
  }
}
