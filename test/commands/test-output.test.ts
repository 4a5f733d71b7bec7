import { afterEach, expect, test } from "vitest";
import { test as testCommand } from "../../src/commands/test.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { parseXml } from "../support/xml.ts";

// What a person sees, as whole files: test/golden/test/.

let folder: Folder;
afterEach(() => folder.remove());

const files = {
  "pipeline.yaml": `name: orders
sources: { orders: { type: file, path: data/orders.csv, columns: { month: DATE, customer: INT64, status: STRING, amount: INT64 } } }
`,
  "models/paid.sql": `-- Cancelled orders do not count.
SELECT month, customer, amount
FROM orders
WHERE status <> 'cancelled' AND amount >= 0
`,
  "models/per_month.sql": `SELECT
  month,
  count(*) AS orders,
  count(DISTINCT customer) AS customers,
  sum(amount) AS revenue,
  -- survives: months without an amount are not published
  coalesce(max(amount), 0) AS largest
FROM paid
GROUP BY month
`,
  "tests/per_month.yaml": `- name: orders of a month are counted
  model: per_month
  given:
    orders:
      - { month: 2026-01-01, customer: 7, status: paid, amount: 100 }
      - { month: 2026-01-01, customer: 7, status: paid, amount: 40 }
      - { month: 2026-01-01, customer: 7, status: cancelled, amount: 900 }
      - { month: 2026-02-01, customer: 8, status: sent, amount: 250 }
  expect:
    rows:
      - { month: 2026-01-01, orders: 2, customers: 1, largest: 100 }
      - { month: 2026-02-01, orders: 1, customers: 1, largest: 250 }

- name: there are no orders without orders
  model: per_month
  given: { orders: [] }
  expect: { count: 0 }
`,
};
const failing = `- name: revenue is what was paid
  model: per_month
  given: { paid: [{ month: 2026-01-01, amount: 100 }, { month: 2026-02-01, amount: 50 }] }
  expect: { rows: [{ month: 2026-01-01, revenue: 90 }, { month: 2026-02-01, revenue: 50 }] }
`;

/** What is printed, with times that do not differ from run to run. */
const printed = () => `${folder.printed.join("\n").replaceAll(/\d+(\.\d+)? (ms|s)\b/g, "N $2")}\n`;

test("tests that pass", async () => {
  folder = await makeFolder(files);
  expect(await testCommand({}, folder.context)).toBe(0);
  await expect(printed()).toMatchFileSnapshot("../golden/test/passing.txt");
});

test("a test that fails", async () => {
  folder = await makeFolder({ ...files, "tests/revenue.yaml": failing });
  expect(await testCommand({}, folder.context)).toBe(3);
  await expect(printed()).toMatchFileSnapshot("../golden/test/failing.txt");
});

test("mutants", async () => {
  folder = await makeFolder(files);
  expect(await testCommand({ mutate: true }, folder.context)).toBe(0);
  await expect(printed()).toMatchFileSnapshot("../golden/test/mutants.txt");
});

test("what no test computes, what cannot be changed, and reasons that explain nothing", async () => {
  folder = await makeFolder({
    ...files,
    "pipeline.yaml": `${files["pipeline.yaml"]}models: { shares: { depends_on: [orders] }, doubled: { columns: { amount: INT64 } } }\n`,
    "models/untested.sql": "SELECT amount FROM orders WHERE amount > 1",
    "models/shares.sql": "PIVOT orders ON status USING sum(amount)",
    "models/doubled.ts": "export const row = (orders: { amount: number }) => ({ amount: 2 * orders.amount });\n",
    "models/plain.sql": "-- survives: nobody knows\nSELECT amount + 1 AS amount FROM orders\n",
    "tests/others.yaml": `- { name: doubled, model: doubled, given: { orders: [{ amount: 2 }] }, expect: { rows: [{ amount: 4 }] } }
- { name: plain, model: plain, given: { orders: [{ amount: 2 }] }, expect: { rows: [{ amount: 3 }] } }
`,
  });
  expect(await testCommand({ mutate: true, select: [] }, folder.context)).toBe(0);
  const notes = printed().split("\n").slice(-7);
  expect(notes).toEqual([
    "No test fails when one of these is changed: add a row that tells the difference, or write",
    "`-- survives: why` on the line, where there is none.",
    "No test computes untested: 4 mutants survived.",
    "models/plain.sql:1 explains a survivor, and there is none: remove the comment.",
    "models/shares.sql is left out: the engine's parser cannot print its query back (PIVOT without IN, for example).",
    "Programs are left out: doubled.",
    "",
  ]);
});

test("mutants as JSON", async () => {
  folder = await makeFolder(files);
  expect(await testCommand({ mutate: true, json: true }, folder.context)).toBe(0);
  const { mutation } = JSON.parse(printed()) as { mutation: Record<string, unknown> };
  expect(mutation).toMatchObject({
    models: [
      { model: "paid", file: "models/paid.sql", tests: 2 },
      { model: "per_month", file: "models/per_month.sql", tests: 2 },
    ],
    programs: [],
    idle_tests: [
      { name: "there are no orders without orders", model: "per_month", file: "tests/per_month.yaml", line: 14 },
    ],
  });
  expect((mutation["survivors"] as unknown[])[0]).toEqual({
    model: "paid",
    file: "models/paid.sql",
    line: 4,
    column: 33,
    kind: "condition dropped",
    before: "AND amount >= 0",
    after: "",
    status: "survived",
  });
});

test("a score below the one that is asked for is a failure, and one that is reached is none", async () => {
  folder = await makeFolder(files);
  expect(await testCommand({ minScore: 40 }, folder.context)).toBe(0);
  expect(folder.logged).toEqual([]);
  expect(await testCommand({ minScore: 95 }, folder.context)).toBe(3);
  expect(folder.logged.join("")).toMatch(/^error: the mutation score is \d+ %, and --min-score asks for 95 %\n$/);
  expect(await problemsOf(() => testCommand({ minScore: 950 }, folder.context))).toMatchObject([
    { message: "--min-score 950: a score is at most 100 per cent" },
  ]);
});

test("where a test fails, nothing is changed, and it is said", async () => {
  folder = await makeFolder({ ...files, "tests/revenue.yaml": failing });
  expect(await testCommand({ mutate: true }, folder.context)).toBe(3);
  expect(folder.printed.join("\n")).not.toContain("mutants of");
  expect(folder.logged).toEqual(["warning: queries are changed only where all tests pass\n"]);
});

test("--junit writes a file beside what is printed", async () => {
  folder = await makeFolder({ ...files, "tests/revenue.yaml": failing });
  expect(await testCommand({ junit: "report.xml", json: true }, folder.context)).toBe(3);
  const report = parseXml(await folder.read("report.xml"));
  expect(report.attributes).toMatchObject({ tests: "3", failures: "1" });
  expect(report.children.map(({ attributes }) => attributes["name"])).toEqual([
    "tests/per_month.yaml",
    "tests/revenue.yaml",
  ]);
  const [failed] = report.children[1]!.children;
  expect(failed!.children[0]!.text).toContain("~  2026-01-01  90 → 100");
  expect(JSON.parse(folder.printed.join(""))).toMatchObject({ passed: 2, failed: 1 });
  expect(folder.effects).toContain("test.junit");
});

test("a report that cannot be written is a failure that says where", async () => {
  folder = await makeFolder(files);
  expect(await problemsOf(() => testCommand({ junit: "nowhere/report.xml" }, folder.context))).toMatchObject([
    { message: "nowhere/report.xml cannot be written", hint: expect.stringContaining("ENOENT") },
  ]);
});
