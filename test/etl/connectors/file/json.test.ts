import { describe, expect, test } from "vitest";
import { complaints, problemsOfReading, readRows } from "../../../support/read-rows.ts";

const ab = { a: "INT64", b: "STRING" };
const two = [
  { a: 1, b: "x" },
  { a: 2, b: null },
];

describe("objects", () => {
  test.each([
    ["a.ndjson", '{"a":1,"b":"x","c":[]}\n\n{"a":2}\n'],
    ["a.jsonl", '{"b":"x","a":1}\r\n{"a":2,"b":null}'],
    ["a.json", '[{"a":1,"b":"x"},\n {"a":2}]'],
    ["a.json", ' [ {"a" : 1 , "b" : "x" } , { "a" : 2 } ] \n'],
    ["a.json", '{"a":1,"b":"x"}\n{"a":\n2}'],
    ["a.json", '{"a":1,"b":"x"}{"a":2}'],
  ])("of %s are rows; absent keys are NULL, others are left out", async (path, text) => {
    const { rows, types } = await readRows({ files: { [path]: text }, columns: ab });
    expect([rows, types]).toEqual([two, "a INT64, b STRING"]);
  });

  test("may be none", async () => {
    for (const [path, text] of [
      ["a.ndjson", ""],
      ["a.ndjson", "\n"],
      ["a.json", "[]"],
      ["a.json", " [ ]\n"],
    ] as const) {
      const { rows, types } = await readRows({ files: { [path]: text }, columns: ab });
      expect([path, text, rows, types]).toEqual([path, text, [], "a INT64, b STRING"]);
    }
    expect(await complaints({ files: { "a.json": "" }, columns: ab })).toEqual(["a.json a.json is empty"]);
  });

  test("of several files and layouts are read together, with their places", async () => {
    const files = { "1.json": '[{"a":1,"b":"x"}]', "2.json": '{"a":2}', "3.json": '[{"a":3},{"a":4}]' };
    expect((await readRows({ files, columns: { a: "INT64" }, path: "*.json", provenance: true })).rows).toEqual([
      { a: 1, _file: "1.json", _row: 1 },
      { a: 2, _file: "2.json", _row: 1 },
      { a: 3, _file: "3.json", _row: 1 },
      { a: 4, _file: "3.json", _row: 2 },
    ]);
  });

  test("may have keys with escapes and letters beyond ASCII", async () => {
    const { rows } = await readRows({
      files: { "a.ndjson": '{"\\u00e5r":1,"a \\"b\\"":"x"}\n' },
      columns: { år: "INT64", 'a "b"': "STRING" },
    });
    expect(rows).toEqual([{ år: 1, 'a "b"': "x" }]);
  });
});

describe("values", () => {
  test.each<[type: string, ...values: [json: string, value: unknown][]]>([
    [
      "INT64",
      ["9223372036854775807", 9223372036854775807n],
      ['"-9223372036854775808"', -9223372036854775808n],
      ["-0", 0],
      ["null", null],
    ],
    [
      "FLOAT64",
      ["1.5", 1.5],
      ["3", 3],
      ["NaN", Number.NaN],
      ['"Infinity"', Infinity],
      ["-Infinity", -Infinity],
      ["1e-7", 1e-7],
    ],
    [
      "NUMERIC",
      ["1.10", "1.100000000"],
      ["12345678901234.5", "12345678901234.500000000"],
      ["0.00001", "0.000010000"],
      ['"12345678901234567890.123456789"', "12345678901234567890.123456789"],
      ["12345678901234567890123", "12345678901234567890123.000000000"],
    ],
    ["BIGNUMERIC", ['"1.50"', "1.50"], ["12345678901234567890123", "12345678901234567890123"], ["1.5", "1.5"]],
    ["BOOL", ["true", true], ['"false"', false]],
    ["DATE", ['"2022-01-20"', "2022-01-20"]],
    ["DATETIME", ['"2022-01-20T13:00:00"', "2022-01-20 13:00:00"]],
    ["TIME", ['"13:00"', "13:00:00"]],
    [
      "TIMESTAMP",
      ['"2022-01-20T13:00:00+01:00"', "2022-01-20 12:00:00+00"],
      ['"2022-01-20 13:00:00"', "2022-01-20 13:00:00+00"],
    ],
    ["STRING", ['"å"', "å"], ["12", "12"], ["1.5", "1.5"], ["true", "true"], ['"\\ud83d\\ude42\\n"', "🙂\n"]],
    ["BYTES", ['"aGVp"', "aGVp"]],
    ["JSON", ['{"x":[1,2.5]}', '{"x":[1,2.5]}'], ['"x"', '"x"'], ["0.1", "0.1"]],
    ["ARRAY<INT64>", ["[1,2]", [1, 2]], ["[]", []], ["null", null]],
    [
      "STRUCT<x NUMERIC, y ARRAY<STRUCT<z DATE>>>",
      ['{"x":1.5,"y":[{"z":"2022-01-20"}],"q":0}', { x: "1.500000000", y: [{ z: "2022-01-20" }] }],
      ["{}", { x: null, y: null }],
    ],
  ])("of %s are read as they are written", async (type, ...values) => {
    const ndjson = values.map(([json]) => `{"v":${json}}\n`).join("");
    const { rows } = await readRows({ files: { "a.ndjson": ndjson }, columns: { v: type } });
    expect(rows.map((row) => row["v"])).toEqual(values.map(([, value]) => value));
  });

  test.each<[type: string, ...values: string[]]>([
    ["INT64", "1.5", "1.0", "1e3", "9223372036854775808", "true", '"x"', "[1]", "{}", '""', "NaN"],
    ["FLOAT64", '"1,5"', "1e400", "true", '"one"'],
    ["NUMERIC", "1234567.1234567890", "12345678901.123456", "1e3", "NaN", '"1e3"'],
    ["BIGNUMERIC", "1.10", "0.00001", "12345678901234.5678"],
    ["BOOL", "1", '"ja"'],
    ["DATE", '"2022-20-01"', "20220120", '"2022-01-20T00:00:00"'],
    ["TIMESTAMP", "1642683600", '"2022-01-20T13:00Z"'],
    ["STRING", "1.10", "1e2", "{}", "[]", "NaN"],
    ["STRING(2)", '"abc"', "true", "123"],
    ["BYTES", '"æ"', "1"],
    ["JSON", "0.12345678901234567890"],
    ["ARRAY<INT64>", "1", '"[1]"', "{}", "[1.5]", "[[1]]"],
    ["STRUCT<x INT64>", "[]", '"{}"', '{"x":1.5}'],
  ])("of %s are refused where the engine would change them", async (type, ...values) => {
    for (const value of values) {
      const found = await complaints({
        files: { "a.ndjson": `{"v":null}\n{"n":1,"v":${value}}\n` },
        columns: { v: type },
      });
      expect([value, found.length, found[0]?.slice(0, 14)]).toEqual([
        value,
        1,
        expect.stringMatching(/^a\.ndjson:2:1[2-9]/),
      ]);
    }
  });

  test("that lose digits as a number are to be put in quotes", async () => {
    const [problem] = await problemsOfReading({
      files: { "a.ndjson": '{"v":1234567.1234567890}\n' },
      columns: { v: "NUMERIC" },
    });
    expect([problem?.message, problem?.hint]).toEqual([
      "`1234567.1234567890` in column `v` is not a NUMERIC",
      "Put it in quotes: JSON's numbers are read as FLOAT64, and lose what it cannot hold.",
    ]);
  });

  test("are not shown outside target local", async () => {
    const problems = await problemsOfReading({
      files: { "a.ndjson": '{"v":"hemmelig"}\n{"v":4711.5}\n{"v":{"x":"kari"}}\n' },
      columns: { v: "INT64" },
      showValues: false,
    });
    expect(problems.map(({ message }) => message)).toEqual([
      "a value of column `v` is not an INT64 (and 1 more like it)",
      "a value of column `v` is not an INT64",
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/hemmelig|4711|kari/);
  });
});

describe("what is no JSON", () => {
  test.each([
    [
      "a.ndjson",
      '{"a":1}\n{"a":}\n{"a":2',
      [
        "a.ndjson:2:6 this line is not valid JSON: this is no value",
        "a.ndjson:3:7 this line is not valid JSON: it ends in the middle",
      ],
    ],
    ["a.ndjson", '{"a":1} {"a":2}\n', ["a.ndjson:1:9 this line is not valid JSON: something stands behind the object"]],
    ["a.ndjson", "[1]\nnull\n", ["a.ndjson:1:1 this line is not valid JSON: this is no object (and 1 more like it)"]],
    ["a.ndjson", '{"a":1,"a":2}\n', ["a.ndjson:1:8 this line is not valid JSON: the key `a` stands twice"]],
    [
      "a.ndjson",
      '{"b":"\\ud800"}\n',
      ["a.ndjson:1:7 this line is not valid JSON: half of a surrogate pair is missing"],
    ],
    [
      "a.ndjson",
      '{"b":"\\x"}\n',
      ["a.ndjson:1:7 this line is not valid JSON: a backslash begins nothing that JSON knows"],
    ],
    ["a.ndjson", '{"a":01}\n', ["a.ndjson:1:6 this line is not valid JSON: a number begins with 0"]],
    ["a.json", '[{"a":1},\n{"a":2},]', ["a.json:2:9 object 3 is not valid JSON: this is no object"]],
    ["a.json", '[{"a":1}\n{"a":2}]', ["a.json:2:1 object 2 is not valid JSON: a comma or ] is missing"]],
    ["a.json", '[{"a":1}', ["a.json:1:9 object 2 is not valid JSON: the array is not closed"]],
    ["a.json", '[{"a":1}] x', ["a.json:1:11 object 2 is not valid JSON: something stands behind the array"]],
    ["a.json", "[1]", ["a.json:1:2 object 1 is not valid JSON: this is no object"]],
    ["a.json", '{"a":1}\n{"a":\n\n]}', ["a.json:4:1 object 2 is not valid JSON: this is no value"]],
    ["a.json", '[{"a":"x\ny"}]', ["a.json:1:7 object 1 is not valid JSON: a string is not closed"]],
  ])("%s %j is told of with its place", async (path, text, expected) => {
    expect(await complaints({ files: { [path]: text }, columns: ab })).toEqual(expected);
  });

  test("places on one long line are right over blocks of the file", async () => {
    const objects = Array.from({ length: 60_000 }, (_, i) => `{"a":${i},"b":"å🙂"}`);
    objects[59_990] = '{"a":1.5}';
    const text = `[${objects.join(",")}]`;
    expect(await complaints({ files: { "a.json": text }, columns: ab })).toEqual([
      `a.json:1:${text.indexOf("1.5") + 1} \`1.5\` in column \`a\` is not an INT64: it has decimals`,
    ]);
  });

  test("an array's places are right over blocks of the file", async () => {
    const objects = Array.from({ length: 60_000 }, (_, i) => `{"a":${i},"b":"${"x".repeat(20)}"}`);
    objects[59_990] = '{"a":1.5}';
    expect(await complaints({ files: { "a.json": `[\n${objects.join(",\n")}\n]` }, columns: ab })).toEqual([
      "a.json:59992:6 `1.5` in column `a` is not an INT64: it has decimals",
    ]);
  });
});

describe("a declared column", () => {
  test("that no object has, beside a key nearly of its name, is a slip", async () => {
    const [problem] = await problemsOfReading({ files: { "a.ndjson": '{"nvan":"x"}\n' }, columns: { navn: "STRING" } });
    expect([problem?.message, problem?.hint]).toEqual([
      "no object has the declared column `navn`",
      "Did you mean `nvan`? If that is another column, declare it, too.",
    ]);
    expect(
      await complaints({ files: { "a.ndjson": '{"nvan":"x"}\n' }, columns: { navn: "STRING", nvan: "STRING" } }),
    ).toEqual([]);
  });

  test("that is not there tonight is NULL", async () => {
    expect(
      (await readRows({ files: { "a.ndjson": '{"a":1}\n' }, columns: { a: "INT64", error_message: "STRING" } })).rows,
    ).toEqual([{ a: 1, error_message: null }]);
  });
});

describe("types that nobody declared", () => {
  test("are found out from every object", async () => {
    const ndjson = [
      '{"id":1,"f":1,"d":"2022-01-20","t":"2022-01-20","s":"x","b":true,"l":[1],"o":{"x":null},"m":1,"big":1}',
      '{"id":2,"f":1.5,"d":"2022-01-21","t":"2022-01-20T13:00:00Z","s":"2022-01-20","b":null,"l":[],"o":{"y":"q"},"m":"x","big":12345678901234567890}',
      '{"late":[{"a":1},{"b":[1.5]}],"none":null}',
    ].join("\n");
    const { rows, types } = await readRows({ files: { "a.ndjson": ndjson } });
    expect(types).toBe(
      "id INT64, f FLOAT64, d DATE, t TIMESTAMP, s STRING, b BOOL, l ARRAY<INT64>, o STRUCT<x STRING, y STRING>, m JSON, big JSON, late ARRAY<STRUCT<a INT64, b ARRAY<FLOAT64>>>, none STRING",
    );
    expect(rows[2]).toMatchObject({
      id: null,
      late: [
        { a: 1, b: null },
        { a: null, b: [1.5] },
      ],
    });
    expect(rows[1]).toMatchObject({ m: '"x"', big: "12345678901234567890" });
  });

  test("tell 1.0 from 1", async () => {
    expect((await readRows({ files: { "a.ndjson": '{"a":1}\n{"a":1.0}\n' } })).types).toBe("a FLOAT64");
  });
});
