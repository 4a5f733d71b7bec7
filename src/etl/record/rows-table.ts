/** Rows of a query's result, for a person and for a program. */
import { styleText } from "node:util";
import { formatType, type Type } from "../../spec/type.ts";
import { count } from "../../util/error.ts";
import { formatTable, inOneLine, type TableCell, type TableColumn } from "../../util/table.ts";
import { isNumeric, showCell, toCell } from "../cell.ts";
import type { ComputedColumn, Row } from "../engine/engine.ts";
import { hiddenText } from "../privacy.ts";

const widestCell = 60;

export interface RowsOptions {
  columns: ComputedColumn[];
  rows: Row[];
  /** Columns whose values are not shown. */
  hidden?: ReadonlySet<string>;
}

export interface RowsTableOptions extends RowsOptions {
  colour: boolean;
  /** Takes secrets out of a text, before it is cut. */
  scrub?: (text: string) => string;
  /** How to see the rest, where these are only the first rows. */
  rest?: string | undefined;
}

/** Names and types above, numbers to the right, wide texts cut, and how many rows there are. */
export function formatRows({ columns, rows, hidden, colour, scrub = (text) => text, rest }: RowsTableOptions): string {
  const dim = (text: string) => (colour ? styleText("dim", text, { validateStream: false }) : text);
  const cells = rows.map((row) =>
    columns.map((column): TableCell => {
      const value = row[column.name];
      if (value === null || value === undefined) return { text: "NULL", style: dim };
      return hidden?.has(column.name) ? { text: hiddenText, style: dim } : { text: scrub(textOf(value, column)) };
    }),
  );
  const lines = formatTable({ columns: columns.map(headOf), rows: cells, widest: widestCell, headStyle: dim });
  const end = rest === undefined ? count(rows.length, "row") : `the first ${count(rows.length, "row")}; ${rest}`;
  return [...lines, dim(`(${end})`)].join("\n");
}

/** INT64 beyond what JSON's readers hold exactly, NUMERIC and NaN are texts, as in BigQuery's JSON. */
export function rowsToJson({ columns, rows, hidden }: RowsOptions): string {
  const shown = rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, type }) => {
        const value = row[name] ?? null;
        return [name, value !== null && hidden?.has(name) ? hiddenText : jsonOf(value, type)];
      }),
    ),
  );
  return JSON.stringify(shown, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value), 2);
}

function jsonOf(value: unknown, type: Type | undefined): unknown {
  if (value === null || value === undefined || type === undefined) return value;
  switch (type.kind) {
    case "ARRAY":
      return (value as unknown[]).map((item) => jsonOf(item, type.element));
    case "STRUCT":
      return Object.fromEntries(
        type.fields.map((field) => [field.name, jsonOf((value as Row)[field.name], field.type)]),
      );
    case "JSON":
      return JSON.parse(value as string);
    case "NUMERIC":
    case "BIGNUMERIC":
      return toCell(value, type);
    default:
      return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }
}

function headOf({ name, type, engineType }: ComputedColumn): TableColumn {
  return {
    head: [inOneLine(name), type ? formatType(type) : engineType],
    align: type && isNumeric(type) ? "right" : "left",
  };
}

function textOf(value: unknown, { type }: ComputedColumn): string {
  if (type) return showCell(toCell(value, type), type);
  return inOneLine(typeof value === "object" ? JSON.stringify(value) : `${value as string | number}`);
}
