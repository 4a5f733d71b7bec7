/** A CSV file's records, against the columns that are declared; or these columns' types, found out on the way. */
import type { Columns } from "../../../spec/column.ts";
import type { Type } from "../../../spec/type.ts";
import type { Where } from "../../../util/error.ts";
import type { CsvFormat, LineEnding } from "../connector.ts";
import { describeCell } from "./cell-problem.ts";
import { cellFits, decimalShape, quickKindOf } from "./csv-cell.ts";
import { columnIndex } from "./csv-header.ts";
import { exactDigits, widen, type Inferred } from "./csv-infer.ts";
import type { QuickPlan } from "./csv-quick.ts";
import { createCsvRecords, type CsvCell } from "./csv-records.ts";
import type { Findings } from "./findings.ts";
import type { RecordScanner } from "./scan-text.ts";

/** The engine's reader takes lines of this many bytes, as long as it is not told to keep larger buffers. */
export const longestCsvRecord = 2_000_000;

/** Integers of this many digits fit into 64 bits whatever they are. */
const safeDigits = 18;

export interface CsvScanner extends RecordScanner {
  rows(): number;
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

/** What is asked of a column of a file. */
export interface AskedColumn {
  /** The name it is declared by. */
  name: string;
  type: Type;
}

export interface CellJudge {
  /** What is asked of the file's columns; undefined where it is nothing. */
  asked(names: string[]): (AskedColumn | undefined)[];
  /** Most digits of an integer that is not told of. */
  digits: number;
  /** @returns what to say if the value is none of its column's type; `wider` if what is asked has changed */
  judge(column: AskedColumn, text: string): { message: string; hint: string } | "wider" | undefined;
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
  const plan: QuickPlan = {
    kinds: new Uint8Array(names.length),
    decimals: [],
    digits: judge.digits,
    delimiter: format.delimiter.charCodeAt(0),
    carriageReturn: lineEnding === "\r\n",
  };
  let asked: (AskedColumn | undefined)[] = [];
  const ask = () => {
    asked = judge.asked(names);
    plan.kinds.set(asked.map((column) => quickKindOf(column?.type)));
    plan.decimals = asked.map((column) => decimalShape(column?.type, format.decimal));
  };
  ask();

  const records = createCsvRecords({
    format,
    plan,
    lineEnding,
    firstLine,
    onCell(cell) {
      if (isNull(cell, format)) return;
      const column = asked[cell.column];
      const verdict = column && judge.judge(column, cell.text);
      if (verdict === "wider") ask();
      else if (verdict) add(verdict, "value", cell.start);
    },
    onFault({ message, hint, at, fatal }) {
      add({ message, hint }, "csv", at);
      isDone ||= fatal;
    },
  });

  function add(problem: { message: string; hint: string }, rule: string, at: number): void {
    findings.add(() => ({ severity: "error", rule, ...problem, where: placeOf(at) }));
    isDone ||= findings.isFull();
  }

  function placeOf(at: number): Where {
    const before = bytes.toString("utf8", records.recordStart(), at);
    const lines = before.split("\n");
    return { file: shown, line: records.line() + lines.length - 1, column: lines.at(-1)!.length + 1 };
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
        where: { file: shown, line: records.line() },
      }));
    },
    isDone: () => isDone,
    rows: () => records.count(),
  };
}

/** Declared nulls count without quotes; in quotes only where the empty text is declared, too. */
function isNull({ text, quoted }: CsvCell, { nulls, quotedNulls }: CsvFormat): boolean {
  return nulls.includes(text) && (!quoted || quotedNulls);
}

interface Declared {
  columns: Columns;
  format: CsvFormat;
  showValues: boolean;
}

/** Holds a file's values against declared types. */
export function judgeDeclared({ columns, format: { decimal }, showValues }: Declared): CellJudge {
  return {
    digits: safeDigits,
    asked(names) {
      const asked = names.map((): AskedColumn | undefined => undefined);
      for (const [name, { type }] of Object.entries(columns)) asked[columnIndex(name, names)] = { name, type };
      return asked;
    },
    judge({ name, type }, text) {
      if (cellFits(text, type, decimal)) return undefined;
      return describeCell({ column: name, type, text, decimal, show: showValues && !columns[name]!.sensitive });
    },
  };
}

export interface InferringJudge extends CellJudge {
  /** The columns as they are after all files. */
  columns(): Columns;
}

/** Finds out the types of all columns. No value is a problem: its column becomes wider. */
export function judgeInferred(names: string[], { decimal }: CsvFormat): InferringJudge {
  const kinds = new Map<string, Inferred | undefined>(names.map((name) => [name, undefined]));
  const hasLongIntegers = new Set<string>();
  const askedOf = (name: string): AskedColumn | undefined => {
    const kind = kinds.get(name);
    // Before its first value, a column must tell of each.
    return kind === "STRING" ? undefined : { name, type: { kind: kind ?? "BOOL" } };
  };
  return {
    digits: exactDigits,
    asked: (found) => found.map(askedOf),
    judge({ name }, text) {
      const known = kinds.get(name);
      const next = widen(known, text, decimal);
      if (next === "INT64" && text.replace("-", "").length > exactDigits) hasLongIntegers.add(name);
      kinds.set(name, next === "FLOAT64" && hasLongIntegers.has(name) ? "STRING" : next);
      return kinds.get(name) === known ? undefined : "wider";
    },
    columns: () => Object.fromEntries(names.map((name) => [name, { type: { kind: kinds.get(name) ?? "STRING" } }])),
  };
}
