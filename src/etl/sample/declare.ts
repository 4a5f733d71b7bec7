/** The lines that a source of pipeline.yaml lacks: where its sample lies, and its columns. Nothing else of the file changes. */
import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";
import { formatType, type Type } from "../../spec/type.ts";

export interface Declaration {
  source: string;
  /** Undefined where the file says it already. */
  sample: string | undefined;
  columns: { name: string; type: Type }[] | undefined;
}

/** @returns the new text; undefined where the source is written on one line, or not found: its author then adds the lines */
export function declare(text: string, declaration: Declaration): string | undefined {
  const source = parseDocument(text).getIn(["sources", declaration.source], true);
  if (!isMap(source) || source.flow || !source.range) return undefined;
  const indent = indentOf(source, text);
  const end = endOf(source, text);
  const lines = declaredLines(declaration).map((line) => `${indent}${line}\n`);
  const before = text.slice(0, end);
  return `${before}${before.endsWith("\n") ? "" : "\n"}${lines.join("")}${text.slice(end)}`;
}

/** What to add, without the indentation of the source. */
export function declaredLines({ sample, columns }: Declaration): string[] {
  return [
    ...(sample === undefined ? [] : [`sample: ${sample}`]),
    ...(columns === undefined ? [] : ["columns:", ...columns.map(({ name, type }) => `  ${name}: ${typeText(type)}`)]),
  ];
}

/** Types with parameters or brackets hold what YAML would read in its own way. */
function typeText(type: Type): string {
  const text = formatType(type);
  return /^[A-Z0-9]+$/.test(text) ? text : JSON.stringify(text);
}

function indentOf(source: YAMLMap, text: string): string {
  const [first] = source.items;
  const key = isScalar(first?.key) ? first.key.range![0] : source.range![0];
  return " ".repeat(key - text.lastIndexOf("\n", key - 1) - 1);
}

/** Behind the last line that belongs to the source: comments at its end may be the next one's. */
function endOf(source: YAMLMap, text: string): number {
  const value = text.slice(0, source.range![1]).trimEnd().length;
  const lineEnd = text.indexOf("\n", value);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}
