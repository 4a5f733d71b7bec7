import { afterEach, expect, test } from "vitest";
import { isNationalId } from "../../src/etl/sample/national-id.ts";
import { test as testCommand } from "../../src/commands/test.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const files = {
  "pipeline.yaml": `name: orders
sources:
  customers:
    type: file
    path: data/customers.csv
    columns: { customer: INT64, person: { type: STRING, sensitive: true }, country: STRING, note: STRING }
  orders:
    type: bigquery
    table: shop.orders
    columns: { id: INT64, customer: INT64, amount: NUMERIC, ordered_at: TIMESTAMP, paid: BOOL, tags: ARRAY<STRING> }
    sample: data/orders.ndjson
`,
  "models/paid.sql": `SELECT country, person, customer, id, amount, ordered_at, tags, note IS NULL AS quiet
FROM orders JOIN customers USING (customer) WHERE paid`,
  "models/per_country.sql": "SELECT country, count(*) AS orders, sum(amount) AS amount FROM paid GROUP BY country",
  "models/age.sql": "SELECT id, date_diff('day', CAST(ordered_at AS DATE), current_date) AS days FROM orders",
  "models/none.sql": "SELECT id FROM orders WHERE id < 0",
  "data/customers.csv": `customer,person,country,note
1,Kari Nordmann,NO,
2,Ola Nordmann,SE,"a, b: c"
30,Nils Hansen,DK,x
`,
  "data/orders.ndjson": Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({
      id: i,
      customer: i < 55 ? 7 : 30,
      amount: `${i}.5`,
      ordered_at: "2026-01-05T10:00:00Z",
      paid: true,
      tags: ["007", "b"],
    }),
  ).join("\n"),
};

test("a first test holds rows that belong together, and passes", async () => {
  folder = await makeFolder(files);
  expect(await testCommand({ new: "paid" }, folder.context)).toBe(0);
  const text = await folder.read("tests/paid.yaml");
  expect(text).not.toContain("Hansen");
  expect(text.replaceAll(/person: \S+ \S+,/g, "person: Xxxx Yyyyyy,")).toMatchInlineSnapshot(`
    "- name: what paid makes of a few rows of its samples
      model: paid
      given:
        orders:
          - { id: 55, customer: 30, amount: 55.5, ordered_at: 2026-01-05 10:00:00+00, paid: true, tags: [ "007", b ] }
          - { id: 10, customer: 7, amount: 10.5, ordered_at: 2026-01-05 10:00:00+00, paid: true, tags: [ "007", b ] }
          - { id: 25, customer: 7, amount: 25.5, ordered_at: 2026-01-05 10:00:00+00, paid: true, tags: [ "007", b ] }
          - { id: 39, customer: 7, amount: 39.5, ordered_at: 2026-01-05 10:00:00+00, paid: true, tags: [ "007", b ] }
          - { id: 54, customer: 7, amount: 54.5, ordered_at: 2026-01-05 10:00:00+00, paid: true, tags: [ "007", b ] }
        customers:
          - { customer: 30, person: Xxxx Yyyyyy, country: DK, note: x }
          - { customer: 1, person: Xxxx Yyyyyy, country: NO }
          - { customer: 2, person: Xxxx Yyyyyy, country: SE, note: "a, b: c" }
      expect:
        rows:
          - { country: DK, customer: 30, id: 55, amount: 55.5, ordered_at: 2026-01-05 10:00:00+00, tags: [ "007", b ], quiet: false }
    "
  `);
  expect(folder.printed.join("\n")).toMatchInlineSnapshot(`
    "wrote tests/paid.yaml: given 5 rows of orders, 3 rows of customers, expected 1 row
    Sensitive columns have pseudonyms: person. They are not expected.
    It expects what comes out now. Look whether that is right, give it a name that says so, and take out rows that add nothing."
  `);
  expect(await testCommand({}, folder.context)).toBe(0);
  expect(folder.effects.filter((name) => name.startsWith("test."))).toEqual(["test.create"]);
});

test("of several choices it holds the rows that notice most", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `name: few
sources: { visits: { type: file, path: data/visits.csv, columns: { day: INT64, page: STRING, n: INT64 } } }
`,
    "models/per_day.sql":
      "SELECT day, count(*) AS pages, sum(n) AS n, max(n) AS most FROM visits WHERE n > 0 GROUP BY day",
    "data/visits.csv": `day,page,n\n${Array.from({ length: 90 }, (_, i) => `${i % 45},p${i},${i % 7}\n`).join("")}`,
  });
  await testCommand({ new: "per_day" }, folder.context);
  expect(await testCommand({ mutate: true, json: true }, folder.context)).toBe(0);
  const { mutation } = JSON.parse(folder.printed.at(-1)!) as { mutation: { score: number; survivors: object[] } };
  // Which rows lie on the bound of the filter, it cannot know.
  expect(mutation.survivors.filter((it) => !/^(>|0)$/.test((it as { before: string }).before))).toEqual([]);
});

test("of a program that cannot be changed it holds rows of which the most comes out", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `name: few
sources: { visits: { type: file, path: data/visits.csv, columns: { page: STRING, n: INT64 } } }
models: { kinds: { columns: { kind: STRING, n: INT64 } } }
`,
    "models/kinds.ts": `export const row = ({ page, n }) => (n > 0 ? { kind: page.startsWith("a") ? "long" : "short", n } : null);\n`,
    "data/visits.csv": `page,n\n${Array.from({ length: 40 }, (_, i) => `${i < 30 ? "a" : "b"},${i % 7}\n`).join("")}`,
  });
  await testCommand({ new: "kinds" }, folder.context);
  const text = await folder.read("tests/kinds.yaml");
  expect(text).toMatch(/kind: long/);
  expect(text).toMatch(/kind: short/);
  expect(text).toMatch(/n: 0 }/);
});

test("columns that make no difference are left out", async () => {
  folder = await makeFolder(files);
  await testCommand({ new: "per_country" }, folder.context);
  const text = await folder.read("tests/per_country.yaml");
  expect(text).toContain("- { customer: 30, country: DK }");
  expect(text).toContain("- { customer: 30, amount: 55.5, paid: true }");
  expect(await testCommand({}, folder.context)).toBe(0);
});

test("a model that looks at the clock has one that stands still", async () => {
  folder = await makeFolder(files);
  await testCommand({ new: "age" }, folder.context);
  const text = await folder.read("tests/age.yaml");
  expect(text).toContain("now: 2026-11-05T10:00:00Z");
  expect(text).toContain("days: 304");
});

test("one without a sample of its interval names the last complete one", async () => {
  folder = await makeFolder({
    "pipeline.yaml": "name: few\ninterval: day\nsources: { n: { type: file, path: n.csv, columns: { n: INT64 } } }\n",
    "models/dated.sql": "SELECT $interval_start AS day, n FROM n",
    "n.csv": "n\n1\n",
  });
  await testCommand({ new: "dated" }, folder.context);
  const text = await folder.read("tests/dated.yaml");
  expect(text).toContain("interval: 2026-11-04");
  expect(text).toContain("- { day: 2026-11-04, n: 1 }");
});

test("a parameter is given to it as to a run, and stands in the test", async () => {
  folder = await makeFolder({
    "pipeline.yaml":
      "name: few\nparams: { line: INT64 }\nsources: { n: { type: file, path: n.csv, columns: { n: INT64 } } }\n",
    "models/above.sql": "SELECT n FROM n WHERE n >= $line",
    "n.csv": "n\n1\n101\n102\n",
  });
  expect(await problemsOf(() => testCommand({ new: "above" }, folder.context))).toMatchObject([
    { message: "the parameter `line` is not given, and has no default" },
  ]);
  await testCommand({ new: "above", param: { line: "102" } }, folder.context);
  expect(await folder.read("tests/above.yaml")).toContain("params:\n    line: 102\n");
  expect(await testCommand({}, folder.context)).toBe(0);
  expect(await problemsOf(() => testCommand({ param: { line: "102" } }, folder.context))).toMatchObject([
    { message: "--param goes with --new" },
  ]);
});

test("values that a model declares sensitive are not expected", async () => {
  const declared =
    "models: { paid: { columns: { country: { type: STRING, sensitive: true }, person: STRING, customer: INT64, id: INT64, amount: NUMERIC, ordered_at: TIMESTAMP, tags: ARRAY<STRING>, quiet: BOOL } } }\n";
  folder = await makeFolder({ ...files, "pipeline.yaml": files["pipeline.yaml"] + declared });
  await testCommand({ new: "paid" }, folder.context);
  const text = await folder.read("tests/paid.yaml");
  expect(text).not.toMatch(/DK|\(sensitive\)/);
  expect(await testCommand({}, folder.context)).toBe(0);
});

test("where nothing comes out, it is said", async () => {
  folder = await makeFolder(files);
  await testCommand({ new: "none" }, folder.context);
  expect(await folder.read("tests/none.yaml")).toContain("expect:\n    rows: []");
  expect(folder.logged.join("")).toContain("Nothing comes out of these rows: give some that do.");
});

test("numbers of people are refused, and nothing is written", async () => {
  // Made up here, so that none stands in the repository.
  const numbers = Array.from({ length: 1000 }, (_, i) => 1_017_012_000n + BigInt(i));
  const number = `0${numbers.find(isNationalId)!}`;
  const note = files["data/customers.csv"].replace("30,Nils Hansen,DK,x", `30,Nils Hansen,DK,born ${number} or so`);
  folder = await makeFolder({ ...files, "data/customers.csv": note });
  expect(await problemsOf(() => testCommand({ new: "paid" }, folder.context))).toMatchObject([
    {
      rule: "national-id",
      message: "`note` of `customers` holds Norwegian national identity numbers: no test is made of them",
    },
  ]);
  await expect(folder.read("tests/paid.yaml")).rejects.toThrow("ENOENT");
});

test("a model that has tests, or is none, gets no first one", async () => {
  folder = await makeFolder({ ...files, "tests/paid.yaml": "[{ name: mine }]\n" });
  expect(await problemsOf(() => testCommand({ new: "paid" }, folder.context))).toMatchObject([
    { message: "tests/paid.yaml is there already" },
  ]);
  expect(await problemsOf(() => testCommand({ new: "payd" }, folder.context))).toMatchObject([
    { message: "there is no model `payd`", hint: "Did you mean `paid`?" },
  ]);
  expect(await folder.read("tests/paid.yaml")).toBe("[{ name: mine }]\n");
});

test.each(["[]\n", "", "---\n# - name: later\n#   model: paid\n\n[] # none\n"])(
  "a file that holds no test is in nobody's way: %j",
  async (text) => {
    folder = await makeFolder({ ...files, "tests/paid.yaml": text });
    await testCommand({ new: "paid" }, folder.context);
    expect(await folder.read("tests/paid.yaml")).toMatch(/^- name: .*\n {2}model: paid\n/m);
  },
);

test("a source without a sample is named", async () => {
  folder = await makeFolder({ ...files, "pipeline.yaml": files["pipeline.yaml"].replace(/ +sample: .*\n/, "") });
  expect(await problemsOf(() => testCommand({ new: "paid" }, folder.context))).toMatchObject([
    {
      message: "the source `orders` has no sample, so that no rows can be given",
      where: { file: "pipeline.yaml", line: 7 },
    },
  ]);
});

test("a sample without rows and types is named, with what fills it", async () => {
  folder = await makeFolder({
    "pipeline.yaml":
      "name: few\nsources: { daily: { type: bigquery, query: SELECT 1 AS id, sample: data/daily.csv } }\n",
    "models/per_day.sql": "SELECT count(*) AS n FROM daily",
    "data/daily.csv": "id\n",
  });
  expect(await problemsOf(() => testCommand({ new: "per_day" }, folder.context))).toEqual([
    {
      severity: "error",
      message: "the sample of `daily` has no rows, so that none can be given",
      hint: "Fill it first: `nais-etl sample daily --target prod-gcp`, or write a few rows into data/daily.csv. Or declare its columns: sources: { daily: { columns: { … } } }.",
      where: { file: "pipeline.yaml", line: 2, column: 12 },
    },
  ]);
});
