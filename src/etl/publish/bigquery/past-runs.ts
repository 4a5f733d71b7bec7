/** Runs of a pipeline that left a row in its dataset: it is asked, and nothing is made where there is none. */
import { unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { ask } from "./ask.ts";
import { findPlace, type BigQueryHome } from "./home.ts";
import { selectRuns } from "./questions.ts";
import { explainStoreError } from "./refused.ts";
import { stateTables } from "./state-tables.ts";

export interface PastRow {
  status: string;
  /** The run record, as JSON. */
  record: string;
}

/** Newest first. */
export async function readPastRuns(options: Omit<BigQueryHome, "work">, most: number): Promise<PastRow[]> {
  const { pipeline } = options;
  const { name } = pipeline.spec;
  const { client, home } = await findPlace(options);
  const sql = selectRuns({ tables: stateTables(home, name, false), pipeline: name }, { target: pipeline.target, most });
  const rows = await unlessRefused(404, () => ask({ client, location: home.location, sql })).catch(
    async (error: unknown) => {
      throw await explainStoreError(error, { client, pipeline: name, name: `${home.project}.${home.dataset}` });
    },
  );
  return (rows ?? []).map(({ status, record }) => ({ status: status!, record: record! }));
}
