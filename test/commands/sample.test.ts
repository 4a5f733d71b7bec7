import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sample, type SampleCommandOptions } from "../../src/commands/sample.ts";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { runFolder } from "../support/run.ts";

let server: BigQueryServer;
let folder: Folder;

/** A number with right check digits, as a person may have it. */
const number = "01019000083";

beforeAll(async () => {
  server = await startBigQueryServer({ location: "EU", datasets: [{ name: "d" }] });
  await server.sql(`
    CREATE TABLE d.people (id INT64, name STRING, born DATE, dato DATE);
    INSERT INTO d.people SELECT n, CONCAT('Person ', CAST(n AS STRING)), DATE_ADD(DATE '1990-01-01', INTERVAL n DAY), DATE '2022-01-20'
      FROM UNNEST(GENERATE_ARRAY(1, 500)) AS n;
    CREATE TABLE d.cases (id INT64, amount NUMERIC, parts ARRAY<STRING>);
    INSERT INTO d.cases SELECT MOD(n, 500) + 1, CAST(n AS NUMERIC), ['a', 'b'] FROM UNNEST(GENERATE_ARRAY(1, 2000)) AS n;
    CREATE TABLE d.numbers (fnr STRING);
    INSERT INTO d.numbers VALUES ('${number}'), ('x');`);
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.clearRequests();
  folder = await makeFolder();
  return () => folder.remove();
});

const write = (sources: string) =>
  folder.write(
    "pipeline.yaml",
    `name: trial
interval: { every: day, sample: 2022-01-20 }
bigquery: { project: test-project, api_endpoint: "${server.endpoint}" }
sources:
${sources}outputs:
  result: { type: file, path: out/result.csv, write: append }
`,
  );

const people = `  people:
    type: bigquery
    table: d.people
    where: dato = @interval_start
    columns: { id: INT64, name: { type: STRING, sensitive: true }, born: { type: DATE, sensitive: true } }
    sample: data/people.csv
`;
const cases = `  cases:
    type: bigquery
    table: d.cases
    columns: { id: INT64, amount: NUMERIC, parts: ARRAY<STRING> }
`;

const run = (options: Partial<SampleCommandOptions> = {}) => sample({ sources: [], ...options }, folder.context);
const csv = async (path: string) =>
  (await folder.read(path))
    .trim()
    .split("\n")
    .map((line) => line.split(","));

test("a sample is small, has pseudonyms for what is sensitive, and is read by a local run", async () => {
  await write(people);
  await folder.write("models/result.sql", "SELECT count(*) AS n, min(born) AS first FROM people");
  await run({ rows: 20 });
  expect(folder.printed).toEqual(["people: 20 rows in data/people.csv (pseudonyms in name, born)"]);
  const [head, ...rows] = await csv("data/people.csv");
  expect(head).toEqual(["id", "name", "born"]);
  expect(rows).toHaveLength(20);
  for (const [, name, born] of rows) {
    expect(name).toMatch(/^[A-Z][a-z]{5} \d+$/);
    expect(name).not.toMatch(/^Person/);
    expect(born).toMatch(/^19(89|9\d)-\d{2}-\d{2}$/);
  }
  expect((await runFolder(folder)).record.problems).toEqual([]);
});

test("a sample is the same the next time, pseudonyms included, and is not written over unless that is asked for", async () => {
  await write(people);
  await run({ rows: 10 });
  const first = await folder.read("data/people.csv");
  expect(await problemsOf(() => run({ rows: 10 }))).toMatchObject([
    { message: "data/people.csv is there already", hint: "Write over it with --force." },
  ]);
  await run({ rows: 10, force: true });
  expect(await folder.read("data/people.csv")).toBe(first);
  await folder.write("data/people.csv", "id,name,born\n");
  await run({ rows: 10 });
  expect(await folder.read("data/people.csv")).toBe(first);
});

test("what it takes the place of is kept, and whoever tests with it is named", async () => {
  await write(people);
  const own = "id,name,born\n7,Kari,1990-01-02\n";
  await folder.write("data/people.csv", own);
  await folder.write("models/result.sql", "SELECT count(*) AS n FROM people");
  await folder.write(
    "tests/result.yaml",
    "- { name: one, model: result, given: { people: data/people.csv }, expect: { count: 1 } }\n",
  );
  await run({ rows: 10, force: true });
  const said = folder.printed.join("\n");
  const [, kept] =
    /other rows stood there, and tests\/result.yaml gives its rows. To have them back: cp (\S+) data\/people.csv$/.exec(
      said,
    )!;
  expect(await folder.read(kept!)).toBe(own);
  await run({ rows: 10, force: true });
  expect(folder.printed.at(-1)).not.toContain("other rows");
});

test("rows of several sources belong together", async () => {
  await write(people + cases);
  await run({ rows: 50 });
  expect(folder.printed).toEqual([
    "people: 10 rows in data/people.csv (rows that join by id; pseudonyms in name, born)",
    "cases: 40 rows in data/cases.ndjson (rows that join by id)\n  `sample:` stands in pipeline.yaml now",
  ]);
  const ids = new Set((await csv("data/people.csv")).slice(1).map(([id]) => Number(id)));
  const lines = (await folder.read("data/cases.ndjson")).trim().split("\n");
  const found = lines.map((line) => JSON.parse(line) as { id: number; parts: string[] });
  expect(new Set(found.map(({ id }) => id))).toEqual(ids);
  expect(found[0]!.parts).toEqual(["a", "b"]);
  expect(await folder.read("pipeline.yaml")).toContain("    sample: data/cases.ndjson\n");
});

describe("nobody is recognised", () => {
  test("numbers of people are refused, and shown nowhere", async () => {
    await write("  numbers:\n    type: bigquery\n    table: d.numbers\n    columns: { fnr: STRING }\n");
    const problems = await problemsOf(() => run());
    expect(problems).toMatchObject([
      {
        rule: "national-id",
        message:
          "`fnr` of `numbers` holds Norwegian national identity numbers, in 1 row of the sample: it is not written",
        where: { file: "pipeline.yaml", line: 8 },
      },
    ]);
    expect(JSON.stringify([problems, folder.printed, folder.logged])).not.toContain(number);
    await expect(folder.read("data/numbers.csv")).rejects.toThrow("ENOENT");
  });

  test("a sensitive one becomes a synthetic number", async () => {
    await write(
      "  numbers:\n    type: bigquery\n    table: d.numbers\n    columns: { fnr: { type: STRING, sensitive: true } }\n",
    );
    await run();
    const texts = (await csv("data/numbers.csv")).slice(1).flat().toSorted();
    expect(texts[0]).toMatch(/^\d{2}(8[1-9]|9[0-2])\d{7}$/);
    expect(texts[1]).toMatch(/^[a-z]$/);
  });

  test("columns that nobody has looked at are declared first, and no row is written", async () => {
    await write("  numbers:\n    type: bigquery\n    table: d.numbers\n");
    const text = await folder.read("pipeline.yaml");
    await folder.write("pipeline.yaml", `${text}params: { part: { type: STRING } }\n`);
    await run({ sources: ["numbers"], target: "local", interval: "2022-01-20", param: { part: "a b" } });
    expect(folder.printed.join("\n")).toMatch(
      /^numbers: its columns stand in pipeline.yaml now\nNo row is written yet: mark personal data/,
    );
    expect(folder.printed.join("\n")).toMatch(
      /\nThen, for the rows: nais-etl sample numbers --target local --interval 2022-01-20 --param 'part=a b'$/,
    );
    expect(await folder.read("pipeline.yaml")).toContain("    table: d.numbers\n    columns:\n      fnr: STRING\n");
    await expect(folder.read("data/numbers.csv")).rejects.toThrow("ENOENT");
  });

  test("a sensitive column without pseudonyms is refused", async () => {
    await write(cases.replace("parts: ARRAY<STRING>", "parts: { type: ARRAY<STRING>, sensitive: true }"));
    expect(await problemsOf(() => run())).toMatchObject([
      { message: "the sensitive column `parts` of `cases` is ARRAY, of which there are no pseudonyms" },
    ]);
  });
});

describe("what cannot be sampled is told", () => {
  test.each([
    [{ sources: ["peple"] }, "there is no source `peple`"],
    [{ sources: ["f"] }, "samples of sources of type `file` cannot be made"],
  ])("%j", async (options, message) => {
    await write(`${people}  f: { type: file, path: f.csv }\n`);
    expect(await problemsOf(() => run(options))).toMatchObject([{ message }]);
  });

  test("a column that is gone", async () => {
    await write(people.replace("id: INT64", "idd: INT64"));
    expect(await problemsOf(() => run())).toMatchObject([{ rule: "source-drift" }]);
  });

  test("more than the budget", async () => {
    await write(`${people}budget: { run: 10 B }\n`.replace("budget", "\nbudget"));
    await folder.write(
      "pipeline.yaml",
      `${(await folder.read("pipeline.yaml")).replace("\nbudget: { run: 10 B }\n", "")}budget: { run: 10 B }\n`,
    );
    expect((await problemsOf(() => run()))[0]!.message).toContain("its budget is 10 B");
  });
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
