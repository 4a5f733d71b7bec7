/** Records of runs that never were, for what is made of them. */
import { emptyRecord, type RunRecord } from "../../../src/etl/record/run-record.ts";
import type { ReportRun } from "../../../src/etl/report/report-run.ts";
import { historyUpTo } from "../../../src/etl/report/history.ts";
import { pipelineOf } from "../../support/pipeline.ts";
import { plainContext } from "../../support/context.ts";

const identity = {
  id: "2022-01-20",
  execution: "20220121T063000Z-0a1b2c3d",
  scheduled: new Date("2022-01-21T06:30:00Z"),
  interval: undefined,
};

export function recordOf(parts: Partial<RunRecord> = {}): RunRecord {
  const context = plainContext({ now: "2022-01-21T06:30:00Z" });
  const empty = emptyRecord({
    pipeline: pipelineOf("team: t\nname: apps-per-env\n"),
    identity,
    values: { params: {}, interval: undefined, secrets: {} as never },
    models: [],
    outputs: [],
    context,
  });
  return { ...empty, nais_etl: "0.1.0", source_digest: "0".repeat(64), ...parts };
}

const ended = { started_at: "2022-01-21T06:30:00.000Z", finished_at: "2022-01-21T06:30:04.200Z", seconds: 4.2 };

/** A source, two models, an output: all well. */
export const goodRecord = recordOf({
  ...ended,
  status: "succeeded",
  interval: { start: "2022-01-20", end: "2022-01-21" },
  params: { line: "101" },
  graph: { models: { stg_apps: ["apps"], apps_per_env: ["stg_apps"] }, outputs: { apps_per_env: "apps_per_env" } },
  sources: [
    { name: "apps", status: "done", rows: 1708, bytes: 61_440, bytes_billed: 10_485_760, begins: 0.2, seconds: 1.1 },
  ],
  models: [
    { name: "stg_apps", status: "done", kind: "view", rows: undefined, bytes: undefined, begins: 1.3, seconds: 0.02 },
    { name: "apps_per_env", status: "done", kind: "table", rows: 4, bytes: 624, begins: 1.4, seconds: 0.8 },
  ],
  checks: [
    checkOf({}),
    checkOf({ check: "row_count", kind: "row_count", status: "warn", found: "4 rows, allowed: at most 3" }),
  ],
  outputs: [{ name: "apps_per_env", status: "published", destination: "apps.apps_per_env", write: "replace", rows: 4 }],
  publishing: { begins: 2.4, seconds: 1.5 },
  peak_memory_bytes: 186_000_000,
});

export function checkOf(parts: Partial<RunRecord["checks"][number]>): RunRecord["checks"][number] {
  return {
    check: "not_null(dato)",
    table: "apps_per_env",
    kind: "not_null",
    status: "pass",
    offending: 0,
    rows: 4,
    found: "0 of 4 rows",
    query: 'SELECT * FROM "apps_per_env" WHERE "dato" IS NULL',
    condition: '"dato" IS NULL',
    seconds: 0.001,
    ...parts,
  };
}

export function reportOf(record: RunRecord, parts: Partial<ReportRun> = {}): ReportRun {
  return {
    record,
    description: "Apps per environment and data centre, per day",
    descriptions: {},
    why: `nais-etl why ${record.run_id}`,
    profile: [],
    history: historyUpTo(record, []),
    ...parts,
  };
}
