/** What the cells of a CSV file are held against: declared types, or types that are found out on the way. */
import type { Columns } from "../../../spec/column.ts";
import type { Type } from "../../../spec/type.ts";
import type { CsvFormat } from "../connector.ts";
import { describeCell } from "./cell-problem.ts";
import { cellFits } from "./csv-cell.ts";
import { columnIndex } from "./csv-header.ts";
import { exactDigits, widen, type Inferred } from "./csv-infer.ts";

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

/** Integers of this many digits fit into 64 bits whatever they are. */
const safeDigits = 18;

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
