import { describe, expect, test } from "vitest";
import { complaints, problemsOfReading, readRows, withReading } from "../../../support/read-rows.ts";
import { scanSql } from "../../../../src/etl/engine/duckdb/scan.ts";

const ab = { a: "INT64", b: "STRING" };

describe("the header", () => {
  test("says which column is which; others are left out, and the declared order is kept", async () => {
    const { rows, types } = await readRows({ files: { "a.csv": "x,b,y,a\n1,å,,7\n" }, columns: ab });
    expect([rows, types]).toEqual([[{ a: 7, b: "å" }], "a INT64, b STRING"]);
    expect(Object.keys(rows[0]!)).toEqual(["a", "b"]);
  });

  test("may differ from file to file", async () => {
    const { rows } = await readRows({
      files: { "1.csv": "a,b\n1,x\n", "2.csv": "b,c,a\ny,,2\n", "3.csv": "b,a\r\nz,3\r\n" },
      columns: ab,
      path: "*.csv",
    });
    expect(rows).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: "y" },
      { a: 3, b: "z" },
    ]);
  });

  test("may be in quotes, in other capitals, with spaces around names", async () => {
    expect((await readRows({ files: { "a.csv": '"A", b \n1,x\n' }, columns: ab })).rows).toEqual([{ a: 1, b: "x" }]);
    expect((await readRows({ files: { "a.csv": '"a\nq","b"\n1,x\n' }, columns: { b: "STRING" } })).rows).toEqual([
      { b: "x" },
    ]);
  });

  test("that lacks a column is answered with the nearest name, for all files at once", async () => {
    const files = { "1.csv": "a,bb\n1,x\n", "2.csv": "n,m\n" };
    const problems = await problemsOfReading({ files, columns: ab, path: "*.csv" });
    expect(problems.map(({ message, hint, where }) => [where?.file, message, hint])).toEqual([
      ["1.csv", "the header does not name the declared column `b`", "Did you mean `bb`?"],
      [
        "2.csv",
        "the header does not name the declared column `a`",
        expect.stringMatching(/Did you mean|It names n, m/),
      ],
      [
        "2.csv",
        "the header does not name the declared column `b`",
        expect.stringMatching(/Did you mean|It names n, m/),
      ],
    ]);
  });

  test("that names a wanted column twice is refused", async () => {
    expect(await complaints({ files: { "a.csv": "a,b,a\n" }, columns: ab })).toEqual([
      "a.csv:1 the header names `a` twice",
    ]);
    expect(await complaints({ files: { "a.csv": "a,b,c,c\n" }, columns: ab })).toEqual([]);
  });

  test("with another delimiter is answered with that", async () => {
    const [problem] = await problemsOfReading({ files: { "a.csv": "a;b\n1;x\n" }, columns: ab });
    expect([problem?.message, problem?.hint]).toEqual([
      "the first line has `;`, and no `,` between its values",
      'Say `delimiter: ";"`. (If it is one column, say `delimiter: ","`.)',
    ]);
  });

  test("alone is a file without rows; a file without any byte is refused", async () => {
    expect((await readRows({ files: { "a.csv": "a,b" }, columns: ab })).rows).toEqual([]);
    expect(await complaints({ files: { "a.csv": "" }, columns: ab })).toEqual(["a.csv a.csv is empty"]);
  });

  test("may be longer than a block of the file", async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `column_${i}`);
    const csv = `${names.join(",")}\n${names.map((_, i) => i).join(",")}\n`;
    expect((await readRows({ files: { "a.csv": csv }, columns: { column_19999: "INT64" } })).rows).toEqual([
      { column_19999: 19_999 },
    ]);
  });
});

describe("without a header", () => {
  test("columns are the declared ones, in their order", async () => {
    expect((await readRows({ files: { "a.csv": "1,x\n2,y" }, columns: ab, header: false })).rows).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ]);
  });

  test("all have to be declared", async () => {
    expect(await complaints({ files: { "a.csv": "1,x,z\n" }, columns: ab, header: false })).toEqual([
      "a.csv:1 a line has 3 values, and 2 columns are declared",
    ]);
  });

  test("a file without a byte has no rows", async () => {
    const { rows, types } = await readRows({ files: { "a.csv": "" }, columns: ab, header: false });
    expect([rows, types]).toEqual([[], "a INT64, b STRING"]);
  });
});

describe("layout", () => {
  test("a decimal comma holds for all numbers", async () => {
    const columns = { f: "FLOAT64", n: "NUMERIC", g: "BIGNUMERIC", i: "INT64" };
    const reading = { delimiter: ";", decimal: "," as const, columns };
    expect((await readRows({ files: { "a.csv": "f;n;g;i\n1,5;-0,25;3,10;4\n" }, ...reading })).rows).toEqual([
      { f: 1.5, n: "-0.250000000", g: "3.10", i: 4 },
    ]);
    expect(await complaints({ files: { "a.csv": "f;n;g;i\n1.5;1.5;1.5;1,5\n" }, ...reading })).toHaveLength(4);
  });

  test("a decimal comma may stand in quotes between commas", async () => {
    expect(
      (
        await readRows({
          files: { "a.csv": 'f,n\n"1,5","2,5"\n' },
          decimal: ",",
          columns: { f: "FLOAT64", n: "NUMERIC" },
        })
      ).rows,
    ).toEqual([{ f: 1.5, n: "2.500000000" }]);
  });

  test.each([";", "\t", "|", "\\t", "||", "¤", "a"])("%j may be the delimiter", async (delimiter) => {
    const sign = delimiter === "\\t" ? "\t" : delimiter;
    const csv = [`n${sign}t`, `1${sign}x,y`, `22${sign}"${sign}q"`, sign].join("\n");
    expect((await readRows({ files: { "a.csv": csv }, delimiter, columns: { n: "INT64", t: "STRING" } })).rows).toEqual(
      [
        { n: 1, t: "x,y" },
        { n: 22, t: `${sign}q` },
        { n: null, t: null },
      ],
    );
  });

  test("tabs are the delimiter of .tsv", async () => {
    expect((await readRows({ files: { "a.tsv": "a\tb\n1\tx\n" }, columns: ab })).rows).toEqual([{ a: 1, b: "x" }]);
  });

  test.each(['"', "\n", "abcde"])("%j cannot be the delimiter", async (delimiter) => {
    expect(await complaints({ files: { "a.csv": "a,b\n" }, columns: ab, delimiter })).toEqual([
      expect.stringContaining("cannot be used"),
    ]);
  });

  test("an empty value is NULL, an empty text in quotes is a text", async () => {
    expect((await readRows({ files: { "a.csv": 'a,b\n,\n1,""\n' }, columns: ab })).rows).toEqual([
      { a: null, b: null },
      { a: 1, b: "" },
    ]);
  });

  test("other texts mean NULL where they are listed, but not in quotes", async () => {
    expect(
      (await readRows({ files: { "a.csv": 'a,b\nNA,-\n,\n2,"NA"\n' }, columns: ab, nulls: ["NA", "-"] })).rows,
    ).toEqual([
      { a: null, b: null },
      { a: null, b: null },
      { a: 2, b: "NA" },
    ]);
    expect(await complaints({ files: { "a.csv": 'a,b\n"NA",x\n' }, columns: ab, nulls: ["NA"] })).toHaveLength(1);
  });

  test("in quotes, too, where the empty text is listed", async () => {
    expect(
      (await readRows({ files: { "a.csv": 'a,b\n"",""\n"NA","NA"\n"3","x"\n' }, columns: ab, nulls: ["", "NA"] })).rows,
    ).toEqual([
      { a: null, b: null },
      { a: null, b: null },
      { a: 3, b: "x" },
    ]);
  });

  test("lines may end with CRLF, quotes hold either, and the last line needs no end", async () => {
    expect((await readRows({ files: { "a.csv": 'a,b\r\n1,"x\ny"\r\n2,"x\r\ny"' }, columns: ab })).rows).toEqual([
      { a: 1, b: "x\ny" },
      { a: 2, b: "x\r\ny" },
    ]);
    expect((await readRows({ files: { "a.csv": 'a,b\n1,"x\r\ny"\n\n' }, columns: ab })).rows).toEqual([
      { a: 1, b: "x\r\ny" },
    ]);
  });
});

describe("what is wrong with records", () => {
  test.each([
    ["too few values", "1,x\n2\n3,y\n", "a.csv:3:1 this line has 1 value, where 2 are expected"],
    ["too many values", "1,x\n2,y,z\n", "a.csv:3:1 this line has 3 values, where 2 are expected"],
    ["a quote that is not closed", '1,x\n2,"y\n3,z\n', "a.csv:3:3 a quote is opened here and never closed"],
    ["text behind a quote", '1,"x"y\n', "a.csv:2:6 text stands after a closing quote"],
    ["a space before a quote", '1, "x"\n', "a.csv:2:3 a space stands between a quote and the delimiter"],
    ["a lone carriage return", "1,x\ry\n", "a.csv:2:4 a carriage return stands outside quotes without a line feed"],
    ["another line ending", "1,x\n2,y\r\n", "a.csv:3:4 this line ends with CRLF, those before with LF"],
  ])("%s is told of with its place", async (_what, rows, complaint) => {
    expect(await complaints({ files: { "a.csv": `a,b\n${rows}` }, columns: ab })).toEqual([complaint]);
  });

  test("one delimiter more at the end of a line is no value", async () => {
    expect((await readRows({ files: { "a.csv": "a,b\n1,x,\n2,y\n" }, columns: ab })).rows).toHaveLength(2);
    expect(await complaints({ files: { "a.csv": "a,b\n1,x,,\n" }, columns: ab })).toHaveLength(1);
  });

  test("lines are counted over quoted line ends and empty lines", async () => {
    const csv = 'a,b\n1,"x\n\ny"\n\n2,z\nbad,"q\nr"\n"1.5",s\n';
    expect(await complaints({ files: { "a.csv": csv }, columns: ab })).toEqual([
      "a.csv:7:1 `bad` in column `a` is not an INT64",
      "a.csv:9:1 `1.5` in column `a` is not an INT64: it has decimals",
    ]);
  });

  test("columns of a place count UTF-16 units", async () => {
    expect(await complaints({ files: { "a.csv": "b,a\nå🙂,x\n" }, columns: ab })).toEqual([
      "a.csv:2:5 `x` in column `a` is not an INT64",
    ]);
  });

  test("bad values of one kind and column are told of once, of all files, and counted", async () => {
    const file = `a,b\n${"x,y\n".repeat(8)}1.5,y\n`;
    const files = { "1.csv": file, "2.csv": `${file}2.5,y\n3,y,z,w\n4,y,z,w\n` };
    expect(await complaints({ files, columns: ab, path: "*.csv" })).toEqual([
      "1.csv:2:1 `x` in column `a` is not an INT64 (and 15 more like it)",
      "1.csv:10:1 `1.5` in column `a` is not an INT64: it has decimals (and 2 more like it)",
      "2.csv:12:1 this line has 4 values, where 2 are expected (and 1 more like it)",
    ]);
  });

  test("ten kinds are told of, and the rest is counted", async () => {
    const names = Array.from({ length: 12 }, (_, i) => `c${i}`);
    const csv = `${names.join(",")}\n${names.map(() => "x").join(",")}\n`;
    const columns = Object.fromEntries(names.map((name) => [name, "INT64"]));
    await expect(readRows({ files: { "a.csv": csv }, columns })).rejects.toMatchObject({
      message: "[file] the files of source s have 12 problems; the first 10 are shown",
      problems: Array.from({ length: 10 }, () => expect.anything()),
    });
  });
});

describe("what is said of a bad value", () => {
  test.each<[type: string, text: string, message: RegExp, hint: RegExp]>([
    ["DATE", "2022-20-01", /`2022-20-01` in column `v` is not a DATE: there is no month 20/, /2022-01-20/],
    ["DATE", "2023-02-29", /month 02 of 2023 has no day 29/, /year, month, day/],
    ["DATE", "20.01.2022", /not a DATE$/, /strptime\(column, '%d\.%m\.%Y'\)/],
    ["DATE", "2022-01-20 13:00:00", /it has a time of day/, /DATETIME or TIMESTAMP/],
    ["INT64", "1.5", /it has decimals/, /FLOAT64 or NUMERIC/],
    ["INT64", "3.0", /it has decimals/, /pandas/],
    ["INT64", "1e3", /exponent/, /digits/],
    ["INT64", "99999999999999999999", /64 bits/, /NUMERIC/],
    ["INT64", "NA", /`NA` in column/, /nulls: \["NA"\]/],
    ["INT64", '""', /it is empty, and in quotes/, /nulls: \[""\]/],
    ["FLOAT64", '"1,5"', /it has a comma/, /decimal: ","/],
    ["FLOAT64", "1 234.5", /its digits are grouped/, /thousands/],
    ["NUMERIC", "1.0123456789", /more digits than fit/, /BIGNUMERIC/],
    ["BOOL", "ja", /not a BOOL/, /true or false/],
    ["DATETIME", "2022-01-20T13:00:00Z", /it has a time zone/, /TIMESTAMP/],
    ["TIMESTAMP", "1642683600000", /it is a number/, /epoch_ms/],
    ["BYTES", "æ", /not a BYTES/, /base64/],
    ["JSON", "{a:1}", /not a JSON/, /double quotes/],
    ["ARRAY<INT64>", "1;2", /not an ARRAY<INT64>/, /JSON that fits/],
    ["STRING(2)", "abc", /not a STRING\(2\): it is longer/, /more than 2/],
  ])("%s %s", async (type, text, message, hint) => {
    const [problem] = await problemsOfReading({ files: { "a.csv": `n,v\n1,${text}\n` }, columns: { v: type } });
    expect(problem?.message).toMatch(message);
    expect(problem?.hint).toMatch(hint);
  });

  test("outside target local nothing of the value is shown, and never of a sensitive column", async () => {
    const csv = "v,w\n1987-77-03,kari\nhemmelig,N/A\n";
    const problems = await problemsOfReading({
      files: { "a.csv": csv },
      columns: { v: "DATE", w: "INT64" },
      showValues: false,
    });
    expect(problems[0]?.message).toBe("a value of column `v` is not a DATE");
    expect(JSON.stringify(problems)).not.toMatch(/1987|77|03|hemmelig|kari|N\/A/);
  });

  test("long values are cut", async () => {
    const [problem] = await problemsOfReading({
      files: { "a.csv": `v\n${"x".repeat(5000)}\n` },
      columns: { v: "INT64" },
    });
    expect(problem?.message.length).toBeLessThan(120);
  });
});

describe("types that nobody declared", () => {
  test("are found out from every value", async () => {
    const csv =
      "id,amount,mixed,day,at,stamp,flag,kommune,text,empty,late\n" +
      "1,1.5,1,2022-01-20,2022-01-20 13:00:00,2022-01-20T13:00:00Z,true,0301,x,,1\n" +
      "2,2,2.5,2022-01-21,2022-01-20,2022-01-20 13:00:00,false,1103,5,,2\n" +
      ",,,,,,,,,,\n" +
      "-3,1e3,3,2022-01-22,2022-01-20 13:00,2022-01-20,TRUE,5001,,,x\n";
    const { rows, types } = await readRows({ files: { "a.csv": csv } });
    expect(types).toBe(
      "id INT64, amount FLOAT64, mixed FLOAT64, day DATE, at DATETIME, stamp TIMESTAMP, flag BOOL, kommune STRING, text STRING, empty STRING, late STRING",
    );
    expect(rows[0]).toMatchObject({ id: 1, mixed: 1, kommune: "0301", text: "x", late: "1" });
  });

  test("do not lose digits: long numbers stay integers or become text", async () => {
    const { types } = await readRows({
      files: { "a.csv": "a,b,c\n1234567890123456789,1234567890123456789,1.5\n1,1.5,1234567890123456789\n" },
    });
    expect(types).toBe("a INT64, b STRING, c STRING");
  });

  test("hold for all files; a column that the first has not is refused", async () => {
    expect((await readRows({ files: { "1.csv": "a\n1\n", "2.csv": "a\n1.5\n" }, path: "*.csv" })).types).toBe(
      "a FLOAT64",
    );
    expect(await complaints({ files: { "1.csv": "a\n1\n", "2.csv": "a,b\n1,2\n" }, path: "*.csv" })).toEqual([
      "2.csv:1 2.csv has columns that 1.csv has not: b",
    ]);
  });

  test("columns without a name are numbered", async () => {
    expect((await readRows({ files: { "a.csv": ",b\n0,x\n" } })).types).toBe("column1 INT64, b STRING");
    expect((await readRows({ files: { "a.csv": "1,x\n" }, header: false })).types).toBe(
      "column1 INT64, column2 STRING",
    );
  });

  test("follow the decimal sign", async () => {
    expect((await readRows({ files: { "a.csv": "a;b\n1,5;1.5\n" }, delimiter: ";", decimal: "," })).types).toBe(
      "a FLOAT64, b STRING",
    );
  });
});

describe("provenance", () => {
  test("adds the file and the number of the row in it", async () => {
    const files = { "data/1.csv": "a,b\n1,x\n2,y\n", "data/2.csv": "b,a\nz,3\n" };
    expect((await readRows({ files, columns: ab, path: "data/*.csv", provenance: true })).rows).toEqual([
      { a: 1, b: "x", _file: "data/1.csv", _row: 1 },
      { a: 2, b: "y", _file: "data/1.csv", _row: 2 },
      { a: 3, b: "z", _file: "data/2.csv", _row: 1 },
    ]);
  });

  test("numbers rows in the order of the file, however large", async () => {
    const csv = `a\n${Array.from({ length: 300_000 }, (_, i) => `${i + 1}\n`).join("")}`;
    await withReading({ files: { "a.csv": csv }, columns: { a: "INT64" }, provenance: true }, async ({ scan, db }) => {
      const sql = await scanSql(scan, db);
      expect(await db.query(`SELECT count(*) AS n, count(*) FILTER (a <> _row) AS wrong FROM (${sql})`)).toEqual([
        { n: 300_000, wrong: 0 },
      ]);
    });
  });

  test("may be declared, too", async () => {
    const columns = { ...ab, _file: "STRING", _row: "INT64" };
    expect((await readRows({ files: { "1.csv": "a,b\n1,x\n" }, columns, provenance: true })).rows).toEqual([
      { a: 1, b: "x", _file: "1.csv", _row: 1 },
    ]);
  });
});

describe("formats", () => {
  test.each([
    ["a.csv", "PK\x03\x04rest", "a.csv is a zip archive or an Excel workbook"],
    ["a.csv", Buffer.from([0x1f, 0x8b, 8, 0]), "a.csv is compressed (gzip)"],
    ["a.csv", "PAR1…", "a.csv is a Parquet file"],
    ["a.parquet", "a,b\n1,2\n", "[file] a.parquet is no Parquet file"],
    ["a.xlsx", "x", "[file] `.xlsx` says no format: a.xlsx"],
    ["a.csv.gz", "x", "[file] `.gz` says no format: a.csv.gz"],
    ["data", "x", "[file] the name of data says no format"],
    ["a.cvs", "x", "[file] `.cvs` says no format: a.cvs"],
  ])("%s", async (path, content, message) => {
    const problems = await problemsOfReading({ files: { [path]: content }, columns: ab });
    expect(problems.map((problem) => problem.message)).toEqual([message]);
  });

  test("are not mixed, but may be said", async () => {
    expect(await complaints({ files: { "1.csv": "a\n", "2.json": "[]" }, columns: ab, path: "*" })).toEqual([
      "[file] 1.csv and 2.json are of different formats",
    ]);
    expect((await readRows({ files: { "a.txt": "a,b\n1,x\n" }, columns: ab, format: "csv" })).rows).toEqual([
      { a: 1, b: "x" },
    ]);
  });
});
