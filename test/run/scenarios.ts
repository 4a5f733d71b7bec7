/** Small pipelines with every kind of output, one for each write mode: what was published before, and what the run at hand brings. */
import { join } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";
import { stringify } from "yaml";

export interface Scenario {
  name: string;
  /** Whether its tables are appended, so that each publish must be recorded once. */
  appends: boolean;
  /** Writes the pipeline, with the data of the runs before. */
  make(folder: string, world?: PipelineKeys): Promise<void>;
  /** Intervals of the runs before the one at hand; undefined for a run without. */
  before: (string | undefined)[];
  /** Writes the data of the run at hand. */
  change(folder: string): Promise<void>;
  interval: string | undefined;
}

/** What differs by where it runs. */
interface PipelineKeys {
  /** Keys of pipeline.yaml. */
  pipeline: object;
  dataset: string;
}

interface Shape {
  write: string;
  interval: boolean;
  /** Of the tables of these models. */
  keep?: Partial<Record<"rows" | "days", number>>;
}

const outputsOf = { rows: ["table", "parquet", "csv"], days: ["table", "ndjson"] } as const;

/** Names of the outputs that are tables, and of those that are files, with their place. */
export const tables = ["lab.rows", "lab.days", "lab.aside"];

/**
 * What is compared of a table. Of rows set aside, not by which run, for one without an interval is another one each time; but
 * how often in one.
 */
export function rowsOf(table: string, asText: (json: string) => string): string {
  if (!table.endsWith("aside`") && !table.endsWith("aside")) return `SELECT * FROM ${table}`;
  const row = `table_name, ${asText("content")} AS row_text`;
  const byRun = `SELECT run_id, ${row}, COUNT(*) AS times FROM ${table} GROUP BY run_id, table_name, row_text`;
  return `SELECT table_name, row_text, MAX(times) AS times FROM (${byRun}) AS by_run GROUP BY table_name, row_text`;
}
export const files = ["out/rows.parquet", "out/rows.csv", "out/days.ndjson"];

function pipelineOf({ write, interval, keep = {} }: Shape, { pipeline, dataset }: PipelineKeys): object {
  const outputs = Object.entries(outputsOf).flatMap(([model, kinds]) =>
    kinds.map((kind) => {
      const keys = write === "merge" ? { key: model === "rows" ? "id" : "dato" } : {};
      const partition = write === "replace_partition" || interval ? { partition: "dato" } : {};
      const place =
        kind === "table"
          ? { type: "bigquery", table: `${dataset}.${model}`, keep: keep[model as keyof typeof outputsOf] }
          : { type: "file", path: `out/${model}.${kind}` };
      return [`${model}_${kind}`, { ...place, model, write, ...keys, ...partition }];
    }),
  );
  return {
    name: "kills",
    team: "nais-analyse",
    ...(interval && { interval: "day" }),
    sources: {
      events: {
        type: "file",
        path: "data/events.csv",
        encoding: "windows-1252",
        columns: { id: "INT64", dato: "DATE", navn: "STRING", verdi: "FLOAT64", antall: "NUMERIC" },
      },
    },
    models: {
      rows: {
        columns: {
          id: { type: "INT64", description: "Its number" },
          dato: "DATE",
          // What ends in 7 is set aside.
          navn: { type: "STRING", checks: [{ matches: "[^7] av", on_fail: "quarantine" }] },
          verdi: "FLOAT64",
          antall: "NUMERIC",
        },
      },
      days: { columns: { dato: "DATE", rader: "INT64", sum: "NUMERIC" } },
    },
    outputs: Object.fromEntries(outputs),
    quarantine: { table: `${dataset}.aside` },
    ...pipeline,
  };
}

const filter = "WHERE dato >= $interval_start AND dato < $interval_end";

async function writePipeline(folder: string, shape: Shape, world: PipelineKeys): Promise<void> {
  await mkdir(join(folder, "models"), { recursive: true });
  await mkdir(join(folder, "data"), { recursive: true });
  await writeFile(join(folder, "pipeline.yaml"), stringify(pipelineOf(shape, world)));
  await writeFile(join(folder, "models/rows.sql"), `SELECT * FROM events ${shape.interval ? filter : ""}\n`);
  await writeFile(
    join(folder, "models/days.sql"),
    "SELECT dato, count(*) AS rader, CAST(sum(antall) AS DECIMAL(38, 9)) AS sum FROM rows GROUP BY dato\n",
  );
}

interface Data {
  /** Ids from, and before. */
  from: number;
  to: number;
  days: string[];
  /** Changes every row. */
  version: number;
}

function csvOf({ from, to, days, version }: Data): Buffer {
  const lines = ["id,dato,navn,verdi,antall"];
  for (let id = from; id < to; id++)
    lines.push(
      [id, days[id % days.length], `Ærlig ${id} av ${version}`, (id / 7) * version, `${id}.${id % 1000}`].join(","),
    );
  return Buffer.from(`${lines.join("\n")}\n`, "latin1");
}

const writeData = (data: Data) => (folder: string) => writeFile(join(folder, "data/events.csv"), csvOf(data));

const days = ["2022-01-18", "2022-01-19", "2022-01-20"];
interface Story {
  shape: Shape;
  before: Scenario["before"];
  first: Data;
  change: Data;
  interval?: string;
}

function scenario(name: string, { shape, before, first, change, interval }: Story): Scenario {
  return {
    name,
    appends: shape.write === "append",
    before,
    interval,
    async make(folder, world = { pipeline: {}, dataset: "lab" }) {
      await writePipeline(folder, shape, world);
      await writeData(first)(folder);
    },
    change: writeData(change),
  };
}

/** A pipeline whose data holds so many days of January, a few rows each: none of them is published. */
export function backfillScenario({ write, days: count }: { write: string; days: number }): Scenario {
  const january = Array.from({ length: count }, (_, i) => `2022-01-${String(i + 1).padStart(2, "0")}`);
  const first = { from: 0, to: count * 7, days: january, version: 1 };
  return scenario(`backfill by ${write}`, { shape: { write, interval: true }, before: [], first, change: first });
}

/** Days that are published before a rollback, and the last of them, which it takes back. */
export function rollbackScenario(write: string, keep: Shape["keep"]): Scenario {
  const first = { from: 0, to: 60, days, version: 1 };
  const shape = { write, interval: true, ...(keep && { keep }) };
  return scenario(`rollback of ${write}`, {
    shape,
    before: days.slice(0, 2),
    first,
    change: first,
    interval: days[2]!,
  });
}

/** The more rows, the longer each effect takes. */
export function makeScenarios(rows: number): Scenario[] {
  const first = { from: 0, to: rows, days, version: 1 };
  return [
    scenario("a first replace", {
      shape: { write: "replace", interval: false },
      before: [],
      first,
      change: { ...first, version: 2 },
    }),
    scenario("replace", {
      shape: { write: "replace", interval: false },
      before: [undefined],
      first,
      change: { ...first, from: rows / 5, version: 2 },
    }),
    scenario("append of an interval", {
      shape: { write: "append", interval: true },
      before: ["2022-01-18", "2022-01-19"],
      first,
      change: { ...first, version: 2 },
      interval: "2022-01-20",
    }),
    scenario("merge", {
      shape: { write: "merge", interval: false },
      before: [undefined],
      first,
      change: { from: rows / 2, to: rows * 1.5, days: ["2022-01-20", "2022-01-21"], version: 2 },
    }),
    scenario("replace_partition of an interval", {
      shape: { write: "replace_partition", interval: true },
      before: ["2022-01-19", "2022-01-20"],
      first,
      change: { ...first, from: rows / 3, version: 2 },
      interval: "2022-01-20",
    }),
    scenario("replace_partition without interval", {
      shape: { write: "replace_partition", interval: false },
      before: [undefined],
      first,
      change: { from: rows * 0.7, to: rows * 1.3, days: ["2022-01-20", "2022-01-21"], version: 2 },
    }),
  ];
}
