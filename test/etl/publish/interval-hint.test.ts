import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { intervalHint } from "../../../src/etl/publish/interval-hint.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { runFolder } from "../../support/run.ts";

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder({ "days.csv": "day\n2026-11-20\n2026-11-21\n" });
});
afterEach(() => folder.remove());

/** Rows of two days, published as those of one. */
async function hintFor(files: Record<string, string>, models: object, model: string): Promise<string | undefined> {
  for (const [path, text] of Object.entries(files)) await folder.write(path, text);
  const spec = {
    name: "trial",
    interval: { every: "day", sample: "2026-11-20" },
    sources: { days: { type: "file", path: "days.csv", columns: { day: "DATE" } } },
    models,
    outputs: { out: { type: "file", model, path: "out.csv", write: "replace_partition", partition: "day" } },
  };
  await folder.write("pipeline.yaml", stringify(spec));
  const { record } = await runFolder(folder);
  expect(record.problems.map(({ message }) => message)).toEqual([
    "`outputs.out` is not published: 1 row outside the run's interval 2026-11-20",
  ]);
  return record.problems[0]?.hint;
}

const columns = { day: "DATE" };

test("the cure for rows of another interval is that of a query", async () => {
  expect(await hintFor({ "models/made.sql": "FROM days" }, { made: { columns } }, "made")).toMatch(
    /^Filter the source or model with \$interval_start and \$interval_end\. /,
  );
});

test("the cure for rows of another interval is that of a model in TypeScript", async () => {
  const model = "export const row = (days: { day: string }) => days;\n";
  expect(await hintFor({ "models/made.ts": model }, { made: { columns } }, "made")).toMatch(
    /its last parameter is \{ interval \}, with interval\.start/,
  );
});

test.each([
  ["a model in Python", "python", "def model(df, *, interval_start, interval_end)"],
  ["a command", "command", "NAIS_ETL_INTERVAL_START"],
  ["a source that is published as it is", undefined, "Ask the source for no others"],
] as const)("the cure for rows of another interval is that of %s", (_what, language, cure) => {
  expect(intervalHint(language === undefined ? {} : { language })).toContain(cure);
});

test("where a local run reads samples of another interval, that is the cause, and no filter", async () => {
  const spec = {
    name: "trial",
    interval: { every: "day", sample: "2026-11-21" },
    sources: { days: { type: "bigquery", table: "d.days", columns: { day: "DATE" }, sample: "days.csv" } },
    models: { made: { columns } },
    outputs: { out: { type: "file", model: "made", path: "out.csv", write: "replace_partition", partition: "day" } },
  };
  await folder.write("models/made.sql", "FROM days");
  await folder.write("pipeline.yaml", stringify(spec));
  const { record } = await runFolder(folder, { interval: "2026-11-20" });
  expect(record.problems.map(({ hint }) => hint)).toEqual([
    "The samples stand for 2026-11-21 (`interval: { sample: … }`), whichever interval is run: leave --interval out, or take those of 2026-11-20: `nais-etl sample --interval 2026-11-20`.",
  ]);
});
