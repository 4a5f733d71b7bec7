/** Who holds a pipeline whose state is in BigQuery, or held it last: looked at, and left as it is. */
import { EtlError } from "../../../util/error.ts";
import { findHomeOnly, type BigQueryHome } from "./home.ts";
import { isDead } from "./lock.ts";
import { readHolder } from "./lock-labels.ts";
import { readLock } from "./lock-table.ts";
import { explainStoreError } from "./refused.ts";

export interface LastHolder {
  /** As {@link import("../../connectors/bigquery/client.ts").labelOf} has it. */
  execution: string;
  host: string;
  /** Until when its lease lasts; the past where it was given back, or nobody renews it. */
  until: Date;
  /** The most memory that it had when it last renewed its lease. */
  peakBytes: number | undefined;
}

export async function lookAtLock(options: Omit<BigQueryHome, "work">): Promise<LastHolder | undefined> {
  const { name } = options.pipeline.spec;
  const { client, home } = await findHomeOnly(options);
  const lock = { client, name: { ...home, table: `_nais_etl_lock_${name}` } };
  const unused = { pipeline: name, execution: "", session: "", wait: 0, onLost: () => undefined };
  const seen = await readLock({ ...lock, ...unused }).catch(async (error: unknown) => {
    if (error instanceof EtlError) throw error;
    throw await explainStoreError(error, { client, pipeline: name, name: `${home.project}.${home.dataset}` });
  });
  if (!seen) return undefined;
  const holder = readHolder(seen.labels);
  const { execution, host } = holder;
  const until = (await isDead(holder, client.context.host.name)) ? 0 : holder.until;
  const peak = Number(seen.labels?.["peak_mib"] ?? 0);
  return { execution, host, until: new Date(until), peakBytes: peak > 0 ? peak * 1024 ** 2 : undefined };
}
