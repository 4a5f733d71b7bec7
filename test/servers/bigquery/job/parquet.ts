/**
 * Parquet as BigQuery's load jobs read it.
 * https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet
 */
import { invalid, notHere } from "../api-error.ts";
import type { Session } from "../database.ts";
import { quote, quoteText, duckType, typeOfElement, typeOfField, type Field } from "../value/type.ts";

/** A column or a part of one, as the file describes it. */
interface Node {
  name: string;
  physical: string | null;
  repetition: string | null;
  converted: string | null;
  logical: string | null;
  precision: number;
  scale: number;
  children: Node[];
}

/** The columns of the file, with the table's type for each, and the expression that reads it. */
export interface ParquetColumns {
  detected: Field[];
  /** @throws ApiError where the file's column cannot become this field */
  expression(field: Field): string | undefined;
}

export async function readParquetSchema(
  session: Session,
  file: string,
  listInference: boolean,
): Promise<ParquetColumns> {
  const nodes = await readTree(session, file);
  return {
    detected: nodes.map((node) => detect(node, listInference)),
    expression(field) {
      const node = nodes.find((it) => it.name.toLowerCase() === field.name.toLowerCase());
      return node && convert({ node, field, value: quote(node.name), listInference, path: field.name });
    },
  };
}

async function readTree(session: Session, file: string): Promise<Node[]> {
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

const isList = ({ converted, logical }: Node) => converted === "LIST" || /^ListType/i.test(logical ?? "");
/** The element of a list in the three levels of the format's own rule. */
const elementOf = (node: Node) => node.children[0]!.children[0]!;

function detect(node: Node, listInference: boolean): Field {
  if (isList(node) && listInference)
    return { ...detect(elementOf(node), listInference), name: node.name, mode: "REPEATED" };
  const mode = node.repetition === "REPEATED" ? "REPEATED" : node.repetition === "REQUIRED" ? "REQUIRED" : "NULLABLE";
  if (node.children.length === 0) return { name: node.name, type: typeOfLeaf(node), mode };
  return { name: node.name, type: "RECORD", mode, fields: node.children.map((it) => detect(it, listInference)) };
}

function typeOfLeaf(node: Node): string {
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

interface Conversion {
  node: Node;
  field: Field;
  value: string;
  listInference: boolean;
  path: string;
}

function convert(parts: Conversion): string {
  const { node, field, value, listInference, path } = parts;
  if (field.mode !== "REPEATED") return isList(node) ? convertRawList(parts) : convertElement(parts);
  if (isList(node)) {
    // Without list inference, BigQuery looks for a repeated field of this name, and the file has a group: no elements.
    if (!listInference) return `CAST([] AS ${duckType(typeOfField(field))})`;
    const inner = convertElement({ ...parts, node: elementOf(node), value: "x" });
    return `list_transform(${value}, lambda x: ${inner})`;
  }
  if (node.repetition === "REPEATED")
    return `list_transform(${value}, lambda x: ${convertElement({ ...parts, value: "x" })})`;
  throw invalid(
    `Error while reading data, error message: Field ${path} has mode REPEATED in the schema and is not repeated in the file.`,
  );
}

/** A list whose groups show: `STRUCT<list ARRAY<STRUCT<element T>>>`. */
function convertRawList({ node, field, value, listInference, path }: Conversion): string {
  const [list] = field.fields ?? [];
  const element = list?.fields?.[0];
  const group = node.children[0]!;
  if (listInference || field.type !== "RECORD" || list?.name !== group.name || !element)
    throw mismatch(path, "LIST", field);
  const inner = convert({
    node: elementOf(node),
    field: element,
    value: "x",
    listInference,
    path: `${path}.list.element`,
  });
  const packed = `list_transform(${value}, lambda x: struct_pack(${quote(element.name)} := ${inner}))`;
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${quote(list.name)} := ${packed}) END`;
}

function convertElement({ node, field, value, listInference, path }: Conversion): string {
  if (field.type === "RECORD") return convertStruct({ node, field, value, listInference, path });
  if (node.children.length > 0) throw mismatch(path, "GROUP", field);
  const type = typeOfLeaf(node);
  if (field.type === "JSON" || type === "JSON") {
    throw invalid(`Unsupported field type: JSON columns cannot be loaded from Parquet (field ${path}).`);
  }
  if (type !== field.type && !(type === "NUMERIC" && field.type === "BIGNUMERIC"))
    throw mismatch(path, node.physical!, field);
  if (field.type === "BIGNUMERIC") return asBigNumeric(node, value);
  return `CAST(${value} AS ${duckType(typeOfElement(field))})`;
}

function asBigNumeric({ precision }: Node, value: string): string {
  if (precision > 38) throw notHere("Parquet decimals of more than 38 digits");
  return `bignumeric_parse(CAST(${value} AS VARCHAR))`;
}

function convertStruct({ node, field, value, listInference, path }: Conversion): string {
  if (node.children.length === 0) throw mismatch(path, node.physical!, field);
  const parts = field.fields!.map((it) => {
    const child = node.children.find(({ name }) => name.toLowerCase() === it.name.toLowerCase());
    const inner = `struct_extract(${value}, ${quoteText(child?.name ?? "")})`;
    const type = duckType(typeOfField(it));
    const found = child
      ? convert({ node: child, field: it, value: inner, listInference, path: `${path}.${it.name}` })
      : "NULL";
    return `${quote(it.name)} := CAST(${found} AS ${type})`;
  });
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${parts.join(", ")}) END`;
}

const mismatch = (path: string, found: string, { type }: Field) =>
  invalid(
    `Error while reading data, error message: Parquet column '${path}' has type ${found} which does not match the target cpp_type ${type}.`,
  );
