import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float64,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
  type Data,
  type DataType,
} from "apache-arrow";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../../../../src/etl/engine/duckdb/duckdb.ts";
import { openEngine } from "../../../../support/engine.ts";

let db: Database;
beforeAll(async () => {
  db = await openEngine();
});
beforeEach(() => db.run("DROP TABLE IF EXISTS t").then(() => undefined));
afterAll(() => db.close());

function batchOf(columns: Record<string, Data>): RecordBatch {
  const fields = Object.entries(columns).map(([name, data]) => new Field(name, data.type, true));
  const schema = new Schema(fields);
  const children = Object.values(columns);
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(fields), length: children[0]!.length, nullCount: 0, children }),
  );
}

const dataOf = (values: unknown[], type: DataType) => vectorFromArray(values, type).data[0]!;

async function append(batches: RecordBatch[], limit?: number) {
  async function* give() {
    yield* batches;
  }
  return db.append({ table: "t", schema: batches[0]!.schema, batches: give(), limit });
}

const rows = (list = "*", from = "t") => db.query(`SELECT ${list} FROM ${from}`);

describe("texts", () => {
  const lengths = [0, 1, 4, 11, 12, 13, 14, 100, 70_000];
  const texts = lengths.flatMap((length) => [
    "a".repeat(length),
    `${"æ".repeat(Math.floor(length / 2))}${length % 2 ? "x" : ""}`,
  ]);

  test("of every length come whole, as the engine itself would hold them", async () => {
    await append([
      batchOf({
        n: dataOf(
          texts.map((_, i) => BigInt(i)),
          new Int64(),
        ),
        s: dataOf(texts, new Utf8()),
      }),
    ]);
    expect((await rows("s")).map((row) => row["s"])).toEqual(texts);
    // Comparison, hashing and grouping look at the first bytes apart from the rest.
    for (const [i, text] of texts.entries())
      expect(await rows("count(*) AS n", `t WHERE s = '${text}' AND n = ${i}`)).toEqual([{ n: 1 }]);
    expect(await rows("count(DISTINCT s) AS n")).toEqual([{ n: new Set(texts).size }]);
  });

  test("NULL and empty are two", async () => {
    await append([batchOf({ s: dataOf(["", null, "x", null, "thirteen char"], new Utf8()) })]);
    expect((await rows()).map((row) => row["s"])).toEqual(["", null, "x", null, "thirteen char"]);
  });

  test("may hold bytes of zero, and bytes what is no text at all", async () => {
    const bytes = [new Uint8Array([0, 255, 254]), new Uint8Array(20).fill(200), null, new Uint8Array()];
    await append([
      batchOf({ s: dataOf(["a\0b", "\0".repeat(20), null, ""], new Utf8()), b: dataOf(bytes, new Binary()) }),
    ]);
    expect(await rows("length(s) AS l, s = 'a' || chr(0) || 'b' AS same, hex(b) AS h")).toEqual([
      { l: 3, same: true, h: "00FFFE" },
      { l: 20, same: false, h: "C8".repeat(20) },
      { l: null, same: null, h: null },
      { l: 0, same: false, h: "" },
    ]);
  });
});

test("scalars keep their value and their type", async () => {
  const { types } = await append([
    batchOf({
      i: dataOf([9223372036854775807n, -9223372036854775808n, null], new Int64()),
      f: dataOf([1.5, Number.NEGATIVE_INFINITY, null], new Float64()),
      b: dataOf([true, false, null], new Bool()),
      d: integers(new DateDay(), new Int32Array([-719162, 2932896, 0]), [true, true, false]),
      t: integers(new TimeMicrosecond(), new BigInt64Array([0n, 86399999999n, 0n]), [true, true, false]),
      dt: integers(new TimestampMicrosecond(), new BigInt64Array([-62135596800000000n, 253402300799999999n, 0n]), [
        true,
        true,
        false,
      ]),
      ts: integers(new TimestampMicrosecond("UTC"), new BigInt64Array([1642662000123456n, -1n, 0n]), [
        true,
        true,
        false,
      ]),
      n: decimals(new Decimal(9, 38, 128), [99999999999999999999999999999999999999n, -1n, null]),
      w: decimals(new Decimal(38, 76, 256), [10n ** 76n - 1n, -(10n ** 37n), null]),
    }),
  ]);
  expect(types).toEqual([
    "BIGINT",
    "DOUBLE",
    "BOOLEAN",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE",
    "DECIMAL(38,9)",
    "VARCHAR",
  ]);
  expect(
    await rows(
      "i, f::VARCHAR AS f, b, d::VARCHAR AS d, t::VARCHAR AS t, dt::VARCHAR AS dt, ts::VARCHAR AS ts, n::VARCHAR AS n, w",
    ),
  ).toEqual([
    {
      i: 9223372036854775807n,
      f: "1.5",
      b: true,
      d: "0001-01-01",
      t: "00:00:00",
      dt: "0001-01-01 00:00:00",
      ts: "2022-01-20 07:00:00.123456+00",
      n: "99999999999999999999999999999.999999999",
      w: `${"9".repeat(38)}.${"9".repeat(38)}`,
    },
    {
      i: -9223372036854775808n,
      f: "-inf",
      b: false,
      d: "9999-12-31",
      t: "23:59:59.999999",
      dt: "9999-12-31 23:59:59.999999",
      ts: "1969-12-31 23:59:59.999999+00",
      n: "-0.000000001",
      w: "-0.1",
    },
    { i: null, f: null, b: null, d: null, t: null, dt: null, ts: null, n: null, w: null },
  ]);
});

test("nested rows come whole: lists, empty ones, lists of rows, rows of lists, and NULL at every depth", async () => {
  const inner = new Struct([
    new Field("n", new Int64(), true),
    new Field("s", new List(new Field("item", new Utf8(), true)), true),
  ]);
  const type = new List(new Field("item", inner, true));
  const values = [
    [
      { n: 1n, s: ["a", "a text that is long"] },
      { n: null, s: [] },
    ],
    [],
    [{ n: 3n, s: [null, ""] }],
    [null, { n: 4n, s: null }],
  ];
  await append([batchOf({ v: dataOf(values, type) })]);
  expect((await rows("to_json(v) AS v")).map((row) => JSON.parse(row["v"] as string) as unknown)).toEqual([
    [
      { n: 1, s: ["a", "a text that is long"] },
      { n: null, s: [] },
    ],
    [],
    [{ n: 3, s: [null, ""] }],
    [null, { n: 4, s: null }],
  ]);
});

test("the fields of a NULL row are NULL, whatever lies in them", async () => {
  const field = dataOf([1n, 2n, 3n], new Int64());
  const type = new Struct([new Field("n", new Int64(), true)]);
  const data = makeData({ type, length: 3, nullCount: 1, nullBitmap: new Uint8Array([0b101]), children: [field] });
  await append([batchOf({ v: data })]);
  expect(await rows("v.n AS n, v IS NULL AS gone")).toEqual([
    { n: 1, gone: false },
    { n: null, gone: true },
    { n: 3, gone: false },
  ]);
});

test("batches of any size are cut into chunks without losing or moving a value, NULL or list", async () => {
  const sizes = [1, 2047, 2048, 2049, 5000, 0, 7];
  let next = 0;
  const batches = sizes.map((size) => {
    const numbers = Array.from({ length: size }, () => next++);
    return batchOf({
      n: dataOf(numbers.map(BigInt), new Int64()),
      half: dataOf(
        numbers.map((n) => (n % 3 === 0 ? null : BigInt(n) * 2n)),
        new Int64(),
      ),
      s: dataOf(
        numbers.map((n) => (n % 3 === 0 ? null : `number ${n} of many`)),
        new Utf8(),
      ),
      l: dataOf(
        numbers.map((n) => Array.from({ length: n % 5 }, (_, i) => (i === 2 ? null : `${n}-${i}`))),
        new List(new Field("item", new Utf8(), true)),
      ),
      b: dataOf(
        numbers.map((n) => (n % 4 === 0 ? null : n % 2 === 0)),
        new Bool(),
      ),
    });
  });
  expect((await append(batches)).rows).toBe(next);
  const wrong = `
    n % 3 = 0 AND (half IS NOT NULL OR s IS NOT NULL)
    OR n % 3 <> 0 AND (half IS DISTINCT FROM n * 2 OR s IS DISTINCT FROM 'number ' || n || ' of many')
    OR l IS DISTINCT FROM [CASE WHEN i = 2 THEN NULL ELSE n || '-' || i END FOR i IN range(n % 5)]
    OR b IS DISTINCT FROM CASE WHEN n % 4 = 0 THEN NULL ELSE n % 2 = 0 END`;
  expect(await rows("count(*) AS rows, count(DISTINCT n) AS n, min(n) AS low, max(n) AS high")).toEqual([
    { rows: next, n: next, low: 0, high: next - 1 },
  ]);
  expect(await rows("n", `t WHERE ${wrong}`)).toEqual([]);
});

test("a limit ends the reading: what is still to come is not asked for", async () => {
  let given = 0;
  let ended = false;
  async function* give() {
    try {
      for (;;) {
        given++;
        yield batchOf({
          n: dataOf(
            Array.from({ length: 3000 }, (_, i) => BigInt(i)),
            new Int64(),
          ),
        });
      }
    } finally {
      ended = true;
    }
  }
  const { schema } = batchOf({ n: dataOf([1n], new Int64()) });
  expect((await db.append({ table: "t", schema, batches: give(), limit: 5000 })).rows).toBe(5000);
  expect({ given, ended }).toEqual({ given: 2, ended: true });
  expect(await rows("count(*) AS n")).toEqual([{ n: 5000 }]);
});

test("a table without rows has its columns", async () => {
  const { schema } = batchOf({ n: dataOf([1n], new Int64()), 'odd "name"': dataOf([1n], new Int64()) });
  await db.append({ table: "t", schema, batches: nothing() });
  expect((await db.describe("FROM t")).map(({ name }) => name)).toEqual(["n", 'odd "name"']);
});

async function* nothing(): AsyncGenerator<RecordBatch> {}

/** Fixed-width values, with some of them NULL. */
function integers(type: DataType, data: Int32Array | BigInt64Array, valid: boolean[]): Data {
  const bits = valid.reduce((sum, isValid, i) => sum | (Number(isValid) << i), 0);
  return makeData({
    type: type as Int64,
    length: valid.length,
    nullCount: valid.filter((isValid) => !isValid).length,
    nullBitmap: new Uint8Array([bits]),
    data: data as BigInt64Array,
  });
}

function decimals(type: Decimal, values: (bigint | null)[]): Data {
  const words = type.bitWidth / 32;
  const data = new Uint32Array(values.length * words);
  for (const [i, value] of values.entries())
    for (let k = 0; k < words; k++) data[i * words + k] = Number(((value ?? 0n) >> BigInt(32 * k)) & 0xffffffffn);
  const bits = values.reduce((sum: number, value, i) => sum | (Number(value !== null) << i), 0);
  return makeData({
    type,
    length: values.length,
    nullCount: values.filter((value) => value === null).length,
    nullBitmap: new Uint8Array([bits]),
    data,
  });
}
