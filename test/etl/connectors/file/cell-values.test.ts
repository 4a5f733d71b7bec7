/** Which texts are values of a type, and that the engine makes exactly these values of them. */
import { describe, expect, test } from "vitest";
import { skipDate, skipDateTime, skipDecimal, skipInteger } from "../../../../src/etl/connectors/file/cell-bytes.ts";
import { cellFits, decimalShape } from "../../../../src/etl/connectors/file/csv-cell.ts";
import { parseType } from "../../../../src/spec/type.ts";
import { generator } from "../../../support/random.ts";
import { complaints, readRows } from "../../../support/read-rows.ts";

/** Text as it stands in the file, and the value as the engine shows it. */
const accepted: [type: string, ...values: [text: string, value: unknown][]][] = [
  [
    "INT64",
    ["0", 0],
    ["-0", 0],
    ["42", 42],
    ["+5", 5],
    ["007", 7],
    [" 12 ", 12],
    ["9223372036854775807", 9223372036854775807n],
    ["-9223372036854775808", -9223372036854775808n],
    ['"7"', 7],
  ],
  [
    "FLOAT64",
    ["1.5", 1.5],
    [".5", 0.5],
    ["5.", 5],
    ["-1e3", -1000],
    ["1E-7", 1e-7],
    ["0.1", 0.1],
    ["1.7976931348623157e308", Number.MAX_VALUE],
    ["0e400", 0],
    ["NaN", Number.NaN],
    ["-inf", -Infinity],
    ["Infinity", Infinity],
    ["0.30000000000000004", 0.30000000000000004],
  ],
  [
    "NUMERIC",
    ["1.5", "1.500000000"],
    ["12345678901234567890123456789.123456789", "12345678901234567890123456789.123456789"],
    ["-0.000000001", "-0.000000001"],
    ["1.12345678900000", "1.123456789"],
    ["000000000000000000000000000000000000000000012", "12.000000000"],
  ],
  ["NUMERIC(5, 2)", ["123.45", "123.45"], ["1.5", "1.50"], ["-999.9900", "-999.99"]],
  [
    "BIGNUMERIC",
    [
      "12345678901234567890123456789012345678.12345678901234567890123456789012345678",
      "12345678901234567890123456789012345678.12345678901234567890123456789012345678",
    ],
    ["+1.50", "1.50"],
  ],
  ["BOOL", ["true", true], ["FALSE", false], ["t", true], ["0", false], ["Yes", true], ["n", false]],
  [
    "DATE",
    ["2022-01-20", "2022-01-20"],
    ["0001-01-01", "0001-01-01"],
    ["9999-12-31", "9999-12-31"],
    ["2024-02-29", "2024-02-29"],
  ],
  [
    "DATETIME",
    ["2022-01-20 13:00:00", "2022-01-20 13:00:00"],
    ["2022-01-20T13:00:00.123456", "2022-01-20 13:00:00.123456"],
    ["2022-01-20", "2022-01-20 00:00:00"],
    ["2022-01-20 13:00", "2022-01-20 13:00:00"],
    ["2022-01-20 23:59:59.100000000", "2022-01-20 23:59:59.1"],
  ],
  ["TIME", ["13:00:00", "13:00:00"], ["23:59:59.999999", "23:59:59.999999"], ["09:30", "09:30:00"]],
  [
    "TIMESTAMP",
    ["2022-01-20T13:00:00Z", "2022-01-20 13:00:00+00"],
    ["2022-01-20 13:00:00", "2022-01-20 13:00:00+00"],
    ["2022-01-20 13:00:00+02", "2022-01-20 11:00:00+00"],
    ["2022-01-20 13:00:00 +02:00", "2022-01-20 11:00:00+00"],
    ["2022-01-20 13:00:00-0130", "2022-01-20 14:30:00+00"],
    ["2022-01-20 13:00:00 UTC", "2022-01-20 13:00:00+00"],
    ["2022-07-20", "2022-07-20 00:00:00+00"],
    ["2022-01-20 13:00:00.5Z", "2022-01-20 13:00:00.5+00"],
    ["2022-01-20 13:00", "2022-01-20 13:00:00+00"],
  ],
  ["STRING", ["a b", "a b"], ['""', ""], ['"a""b"', 'a"b'], ["NULL", "NULL"], [" a ", " a "], ["æøå", "æøå"]],
  ["STRING(3)", ["æøå", "æøå"], ["🙂🙂🙂", "🙂🙂🙂"]],
  ["BYTES", ["AAH/", "AAH/"], ["aGVp", "aGVp"]],
  ["JSON", ['"{""a"": 1.10}"', '{"a": 1.10}'], ["[1]", "[1]"], ["null", "null"]],
  ["ARRAY<INT64>", ['"[1, 2, ""3""]"', [1, 2, 3]], ["[]", []]],
  ["ARRAY<STRING>", ['"[""a"",""b""]"', ["a", "b"]]],
  ["ARRAY<NUMERIC>", ['"[1.5,""12345678901234567890.123456789""]"', ["1.500000000", "12345678901234567890.123456789"]]],
  ["STRUCT<a INT64, b STRING>", ['"{""b"":""x"",""a"":1,""c"":2}"', { a: 1, b: "x" }], ["{}", { a: null, b: null }]],
  [
    "ARRAY<STRUCT<t TIMESTAMP, b BYTES>>",
    ['"[{""t"":""2022-01-20T13:00:00+01:00"",""b"":""aGVp""}]"', [{ t: "2022-01-20 12:00:00+00", b: "aGVp" }]],
  ],
];

const refused: [type: string, ...texts: string[]][] = [
  [
    "INT64",
    "1.5",
    "1.0",
    "1e3",
    "0x1F",
    "0b1",
    "1_000",
    "1 000",
    "9223372036854775808",
    "-9223372036854775809",
    "５",
    "abc",
    "NA",
    '""',
    "1,5",
    "--1",
    "- 1",
  ],
  ["FLOAT64", "1_000", "0x1F", "1e400", "-1e400", "1e-400", "1 000", "1.5.2", "e5", "1e", '"1,5"', "one", "1d"],
  ["NUMERIC", "1.1234567891", "123456789012345678901234567890", "1e3", "NaN", "1_0", "."],
  ["NUMERIC(5, 2)", "1000", "1.234"],
  ["BIGNUMERIC", "1e3", "1234567890123456789012345678901234567890", "NaN"],
  ["BOOL", "ja", "2", "on", "truee", '" "'],
  [
    "DATE",
    "2022-20-01",
    "2022-02-29",
    "1900-02-29",
    "2022-1-5",
    "2022/01/20",
    "20.01.2022",
    "2022-01-20 13:00:00",
    "2022-01-20T",
    "12022-01-20",
    "0000-01-01",
    "epoch",
    "infinity",
    "20220120",
    "2022-01-32",
  ],
  [
    "DATETIME",
    "2022-01-20T13:00:00Z",
    "2022-01-20 13:00:00+02",
    "2022-01-20 24:00:00",
    "2022-01-20 13:60:00",
    "2022-01-20 13",
    "2022-01-20 13:00:00.1234567",
    "2022-13-20 13:00:00",
    "epoch",
  ],
  ["TIME", "24:00:00", "13", "13:00:60", "13:00:00+02", "1:2:3", "2022-01-20 13:00:00", "13:00:00.1234567"],
  [
    "TIMESTAMP",
    "2022-01-20 13:00:00 Europe/Oslo",
    "2022-01-20 13:00:00+15:00",
    "2022-01-20-01",
    "2022-01-20T13:00Z",
    "1642683600",
    "2022-02-30T00:00:00Z",
    "2022-01-20 25:00:00Z",
    "2022-01-20 13:00:00.1234567Z",
  ],
  ["STRING(3)", "abcd"],
  ["BYTES", "a", "æ", "aGVp==", "aGV p"],
  ["BYTES(2)", "aGVp"],
  ["JSON", "{a:1}", '"[1,]"', "NaN1", "'a'", '"{""a"":1}}"', '"{""a"":0.12345678901234567890123}"'],
  ["ARRAY<INT64>", '"[1.5]"', '"{""a"":1}"', "1", '"[1,""x""]"', "[[1]]"],
  ["STRUCT<a INT64>", "[1]", '"{""a"":""x""}"', '"{""a"":1,""a"":2}"'],
  ["ARRAY<NUMERIC>", "[1234567.1234567890]"],
];

describe("a value of its column's type", () => {
  test.each(accepted)("%s is read as it is written", async (type, ...values) => {
    const csv = `n,v\n${values.map(([text], i) => `${i},${text}\n`).join("")}`;
    const { rows } = await readRows({ files: { "a.csv": csv }, columns: { v: type } });
    expect(rows.map((row) => row["v"])).toEqual(values.map(([, value]) => value));
  });

  test.each(refused)("%s refuses what the engine would round, cut or guess at", async (type, ...texts) => {
    for (const text of texts) {
      const found = await complaints({ files: { "a.csv": `n,v\n0,\n1,${text}\n` }, columns: { v: type } });
      expect([text, found.length, found[0]?.slice(0, 8)]).toEqual([text, 1, "a.csv:3:"]);
    }
  });

  test.each([
    "INT64",
    "FLOAT64",
    "NUMERIC",
    "DATE",
    "DATETIME",
    "TIMESTAMP",
    "TIME",
    "BOOL",
    "BYTES",
    "JSON",
    "ARRAY<INT64>",
  ])("%s is NULL where nothing stands", async (type) => {
    const { rows } = await readRows({ files: { "a.csv": "n,v\n1,\n" }, columns: { v: type } });
    expect(rows).toEqual([{ v: null }]);
  });
});

/** A text of parts, each one of its choices. */
type Shape = string[][];

function textOf(shape: Shape, random: () => number): string {
  return shape.map((choices) => choices[Math.floor(random() * choices.length)]).join("");
}

const digits = Array.from("0123456789");
const numberShape: Shape = Array.from({ length: 8 }, () => [...digits, ...digits, "-", "+", ".", "e", "_", "", "", ""]);
const dateShape: Shape = [
  ["20", "19", "00", " 2"],
  ["24", "00", "23", "2x"],
  ["-", "-", "-", "/"],
  ["02", "12", "13", "00", "1"],
  ["-"],
  ["28", "29", "30", "31", "00", "5"],
];
const clockShape: Shape = [
  ["00", "13", "23", "24", "1"],
  [":"],
  ["00", "59", "60"],
  ["", ":"],
  ["", "00", "59", "60"],
  ["", "", ".", ".5", ".123456", ".1234567", ".5000000"],
];
const zoneShape: Shape = [["", "Z", "+02", "-0130", " +14:00", "+15", "UTC", " UTC", "z", "+2", "+02:60"]];

describe("every text that the rule lets pass", () => {
  test.each<[string, Shape]>([
    ["INT64", numberShape],
    ["FLOAT64", numberShape],
    ["NUMERIC", numberShape],
    ["DATE", dateShape],
    ["TIME", clockShape],
    ["DATETIME", [...dateShape, ["T", " ", ""], ...clockShape]],
    ["TIMESTAMP", [...dateShape, ["T", " "], ...clockShape, ...zoneShape]],
  ])("as %s is read by the engine, as the value that JavaScript makes of it", async (type, shape) => {
    const random = generator(11);
    const texts = Array.from({ length: 20_000 }, () => textOf(shape, random)).filter((text) =>
      cellFits(text, parseType(type), "."),
    );
    expect(texts.length).toBeGreaterThan(50);
    const { rows } = await readRows({
      files: { "a.csv": `n,v\n${texts.map((text) => `0,${text}\n`).join("")}` },
      columns: { v: type },
    });
    const wrong = texts.flatMap((text, i) => (isSame(type, text.trim(), rows[i]!["v"]) ? [] : [[text, rows[i]!["v"]]]));
    expect(wrong).toEqual([]);
  });
});

/** Whether a value is what a text says, by other means than those that are tested. */
function isSame(type: string, text: string, value: unknown): boolean {
  if (type === "INT64") return BigInt(text) === BigInt(value as number);
  if (type === "FLOAT64") return Object.is(Number(text), value) || (Number(text) === 0 && value === 0);
  if (type === "NUMERIC") return inBillionths(text) === inBillionths(value as string);
  if (type === "TIME")
    return inMicroseconds(`2022-01-20T${text}Z`) === inMicroseconds(`2022-01-20T${value as string}Z`);
  return inMicroseconds(text) === inMicroseconds((value as string).replace("+00", ""));
}

function inBillionths(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace(/^[+-]/, "").split(".");
  return BigInt(whole + fraction.slice(0, 9).padEnd(9, "0")) * (text.startsWith("-") ? -1n : 1n);
}

function inMicroseconds(text: string): number {
  const fraction = /\.(\d*)/.exec(text)?.[1] ?? "";
  const plain = text
    .replace(/\.\d*/, "")
    .replace(" UTC", "Z")
    .replace("UTC", "Z")
    .replace(/ ([+-])/, "$1")
    .replace(" ", "T");
  const wall = /^([\d-]+)(T\d\d:\d\d)?(:\d\d)?(.*)$/.exec(plain)!;
  const offset = wall[4]!.replace(/^([+-]\d\d)$/, "$1:00").replace(/^([+-]\d\d)(\d\d)$/, "$1:$2") || "Z";
  const milliseconds = Date.parse(`${wall[1]}${wall[2] ?? "T00:00"}${wall[3] ?? ":00"}${offset}`);
  return milliseconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

/** With something behind it, as in a file. */
function viewOf(text: string): DataView {
  const bytes = Uint8Array.from(Buffer.from(`${text},1,2,3,4,5,6`));
  return new DataView(bytes.buffer);
}

describe("the quick test of bytes", () => {
  test.each<[string, (view: DataView, bytes: Uint8Array) => number, Shape]>([
    ["INT64", (view) => skipInteger(view, 0), numberShape],
    ["FLOAT64", (view) => skipDecimal(view, 0, decimalShape({ kind: "FLOAT64" }, ".")), numberShape],
    ["NUMERIC", (view) => skipDecimal(view, 0, decimalShape({ kind: "NUMERIC" }, ".")), numberShape],
    ["NUMERIC(4, 1)", (view) => skipDecimal(view, 0, decimalShape(parseType("NUMERIC(4, 1)"), ".")), numberShape],
    ["BIGNUMERIC", (view) => skipDecimal(view, 0, decimalShape({ kind: "BIGNUMERIC" }, ".")), numberShape],
    ["DATE", (_view, bytes) => skipDate(bytes, 0), dateShape],
    ["DATETIME", (_view, bytes) => skipDateTime(bytes, 0), [...dateShape, ["T", " "], ...clockShape]],
    ["TIMESTAMP", (_view, bytes) => skipDateTime(bytes, 0), [...dateShape, ["T", " "], ...clockShape]],
  ])("%s settles only what the rule for texts lets pass", (type, skip, shape) => {
    const random = generator(7);
    const texts = Array.from({ length: 30_000 }, () => textOf(shape, random));
    const settled = texts.filter((text) => skip(viewOf(text), Buffer.from(`${text}\n`)) === text.length);
    expect(settled.length).toBeGreaterThan(30);
    expect(settled.filter((text) => !cellFits(text, parseType(type), "."))).toEqual([]);
  });

  test.each([
    [
      "DATE",
      ["2024-02-29", "2000-02-29", "0001-01-01", "2022-12-31"],
      ["2023-02-29", "1900-02-29", "2022-04-31", "0000-05-05"],
    ],
  ])("%s knows the calendar", (_type, right, wrong) => {
    for (const text of right) expect([text, skipDate(Buffer.from(`${text},`), 0)]).toEqual([text, 10]);
    for (const text of wrong) expect([text, skipDate(Buffer.from(`${text},`), 0)]).toEqual([text, -1]);
  });
});
