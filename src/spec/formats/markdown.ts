/** A table's page in the docs. */
import { formatType, type Field, type Type } from "../type.ts";
import type { Table, TableColumn } from "../table.ts";
import { checkSentence } from "./check-sentence.ts";

const header = ["Column", "Type", "Description", "Checks"];

/** A heading, the description, a table of the columns with the fields inside them, and the checks of the whole table. */
export function markdownPage(table: Table): string {
  const rows = table.columns.flatMap((column) => [columnRow(column), ...fieldRows(column.name, column.type)]);
  const lines = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const checks = table.checks.map((check) => `- ${sentence(checkSentence(check))}`);
  return [
    `## ${table.name}`,
    ...(table.description === undefined ? [] : [table.description]),
    lines.join("\n"),
    ...(checks.length === 0 ? [] : [checks.join("\n")]),
  ].join("\n\n");
}

function columnRow({ name, type, description = "", sensitive, checks }: TableColumn): string[] {
  const said = sensitive ? `${description}${description === "" ? "" : " "}*(personal data)*` : description;
  return [code(name), code(formatType(type)), cell(said), cell(checks.map(checkSentence).join("; "))];
}

/** `items[].name`, as one would write it to get there. */
function fieldRows(path: string, type: Type): string[][] {
  if (type.kind === "ARRAY") return fieldRows(`${path}[]`, type.element);
  if (type.kind !== "STRUCT") return [];
  return type.fields.flatMap((field: Field) => {
    const inner = `${path}.${field.name}`;
    return [[code(inner), code(formatType(field.type)), "", ""], ...fieldRows(inner, field.type)];
  });
}

/** A text that holds a backtick stands between two. */
function code(text: string): string {
  const fence = text.includes("`") ? "``" : "`";
  return `${fence}${cell(text)}${fence}`;
}

function cell(text: string): string {
  return text.replaceAll("|", String.raw`\|`).replaceAll(/\s*\n\s*/g, " ");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
