/** A CSV file's records, against the columns that are declared; or these columns' types, found out on the way. */
import type { Where } from "../../../util/error.ts";
import type { CsvFormat, LineEnding } from "../connector.ts";
import { decimalShape, quickKindOf } from "./csv-cell.ts";
import type { AskedColumn, CellJudge } from "./csv-judge.ts";
import { quickKind, type QuickPlan } from "./csv-quick.ts";
import { CsvRecords, type CsvCell } from "./csv-records.ts";
import type { Findings } from "./findings.ts";
import { padding } from "./four-bytes.ts";
import type { RecordScanner } from "./scan-text.ts";

/** The engine's reader takes lines of this many bytes, as long as it is not told to keep larger buffers. */
export const longestCsvRecord = 2_000_000;

export interface CsvScanner extends RecordScanner {
  rows(): number;
  /** Whether a line ended inside quotes. */
  hasInnerLines(): boolean;
}

interface ScanCsv {
  /** Names of the file's columns, in its order. */
  names: string[];
  format: CsvFormat;
  shown: string;
  lineEnding: LineEnding;
  /** Line of the first record behind the header. */
  firstLine: number;
  findings: Findings;
  /** Told of each value whose bytes do not settle that it is one of its column's type. */
  judge: CellJudge;
}

export function createCsvScanner({
  names,
  format,
  shown,
  lineEnding,
  firstLine,
  findings,
  judge,
}: ScanCsv): CsvScanner {
  let bytes: Buffer = Buffer.alloc(0);
  let isDone = false;
  const plan = { ...planOf(names.length, format, lineEnding), digits: judge.digits };
  let asked: (AskedColumn | undefined)[] = [];
  const ask = () => {
    asked = judge.asked(names);
    plan.kinds.set(asked.map((column) => quickKindOf(column?.type)));
    plan.decimals = asked.map((column) => decimalShape(column?.type, format.decimal));
  };
  ask();

  const records: CsvRecords = new CsvRecords({
    format,
    plan,
    lineEnding,
    firstLine,
    onCell(cell) {
      if (isNull(cell, format)) return;
      const column = asked[cell.column];
      const verdict = column && judge.judge(column, cell.text);
      if (verdict === "wider") ask();
      else if (verdict) add(verdict, "value", cell.start, `${column.name} ${verdict.hint}`);
    },
    onFault({ message, hint, at, fatal }) {
      add({ message, hint }, "csv", at, message);
      isDone ||= fatal;
    },
  });

  function add(problem: { message: string; hint: string }, rule: string, at: number, like: string): void {
    findings.add(() => ({ severity: "error", rule, ...problem, where: placeOf(at) }), like);
    isDone ||= findings.isFull();
  }

  function placeOf(at: number): Where {
    const before = bytes.toString("utf8", records.recordStart, at);
    const lines = before.split("\n");
    return { file: shown, line: records.line + lines.length - 1, column: lines.at(-1)!.length + 1 };
  }

  return {
    scan(buffer, start, end, last) {
      bytes = buffer;
      return records.scan(buffer, start, end, last);
    },
    tooLong() {
      const hint = "A quote that is opened and not closed makes one value of all that follows.";
      findings.add(() => ({
        severity: "error",
        rule: "csv",
        message: `the record that begins here is longer than ${longestCsvRecord.toLocaleString("en")} bytes`,
        hint,
        where: { file: shown, line: records.line },
      }));
    },
    isDone: () => isDone,
    rows: () => records.count,
    hasInnerLines: () => records.hasInnerLines,
  };
}

interface InnerLines {
  text: string;
  columns: number;
  format: CsvFormat;
  lineEnding: LineEnding;
}

/** Whether a line ends inside quotes in the beginning of a file. */
export function hasInnerLines({ text, columns, format, lineEnding }: InnerLines): boolean {
  const plan = { ...planOf(columns, format, lineEnding), kinds: new Uint8Array(columns).fill(quickKind.text) };
  const records = new CsvRecords({ format, lineEnding, plan, onCell: () => {}, onFault: () => {} });
  const bytes = Buffer.from(text + " ".repeat(padding));
  records.scan(bytes, 0, bytes.length - padding, false);
  return records.hasInnerLines;
}

function planOf(columns: number, { delimiter }: CsvFormat, lineEnding: LineEnding): QuickPlan {
  return {
    kinds: new Uint8Array(columns),
    decimals: [],
    digits: 0,
    delimiter: delimiter.charCodeAt(0),
    carriageReturn: lineEnding === "\r\n",
  };
}

/** Declared nulls count without quotes; in quotes only where the empty text is declared, too. */
function isNull({ text, quoted }: CsvCell, { nulls, quotedNulls }: CsvFormat): boolean {
  return nulls.includes(text) && (!quoted || quotedNulls);
}
