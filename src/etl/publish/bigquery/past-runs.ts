/** Runs of a pipeline that left a row in its dataset: it is asked, and nothing is made where there is none. */
import { unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { ask } from "./ask.ts";
import { findHomeOnly, type BigQueryHome } from "./home.ts";
import type { PastPublish } from "../past-publish.ts";
import { readMarks, readPublish, selectMarks, selectPublishes, selectRuns } from "./questions.ts";
import { explainStoreError } from "./refused.ts";
import { stateTables, type StateTables } from "./state-tables.ts";

export interface PastRow {
  status: string;
  /** The run record, as JSON. */
  record: string;
}

/** Newest first. */
export async function readPastRuns(options: Omit<BigQueryHome, "work">, most: number): Promise<PastRow[]> {
  const { target } = options.pipeline;
  const rows = await askState(options, (state) => selectRuns(state, { target, most }));
  return rows.map(({ status, record }) => ({ status: status!, record: record! }));
}

/** Oldest first. */
export async function readPublishesThere(
  options: Omit<BigQueryHome, "work">,
  runs: { first: string; last: string } | undefined,
): Promise<PastPublish[]> {
  const rows = await askState(options, (state) => selectPublishes(state, runs));
  return rows.map(readPublish);
}

type Rows = Record<string, string | null>[];

/** No rows where there is no state yet. */
async function askState(
  options: Omit<BigQueryHome, "work">,
  question: (state: { tables: StateTables; pipeline: string }) => string,
): Promise<Rows> {
  const { name } = options.pipeline.spec;
  const { client, home } = await findHomeOnly(options);
  const sql = question({ tables: stateTables(home, name, false), pipeline: name });
  const rows = await unlessRefused(404, () => ask({ client, location: home.location, sql })).catch(
    async (error: unknown) => {
      throw await explainStoreError(error, { client, pipeline: name, name: `${home.project}.${home.dataset}` });
    },
  );
  return rows ?? [];
}

/** How far sources with a `cursor` were read; none where nothing was ever published. */
export async function readPastMarks(options: Omit<BigQueryHome, "work">): Promise<Record<string, string>> {
  return readMarks(await askState(options, selectMarks));
}
