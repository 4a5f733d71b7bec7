import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../../src/etl/record/run-record.ts";
import { runningRow, runRow } from "../../../src/etl/record/run-row.ts";
import { plainContext } from "../../support/context.ts";

const record: RunRecord = {
  version: 1,
  nais_etl: "0.1.0",
  pipeline: "apps",
  target: "dev-gcp",
  run_id: "2022-01-20",
  execution: "apps-1",
  generation: 0,
  status: "failed",
  exit_code: 1,
  scheduled_at: "2022-01-20T06:30:00.000Z",
  started_at: "2022-01-20T06:30:00.000Z",
  finished_at: "2022-01-20T06:30:01.000Z",
  seconds: 1,
  interval: undefined,
  params: { token: "hunter2-hunter2" },
  graph: { models: {}, outputs: {} },
  sources: [],
  models: [],
  checks: [],
  outputs: [],
  problems: [
    { severity: "warning", message: "the first word of hunter2-hunter2" },
    {
      severity: "error",
      message: "401 from https://api.example.com/?key=hunter2%2Dhunter2",
      hint: "Not hunter2-hunter2.",
    },
  ],
  peak_memory_bytes: 12_345_678,
  source_digest: "d",
  revision: undefined,
  image: undefined,
};

describe("the row of a run", () => {
  const { log } = plainContext();
  log.mask("hunter2-hunter2");
  log.mask("12345678");

  test.each([
    ["at its end", runRow],
    ["at its start", runningRow],
  ])("shows no secret, neither in the error nor in the record: %s", (_when, row) => {
    const { error, record: json } = row(record, log);
    expect(error).toBe("401 from https://api.example.com/?key=***");
    expect(json).not.toMatch(/hunter2/);
    expect((JSON.parse(json) as RunRecord).problems.map(({ message, hint }) => [message, hint])).toEqual([
      ["the first word of ***", undefined],
      ["401 from https://api.example.com/?key=***", "Not ***."],
    ]);
  });

  test("stays JSON where a secret is a number that also stands in it", () => {
    const { record: json } = runRow({ ...record, seconds: 912_345_678 }, log);
    expect(JSON.parse(json)).toMatchObject({ peak_memory_bytes: "***", seconds: 912_345_678 });
  });
});
