/** What the verification lets pass, the engine reads: the same cells, in as many records. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CsvFormat } from "../../../../src/etl/connectors/connector.ts";
import { padding } from "../../../../src/etl/connectors/file/four-bytes.ts";
import { readFirstRecord } from "../../../../src/etl/connectors/file/csv-header.ts";
import { quickKind, type QuickPlan } from "../../../../src/etl/connectors/file/csv-quick.ts";
import { CsvRecords } from "../../../../src/etl/connectors/file/csv-records.ts";
import type { Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { scanSql } from "../../../../src/etl/engine/duckdb/scan.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";
import { generator } from "../../../support/random.ts";
import { columnsOf, openEngine } from "../../../support/read-rows.ts";

let folder: Folder;
let db: Database;
beforeAll(async () => {
  folder = await makeFolder();
  db = await openEngine(folder.path);
});
afterAll(async () => {
  db.close();
  await folder.remove();
});

const csv: CsvFormat = { delimiter: ",", quote: '"', decimal: ".", header: false, nulls: [""], quotedNulls: false };

const endingOf = (text: string) => readFirstRecord(text, csv, true)!.lineEnding;

/** Cells as the scanner takes them apart. With `chunk`, it is given so many bytes more at a time. */
function takeApart(text: string, columns: number, chunk = text.length + 1) {
  const kinds = new Uint8Array(columns).fill(quickKind.other);
  const plan: QuickPlan = {
    kinds,
    decimals: [],
    digits: 18,
    delimiter: csv.delimiter.charCodeAt(0),
    carriageReturn: endingOf(text) === "\r\n",
  };
  const told: { column: number; text: string; line: number }[] = [];
  const faults: string[] = [];
  let isDone = false;
  const records: CsvRecords = new CsvRecords({
    format: csv,
    plan,
    lineEnding: endingOf(text),
    onCell: ({ column, text: cell }) => told.push({ column, text: cell, line: records.line }),
    onFault({ message, fatal }) {
      faults.push(message);
      isDone ||= fatal;
    },
  });
  const whole = Buffer.from(text);
  let start = 0;
  for (let end = Math.min(chunk, whole.length); ; end = Math.min(end + chunk, whole.length)) {
    const last = end === whole.length;
    const bytes = Buffer.concat([whole.subarray(start, end), Buffer.alloc(padding)]);
    start += records.scan(bytes, 0, end - start, last);
    if (last || isDone) break;
  }
  return { told, faults, count: records.count };
}

async function readByEngine(text: string, columns: number, isLarge: boolean): Promise<(string | null)[][] | undefined> {
  const path = join(folder.path, "fuzz.csv");
  await writeFile(path, text);
  const names = Array.from({ length: columns }, (_, i) => `c${i}`);
  const sql = await scanSql(
    {
      kind: "files",
      source: "s",
      format: "csv",
      files: [{ path, shown: path, name: path, columns: names, lineEnding: endingOf(text) }],
      columns: columnsOf(Object.fromEntries(names.map((name) => [name, "STRING"]))),
      csv,
      provenance: false,
      verified: Promise.resolve({ rows: undefined }),
      stop: () => {},
    },
    db,
    { isLarge },
  );
  const rows = await db.query(sql).catch(() => undefined);
  return rows?.map((row) => names.map((name) => row[name] as string | null));
}

const pieces = ["a", "b", "å", "1", ",", ",", ",", "\n", "\n", '"', '"', '""', " ", "\r\n", '"x"', '"q,\nr"'];
const cells = ["", "a", "12", "å b", " a", "a ", '5" pipe', '""', '"a"', '"a""b"', '"a,b"', '"a\nb"', '"a\r\nb"'];

type Random = () => number;
const oneOf = (random: Random, from: string[]) => from[Math.floor(random() * from.length)]!;

/** Anything. */
function anyText(random: Random): string {
  return Array.from({ length: 1 + Math.floor(random() * 14) }, () => oneOf(random, pieces)).join("");
}

/** Records that are nearly always right. */
function records(random: Random, columns: number): string {
  const ending = oneOf(random, ["\n", "\r\n"]);
  const count = () => (random() < 0.02 ? columns + 1 : columns);
  const record = () => Array.from({ length: count() }, () => oneOf(random, cells)).join(",");
  const lines = Array.from({ length: 1 + Math.floor(random() * 5) }, () => (random() < 0.05 ? "" : record()));
  return lines.join(ending) + (random() < 0.7 ? ending : "");
}

function plainLines(columns: number, ending: string): string {
  return `${ending}${Array.from({ length: columns }, () => "plain").join(",")}`.repeat(20);
}

const rounds = Number(process.env["FUZZ_ROUNDS"] ?? 500);

describe("the records of random CSV", () => {
  test.each([1, 2, 3])("of %i columns are those that the engine reads, wherever the bytes are cut", async (columns) => {
    const random = generator(columns);
    let accepted = 0;
    for (let i = 0; i < rounds; i++) {
      const isLarge = i % 4 > 1;
      const some = i % 2 === 0 ? anyText(random) : records(random, columns);
      // What is looked into has more than a few odd lines.
      const text = isLarge ? `${some}${plainLines(columns, endingOf(some))}` : some;
      const ours = takeApart(text, columns);
      for (const chunk of [1, 2, 5]) expect({ text, ...takeApart(text, columns, chunk) }).toEqual({ text, ...ours });
      if (ours.faults.length > 0 || text.length === 0) continue;
      accepted++;
      const theirs = await readByEngine(text, columns, isLarge);
      const read = theirs
        ?.flatMap((row) => row.map((cell, column) => ({ column, text: cell })))
        .filter(({ text: cell }) => cell !== null);
      const told = ours.told.map(({ column, text: cell }) => ({ column, text: cell }));
      expect({ text, rows: theirs?.length, cells: read }).toEqual({ text, rows: ours.count, cells: told });
    }
    expect(accepted).toBeGreaterThan(rounds / 4);
  });
});
