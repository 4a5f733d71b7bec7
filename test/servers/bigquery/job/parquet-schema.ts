/** A Parquet file's own description, and the columns that BigQuery sees in it. */
import { invalid, notHere } from "../api-error.ts";
import type { Session } from "../database.ts";
import type { Field } from "../value/field.ts";
import { quoteText } from "../value/type.ts";

/** A column or a part of one, as the file describes it. */
export interface Node {
  name: string;
  physical: string | null;
  repetition: string | null;
  converted: string | null;
  logical: string | null;
  precision: number;
  scale: number;
  children: Node[];
}

export async function readTree(session: Session, file: string): Promise<Node[]> {
  const columns = "name, type, repetition_type, converted_type, logical_type, precision, scale, num_children";
  const rows = await session.rows(`SELECT ${columns} FROM parquet_schema(${quoteText(file)})`).catch(() => {
    throw invalid(
      "Error while reading data, error message: Failed to read Parquet file: the file is not a Parquet file.",
    );
  });
  let at = 0;
  const next = (): Node => {
    const row = rows[at]!;
    at += 1;
    const count = Number(row[7] ?? 0);
    const [name, physical, repetition, converted, logical] = row as (string | null)[];
    const node = {
      name: name!,
      physical: physical!,
      repetition: repetition!,
      converted: converted!,
      logical: logical!,
    };
    const children = Array.from({ length: count }, () => next());
    return { ...node, precision: Number(row[5] ?? 0), scale: Number(row[6] ?? 0), children };
  };
  return next().children;
}

export const isList = ({ converted, logical }: Node) => converted === "LIST" || /^ListType/i.test(logical ?? "");
/** The element of a list in the three levels of the format's own rule. */

export const elementOf = (node: Node) => node.children[0]!.children[0]!;

export function detect(node: Node, listInference: boolean): Field {
  if (isList(node) && listInference)
    return { ...detect(elementOf(node), listInference), name: node.name, mode: "REPEATED" };
  const mode = node.repetition === "REPEATED" ? "REPEATED" : node.repetition === "REQUIRED" ? "REQUIRED" : "NULLABLE";
  if (node.children.length === 0) return { name: node.name, type: typeOfLeaf(node), mode };
  return { name: node.name, type: "RECORD", mode, fields: node.children.map((it) => detect(it, listInference)) };
}

export function typeOfLeaf(node: Node): string {
  const { physical, converted, logical, precision, scale } = node;
  const says = `${converted ?? ""} ${logical ?? ""}`;
  if (/DECIMAL/i.test(says)) return scale <= 9 && precision - scale <= 29 ? "NUMERIC" : "BIGNUMERIC";
  if (/DATE/i.test(says)) return "DATE";
  if (/TIMESTAMP/i.test(says)) {
    if (/NANOS=Nano/i.test(says)) throw notHere("Parquet timestamps with nanoseconds");
    return /isAdjustedToUTC=(0|false)/i.test(says) ? "DATETIME" : "TIMESTAMP";
  }
  if (/TIME_M|TimeType/i.test(says)) return "TIME";
  if (/UUID|INTERVAL|FLOAT16/i.test(says)) throw notHere(`Parquet's ${says.trim()}`);
  if (/JSON/i.test(says)) return "JSON";
  if (/UTF8|ENUM|StringType/i.test(says)) return "STRING";
  return physicalTypes[physical ?? ""] ?? "BYTES";
}

const physicalTypes: Record<string, string> = {
  BOOLEAN: "BOOLEAN",
  INT32: "INTEGER",
  INT64: "INTEGER",
  INT96: "TIMESTAMP",
  FLOAT: "FLOAT",
  DOUBLE: "FLOAT",
};
