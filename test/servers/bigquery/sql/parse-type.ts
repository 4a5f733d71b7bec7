/** Types in SQL: `ARRAY<STRUCT<name STRING, n NUMERIC(10, 2)>>`. */
import { findScalar, type SqlType, type StructField } from "../value/type.ts";
import type { Reader } from "./reader.ts";
import { queryError } from "./token.ts";

export interface ParsedType {
  type: SqlType;
  /** Length, or precision and scale; an array's are those of its elements. */
  parameters: number[];
}

export function parseType(reader: Reader): ParsedType {
  if (reader.takes("ARRAY")) {
    reader.expect("<");
    const { type, parameters } = parseType(reader);
    closeAngle(reader);
    return { type: { kind: "ARRAY", element: type }, parameters };
  }
  if (reader.takes("STRUCT")) return { type: { kind: "STRUCT", fields: parseFields(reader) }, parameters: [] };
  const token = reader.peek();
  const kind = findScalar(reader.name());
  if (!kind) throw queryError(`Type not found: ${token.text}`, token);
  return { type: { kind }, parameters: parseParameters(reader) };
}

function parseFields(reader: Reader): StructField[] {
  reader.expect("<");
  const fields: StructField[] = [];
  if (reader.takes(">")) return fields;
  do {
    const isNamed = reader.isName() && !reader.peek(1).text.match(/^[,>(]$|^>>$/);
    const name = isNamed ? reader.name() : "";
    fields.push({ name, type: parseType(reader).type });
  } while (reader.takes(","));
  closeAngle(reader);
  return fields;
}

/** `>>` closes two. */
export function closeAngle(reader: Reader): void {
  const token = reader.peek();
  if (token.kind !== "symbol" || token.text !== ">>") return reader.expect(">");
  token.text = ">";
}

function parseParameters(reader: Reader): number[] {
  if (!reader.takes("(")) return [];
  const numbers: number[] = [];
  do {
    if (reader.peek().kind !== "integer") reader.fail();
    numbers.push(Number(reader.next().text));
  } while (reader.takes(","));
  reader.expect(")");
  return numbers;
}
