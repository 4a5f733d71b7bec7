import { describe, expect, test } from "vitest";
import { findEncodingFault, safeCut, wholeCharacters } from "../../../../src/etl/connectors/file/encoding.ts";
import { guessEncoding } from "../../../../src/etl/connectors/file/guess-encoding.ts";
import { complaints, problemsOfReading, readRows } from "../../../support/read-rows.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");
const columns = { navn: "STRING" };

/** Text as it is after it was read in the wrong encoding, and written again as UTF-8. */
function mojibake(text: string): string {
  return new TextDecoder("windows-1252").decode(Buffer.from(text));
}

describe("a file that is not UTF-8", () => {
  test("is refused with its line, its probable encoding and the cure", async () => {
    const problems = await problemsOfReading({ files: { "a.csv": latin1("navn\nOle\nBlåbær\nØl\n") }, columns });
    expect(problems).toEqual([
      {
        severity: "error",
        rule: "encoding",
        message: "the file is not UTF-8, but probably windows-1252",
        hint: "Say `encoding: windows-1252`, or save the file as UTF-8.",
        where: { file: "a.csv", line: 3 },
      },
    ]);
  });

  test("is refused wherever in it the first such byte stands", async () => {
    const before = "navn\n" + "Blåbær og jordbær\n".repeat(80_000);
    for (const shift of [0, 1, 2, 3]) {
      const file = Buffer.concat([Buffer.from("x".repeat(shift) + before), latin1("Blå\n")]);
      expect(await complaints({ files: { "a.csv": file }, columns, header: false })).toEqual([
        "a.csv:80002 the file is not UTF-8, but probably windows-1252",
      ]);
    }
  });

  test.each([
    ["macintosh", [0x8c, 0xbe, 0xbf], "macintosh"],
    ["code page 865", [0x86, 0x91, 0x9b], "cp865"],
    ["windows-1252", [0xe5, 0xe6, 0xf8], "windows-1252"],
  ])("in %s is known by its letters", (_name, letters, guess) => {
    expect(guessEncoding(Uint8Array.from([0x61, ...letters, 0x62, ...letters]))?.name).toBe(guess);
  });

  test("of random bytes is not guessed at", () => {
    expect(guessEncoding(Uint8Array.from([0x81, 0x8d, 0x90, 0x9d, 0xd0, 0xde]))).toBeUndefined();
  });

  test("but UTF-16 is named, with a byte order mark and without", async () => {
    const text = "navn\nBlåbær\n";
    const withMark = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    expect(await complaints({ files: { "a.csv": withMark }, columns })).toEqual([
      "a.csv:1 the file is not UTF-8, but probably utf-16le",
    ]);
    expect(await complaints({ files: { "a.csv": Buffer.from("navn\nbar\n", "utf16le") }, columns })).toEqual([
      "a.csv:1 the file is not UTF-8, but probably utf-16le",
    ]);
  });

  test("a lone NUL byte is told of", async () => {
    expect(await complaints({ files: { "a.csv": "navn\nok\nx\0y\n" }, columns })).toEqual([
      "a.csv:3 a NUL byte stands in the text",
    ]);
  });
});

describe("mojibake", () => {
  test.each(["å", "ø", "æ", "Å", "Ø", "Æ", "é", "ö", "ü", "ß", "°", "§", "’", "–", "“"])(
    "of %s is refused with its line",
    async (letter) => {
      const [problem] = await problemsOfReading({ files: { "a.csv": `navn\nok\nx${mojibake(letter)}y\n` }, columns });
      expect([problem?.where, problem?.message]).toEqual([
        { file: "a.csv", line: 3 },
        "the text was UTF-8, was read as windows-1252, and was written as UTF-8 again (as `Ã¥` for `å`)",
      ]);
    },
  );

  test("is found wherever the reader's blocks end", () => {
    const bytes = Buffer.from(`aa${mojibake("å")}b`);
    for (let end = 1; end < bytes.length; end++) {
      const cut = safeCut(bytes.subarray(0, end));
      const faults = [bytes.subarray(0, cut), bytes.subarray(cut)].map(
        (part) => findEncodingFault(part, { mojibake: true })?.kind,
      );
      expect(faults).toContain("mojibake");
    }
  });

  test.each([
    "São João, NÃO, MAÇÃS",
    "Ångström Ærø Øst",
    "Âge et là",
    "€ 5 ‚x‘",
    "Слово Ѓ",
    "日本語 ガギグ",
    "Ã A",
    "naïve – “q”",
  ])("is not seen in %s", (text) => {
    expect(findEncodingFault(Buffer.from(text), { mojibake: true })).toBeUndefined();
  });

  test("is read as it stands where the encoding is said to be utf-8", async () => {
    const { rows } = await readRows({ files: { "a.csv": "navn\nÃ¥\n" }, columns, encoding: "utf-8" });
    expect(rows).toEqual([{ navn: "Ã¥" }]);
  });

  test("in a header is found before a column is missed", async () => {
    expect(await complaints({ files: { "a.csv": "Ã¥r\n2022\n" }, columns: { år: "INT64" } })).toEqual([
      "a.csv:1 the text was UTF-8, was read as windows-1252, and was written as UTF-8 again (as `Ã¥` for `å`)",
    ]);
  });
});

describe("a declared encoding", () => {
  test.each([
    ["windows-1252", latin1("navn\nBlåbær \x80\n"), "Blåbær €"],
    ["iso-8859-1", latin1("navn\nBlåbær\n"), "Blåbær"],
    ["iso-8859-15", latin1("navn\nBlåbær \xa4\n"), "Blåbær €"],
    ["utf-16le", Buffer.from("\ufeffnavn\nBlåbær\n", "utf16le"), "Blåbær"],
    ["macintosh", Buffer.from([...Buffer.from("navn\n"), 0x8c, 0xbe, 0xbf, 0x0a]), "åæø"],
  ])("%s is read through a converted copy", async (encoding, content, navn) => {
    const { rows, effects, scan } = await readRows({ files: { "a.csv": content }, columns, encoding });
    expect([rows, effects]).toEqual([[{ navn }], ["extract.convert"]]);
    expect(scan.files[0]?.shown).toBe("a.csv");
  });

  test("keeps the lines of the original for errors", async () => {
    const content = latin1("navn;antall\nBlåbær;1\nØl;x\n");
    expect(
      await complaints({
        files: { "a.csv": content },
        columns: { navn: "STRING", antall: "INT64" },
        encoding: "windows-1252",
        delimiter: ";",
      }),
    ).toEqual(["a.csv:3:4 `x` in column `antall` is not an INT64"]);
  });

  test("that no decoder has is refused with common ones", async () => {
    const [problem] = await problemsOfReading({ files: { "a.csv": "navn\n" }, columns, encoding: "windows-1525" });
    expect([problem?.message, problem?.hint]).toEqual([
      "[file] `encoding: windows-1525` is not known",
      expect.stringContaining("windows-1252"),
    ]);
  });

  test("is refused for a file that is UTF-8", async () => {
    expect(await complaints({ files: { "a.csv": "navn\nBlåbær\n" }, columns, encoding: "windows-1252" })).toEqual([
      "a.csv [file] a.csv is declared as windows-1252, but it is UTF-8",
    ]);
  });

  test("is refused for bytes that it does not have, with the line", async () => {
    const file = Buffer.concat([Buffer.from("navn\nok\n", "utf16le"), Buffer.from([0x00, 0xd8, 0x0a, 0x00])]);
    expect(await complaints({ files: { "a.csv": file }, columns, encoding: "utf-16le" })).toEqual([
      "a.csv:1 [file] a.csv is not utf-16le: at or after line 1 stand bytes that it does not have",
    ]);
  });
});

describe("a byte order mark", () => {
  test.each([
    ["a.csv", "\ufeffnavn\nx\n"],
    ["a.ndjson", '\ufeff{"navn":"x"}\n'],
    ["a.json", '\ufeff[{"navn":"x"}]'],
    ["a.yaml", "\ufeffnavn: x\n"],
  ])("in %s is no part of the text", async (path, text) => {
    expect((await readRows({ files: { [path]: text }, columns })).rows).toEqual([{ navn: "x" }]);
  });

  test("does not count in the place of an error", async () => {
    expect(await complaints({ files: { "a.csv": "\ufeffn\nx\n" }, columns: { n: "INT64" } })).toEqual([
      "a.csv:2:1 `x` in column `n` is not an INT64",
    ]);
  });
});

test("whole characters are told from a cut one", () => {
  const bytes = Buffer.from("aå€🙂");
  expect(Array.from({ length: bytes.length + 1 }, (_, i) => wholeCharacters(bytes.subarray(0, i)))).toEqual([
    0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10,
  ]);
});
