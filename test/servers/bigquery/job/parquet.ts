/**
 * Parquet as BigQuery's load jobs read it.
 * https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet
 */
import { invalid, notHere } from "../api-error.ts";
import type { Session } from "../database.ts";
import { duckType, quote, quoteText } from "../value/type.ts";
import { typeOfElement, typeOfField, type Field } from "../value/field.ts";
import { detect, elementOf, isList, readTree, typeOfLeaf, type Node } from "./parquet-schema.ts";

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
