/** How the tables of the local warehouse were: what its records say, and the copies that `keep` has made. */
import type { Database } from "../engine/duckdb/duckdb.ts";
import { quoteName, quoteText } from "../engine/duckdb/sql.ts";
import { keptName } from "./kept-name.ts";
import type { PastPublish } from "./past-publish.ts";
import type { PastMark, PastStore, TableLook } from "./store.ts";
import { partsOf } from "./warehouse-table.ts";

export function warehousePast(db: Database, pipeline: string): PastStore {
  const keptTable = (dataset: string, publish: PastPublish) => ({ dataset, name: keptName(pipeline, publish) });
  return {
    publishes: () => allPublishes(db, pipeline),
    marks: () => allMarks(db, pipeline),
    look: (_output, spec) => lookAt(db, partsOf(spec)),
    async kept(_output, spec, publishes) {
      const names = new Set(await namesIn(db, partsOf(spec).dataset));
      return publishes.filter((publish) => names.has(keptName(pipeline, publish)));
    },
    async find({ spec, publish }) {
      const table = publish && keptTable(partsOf(spec).dataset, publish);
      const found = table && (await lookAt(db, table));
      const copy = table && quoteName(table.dataset, table.name);
      return found && { ...found, relation: copy!, copy: copy!, from: "the kept copy" };
    },
    reach: async () => undefined,
    // Nobody else can open the file meanwhile.
    hold: async (table) => table,
  };
}

interface Runs {
  first: string;
  last: string;
}

/** Oldest first; of these runs and this output, where they are named. */
export async function allPublishes(
  db: Database,
  pipeline: string,
  runs?: Runs,
  output?: string,
): Promise<PastPublish[]> {
  const within = runs ? ` AND run_id BETWEEN ${quoteText(runs.first)} AND ${quoteText(runs.last)}` : "";
  const of = output === undefined ? "" : ` AND output = ${quoteText(output)}`;
  const rows = await db.query(`
    SELECT output, run_id, execution, generation, write_mode, rows, epoch_us(published_at) AS published_at
    FROM main._nais_etl_publishes WHERE pipeline = ${quoteText(pipeline)}${within}${of} ORDER BY published_at, generation`);
  return rows.map((row) => ({
    output: String(row["output"]),
    runId: String(row["run_id"]),
    execution: String(row["execution"]),
    generation: Number(row["generation"]),
    mode: String(row["write_mode"]),
    rows: Number(row["rows"]),
    at: dateOf(row["published_at"]),
  }));
}

async function allMarks(db: Database, pipeline: string): Promise<PastMark[]> {
  const rows = await db.query(`
    SELECT source, mark, epoch_us(marked_at) AS marked_at FROM main._nais_etl_cursors
    WHERE pipeline = ${quoteText(pipeline)} ORDER BY marked_at`);
  return rows.map(({ source, mark, marked_at }) => ({
    source: String(source),
    mark: (mark as string | null) ?? undefined,
    at: dateOf(marked_at),
  }));
}

function dateOf(microseconds: unknown): Date {
  return new Date(Number(microseconds) / 1000);
}

interface Named {
  dataset: string;
  name: string;
}

async function namesIn(db: Database, dataset: string): Promise<string[]> {
  const rows = await db.query(`SELECT table_name FROM duckdb_tables()
    WHERE database_name = current_database() AND schema_name = ${quoteText(dataset)}`);
  return rows.map((row) => String(row["table_name"]));
}

async function lookAt(db: Database, table: Named): Promise<TableLook | undefined> {
  if (!(await namesIn(db, table.dataset)).includes(table.name)) return undefined;
  const relation = quoteName(table.dataset, table.name);
  const [counted] = await db.query(`SELECT count(*) AS rows FROM ${relation}`);
  return { columns: await db.describe(`SELECT * FROM ${relation}`), rows: Number(counted!["rows"]) };
}
