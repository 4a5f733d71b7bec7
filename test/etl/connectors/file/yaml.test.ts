import { describe, expect, test } from "vitest";
import { complaints, problemsOfReading, readRows } from "../../../support/read-rows.ts";

const song = { tittel: "STRING", år: "INT64", vers: "ARRAY<STRING>" };

describe("YAML documents", () => {
  test("are rows: several in a file, and a file for each", async () => {
    const files = {
      "sanger/a.yaml": "tittel: Måne\når: 1990\nvers:\n  - en\n  - to\n",
      "sanger/b.yml": "tittel: Sol\n---\n# nothing but a comment\ntittel: Vind\nvers: []\n...\n---\n",
      "sanger/c.yaml": "- tittel: Regn\n- { tittel: Snø, år: 2001, ekstra: 1 }\n",
    };
    const { rows, effects } = await readRows({ files, columns: song, path: "sanger/*.y*ml", provenance: true });
    expect(rows).toEqual([
      { tittel: "Måne", år: 1990, vers: ["en", "to"], _file: "sanger/a.yaml", _row: 1 },
      { tittel: "Sol", år: null, vers: null, _file: "sanger/b.yml", _row: 1 },
      { tittel: "Vind", år: null, vers: [], _file: "sanger/b.yml", _row: 2 },
      { tittel: "Regn", år: null, vers: null, _file: "sanger/c.yaml", _row: 1 },
      { tittel: "Snø", år: 2001, vers: null, _file: "sanger/c.yaml", _row: 2 },
    ]);
    expect(effects).toEqual(["extract.convert"]);
  });

  test("keep what numbers are written as", async () => {
    const yaml =
      "kommune: 0301\nversjon: 1.10\npris: 12345678901234567.123456789\nheks: 0x1F\ntall: 7\nuendelig: .inf\ndato: 2022-01-20\nnei: no\n";
    const columns = {
      kommune: "STRING",
      versjon: "STRING",
      pris: "NUMERIC",
      heks: "INT64",
      tall: "STRING",
      uendelig: "FLOAT64",
      dato: "DATE",
      nei: "STRING",
    };
    expect((await readRows({ files: { "a.yaml": yaml }, columns })).rows).toEqual([
      {
        kommune: "0301",
        versjon: "1.10",
        pris: "12345678901234567.123456789",
        heks: 31,
        tall: "7",
        uendelig: Infinity,
        dato: "2022-01-20",
        nei: "no",
      },
    ]);
  });

  test("may use anchors and merge keys", async () => {
    const yaml = "- &base { a: 1, b: x }\n- { <<: *base, b: y }\n";
    expect((await readRows({ files: { "a.yaml": yaml }, columns: { a: "INT64", b: "STRING" } })).rows).toEqual([
      { a: 1, b: "x" },
      { a: 1, b: "y" },
    ]);
  });

  test("whose columns nobody declared have theirs found out", async () => {
    expect(
      (await readRows({ files: { "a.yaml": "a: 1\nb: x\nc: { d: 1.5 }\n---\na: 2\ne: [true]\n" }, provenance: true }))
        .types,
    ).toBe("a INT64, b STRING, c STRUCT<d FLOAT64>, _file STRING, _row INT64, e ARRAY<BOOL>");
  });
});

describe("what is wrong with YAML", () => {
  test("is told of with file, line and column, for all files at once", async () => {
    const files = {
      "1.yaml": "tittel: x\når: nitten\n",
      "2.yaml": "tittel: 'x\n",
      "3.yaml": "# empty\n",
      "4.yaml": "- tittel: x\n- bare tekst\n-\n    tittel: y\n    vers:\n      - a\n      - { b: 1 }\n",
    };
    const problems = await problemsOfReading({ files, columns: song, path: "*.yaml" });
    expect(problems.map(({ message, where }) => [`${where?.file}:${where?.line}:${where?.column}`, message])).toEqual([
      ["1.yaml:2:5", "`nitten` in column `år` is not an INT64"],
      ["2.yaml:2:1", expect.stringContaining("not valid YAML")],
      ["3.yaml:undefined:undefined", "the file has no document"],
      ["4.yaml:2:3", "this is no map of keys and values"],
      ["4.yaml:6:7", expect.stringContaining("in column `vers` is not a STRING")],
    ]);
  });

  test("a misspelt key is pointed at", async () => {
    expect(await complaints({ files: { "a.yaml": "titel: x\n" }, columns: { tittel: "STRING" } })).toEqual([
      "a.yaml no object has the declared column `tittel`",
    ]);
  });

  test("an alias that multiplies without end is refused", async () => {
    const bomb =
      "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n";
    expect(await complaints({ files: { "a.yaml": bomb }, columns: { d: "JSON" } })).toEqual([
      expect.stringContaining("a.yaml:1:1 not valid YAML"),
    ]);
  });

  test("another encoding is named", async () => {
    expect(await complaints({ files: { "a.yaml": Buffer.from("tittel: Blå\n", "latin1") }, columns: song })).toEqual([
      "a.yaml:1 the file is not UTF-8, but probably windows-1252",
    ]);
  });
});
