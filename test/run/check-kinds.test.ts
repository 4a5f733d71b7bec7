import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkKinds, type CheckKind } from "../../src/spec/check.ts";
import { makeBigQueryLab, type BigQueryLab } from "./bigquery/lab.ts";
import { makeLab, type Lab } from "./lab.ts";

// Each kind of check, with data that it passes and data that it does not, on the laptop and against BigQuery. A run whose check
// fails leaves the rows that were there, says which check found how many, and outside target local shows no value of any row.

const marker = "Kari4711";

/** Values that would be known again: the marker, and numbers and days that stand nowhere else. */
const values = /Kari|(?<![\d.a-f])4711(?![\da-f])|(?<![\d.a-f])8315(?![\da-f])|1987-0[34]/;

interface Kind {
  /** Below `columns:`, by column; and of the whole table. */
  columns?: Record<string, unknown[]>;
  checks?: unknown[];
  /** Rows as SQL, and what is found of those that fail. */
  good: string;
  bad: string;
  found: string;
}

const row = (id: number | string, name: string | undefined, day: string) =>
  `(${id}, ${name === undefined ? "NULL" : `'${name}'`}, DATE '${day}')`;

const one = row(8315, marker, "1987-03-01");
const two = row(8316, "b", "1987-03-02");

const kinds: Record<CheckKind, Kind> = {
  not_null: {
    columns: { name: ["not_null"] },
    good: `${one}, ${two}`,
    bad: `${one}, ${row(8315, undefined, "1987-03-02")}`,
    found: "not_null(name): 1 of 2 rows",
  },
  unique: {
    columns: { id: ["unique"] },
    good: `${one}, ${two}`,
    bad: `${one}, ${one}, ${two}`,
    found: "unique(id): 2 rows with 1 repeated key",
  },
  accepted_values: {
    columns: { name: [{ accepted_values: ["b"] }] },
    good: two,
    bad: `${one}, ${two}`,
    found: "accepted_values(name): 1 of 2 rows",
  },
  range: {
    columns: { id: [{ range: { min: 1, max: 100 } }] },
    good: row(100, "b", "1987-03-01"),
    bad: `${one}, ${two}, ${row(1, "c", "1987-03-01")}`,
    found: "range(id): 2 of 3 rows",
  },
  matches: {
    columns: { name: [{ matches: "^[a-z]$" }] },
    good: two,
    bad: `${one}, ${two}`,
    found: "matches(name): 1 of 2 rows",
  },
  relationships: {
    columns: { name: [{ relationships: { to: "known", column: "name" } }] },
    good: two,
    bad: `${one}, ${two}`,
    found: "relationships(name): 1 of 2 rows",
  },
  row_count: {
    checks: [{ row_count: { min: 2 } }],
    good: `${one}, ${two}`,
    bad: one,
    found: "row_count: 1 row, allowed: at least 2",
  },
  freshness: {
    checks: [{ freshness: { column: "day", within: "2d" } }],
    good: `${one}, (1, 'b', current_date)`,
    bad: `${one}, ${two}`,
    found: "h old, allowed: 2d",
  },
  completeness: {
    checks: [{ completeness: { column: "day", every: "day" } }],
    good: `${one}, ${two}`,
    bad: `${one}, ${row(1, "b", "1987-04-01")}`,
    found: "completeness(day): 30 of 32 days missing",
  },
  sql: {
    checks: [{ sql: "SELECT name, id FROM t WHERE id > 100", name: "small" }],
    good: row(1, "b", "1987-03-01"),
    bad: `${one}, ${two}`,
    found: "small: 2 rows",
  },
};

const types = { id: "INT64", name: "STRING", day: "DATE" };

async function write(
  lab: Lab | BigQueryLab,
  { columns = {}, checks = [] }: Partial<Kind>,
  rows: string,
): Promise<void> {
  await lab.folder.write("models/known.sql", "SELECT 'b' AS name");
  const declared = Object.entries(types).map(([name, type]) => [name, { type, checks: columns[name] ?? [] }]);
  const sql = `SELECT id::BIGINT AS id, name::VARCHAR AS name, day FROM (VALUES ${rows}) AS v(id, name, day)`;
  await lab.write(sql, {}, { models: { t: { columns: Object.fromEntries(declared), checks } } });
}

const cases = Object.entries(kinds);

test("every kind of check is tried", () => {
  expect(Object.keys(kinds).toSorted()).toEqual([...checkKinds].toSorted());
});

describe("on target local", () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await makeLab();
    return () => lab.remove();
  });

  test.each(cases)("%s", async (kind, checked) => {
    await write(lab, checked, checked.good);
    expect(await lab.run()).toMatchObject({ code: 0 });
    const before = await lab.values("SELECT * FROM lab.t ORDER BY ALL");
    await write(lab, checked, checked.bad);
    const { code, text } = await lab.run();
    expect(code, text).toBe(3);
    expect(text).toContain(checked.found);
    expect(text).toContain(`(${kind})`);
    expect(text).toContain("nothing was published");
    expect(await lab.values("SELECT * FROM lab.t ORDER BY ALL")).toEqual(before);
  });
});

describe("against BigQuery", () => {
  let lab: BigQueryLab;

  beforeAll(async () => {
    lab = await makeBigQueryLab();
  });

  afterAll(() => lab.remove());

  beforeEach(() => lab.next());

  test.each(cases)("%s", async (kind, checked) => {
    await write(lab, checked, checked.good);
    const good = await lab.run();
    expect(good.code, good.text).toBe(0);
    const read = () => lab.values("SELECT id, name, day FROM DATASET.t ORDER BY id, name, day");
    const before = await read();
    await write(lab, checked, checked.bad);
    const { code, text } = await lab.run();
    expect(code, text).toBe(3);
    expect(text).toContain(checked.found);
    expect(text).toContain(`(${kind})`);
    expect(await read()).toEqual(before);
    expect(text).not.toMatch(values);
    const records = await lab.values("SELECT TO_JSON_STRING(record) AS record FROM DATASET._nais_etl_runs");
    expect(records.join("\n")).not.toMatch(values);
    expect(records.join("\n")).toContain(`"kind":"${kind}"`);
  });
});
