/** YAML files as NDJSON: one row for each document, or for each item where a document is a list. */
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type ScalarTag,
  type YAMLMap,
} from "yaml";
import type { Columns } from "../../../spec/column.ts";
import type { Type } from "../../../spec/type.ts";
import { isPlainObject } from "../../../spec/value.ts";
import type { Problem, Where } from "../../../util/error.ts";
import type { Findings } from "./findings.ts";
import { checkObject, type JsonJudge } from "./json-judge.ts";

interface ConvertYaml {
  text: string;
  shown: string;
  /** Types of the declared columns: they decide how numbers are written. */
  columns: Columns | undefined;
  /** Columns to add to each row, by the row's number in the file. */
  provenance: ((row: number) => Record<string, string | number>) | undefined;
  judge: JsonJudge;
  findings: Findings;
}

/** @returns lines of JSON, one for each row */
export function yamlRows(options: ConvertYaml): string[] {
  const { text, shown, findings } = options;
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    customTags: keepNumbers,
  });
  const at = (offset: number): Where => {
    const { line, col } = lines.linePos(offset);
    return { file: shown, line, column: col };
  };
  // `empty` is what the parser gives for a text without a document.
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const errors = documents.flatMap((document) => document.errors);
  for (const { message, pos } of errors) findings.add(() => syntaxProblem(message, at(pos[0])));
  if (errors.length > 0) return [];
  const rows = documents.flatMap((document) => rowsOf(document));
  if (rows.length === 0)
    findings.add(() => ({
      severity: "error",
      rule: "yaml",
      message: "the file has no document",
      hint: "Write one, or remove the file.",
      where: { file: shown },
    }));
  return rows.flatMap((row, i) => rowLine(row, i + 1, options, at));
}

function syntaxProblem(message: string, where: Where): Problem {
  return {
    severity: "error",
    rule: "yaml-syntax",
    message: `not valid YAML: ${message}`,
    hint: "Check indentation, colons and quotes around this line.",
    where,
  };
}

interface Row {
  document: Document.Parsed;
  node: Node;
}

function rowsOf(document: Document.Parsed): Row[] {
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  const nodes = isSeq(contents) ? (contents.items as Node[]) : [contents as Node];
  return nodes.map((node) => ({ document, node }));
}

function rowLine({ document, node }: Row, row: number, options: ConvertYaml, at: (offset: number) => Where): string[] {
  const { findings, columns, provenance, judge } = options;
  const start = at(node.range?.[0] ?? 0);
  const resolved = resolveNode(document, node);
  if ("fault" in resolved) {
    findings.add(() => syntaxProblem(resolved.fault, start));
    return [];
  }
  if (!isPlainObject(resolved.value)) {
    findings.add(() => noMap(start));
    return [];
  }
  const values = Object.entries({ ...resolved.value, ...provenance?.(row) });
  const line = `{${values.map(([name, value]) => `${JSON.stringify(name)}:${toJson(value, columns?.[name]?.type)}`).join(",")}}`;
  for (const { message, hint, key } of checkObject(judge, Buffer.from(line), 0).misfits) {
    const where = () => at(offsetOf(node, key));
    findings.add(() => ({ severity: "error", rule: "value", message, hint, where: where() }), `${key} ${hint}`);
  }
  return [line];
}

/** Aliases that name what is not there, or that multiply without end, are found only now. */
function resolveNode(document: Document.Parsed, node: Node): { value: unknown } | { fault: string } {
  try {
    return { value: node.toJS(document) };
  } catch (error) {
    if (error instanceof ReferenceError) return { fault: error.message };
    throw error;
  }
}

function noMap(where: Where): Problem {
  const hint = "Each document, or each item of its list, is a row: `name: value`.";
  return { severity: "error", rule: "yaml", message: "this is no map of keys and values", hint, where };
}

/** Where the value of a key begins. */
function offsetOf(node: Node, key: string): number {
  const pair = isMap(node)
    ? (node as YAMLMap<Node, Node | null>).items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    : undefined;
  return pair?.value?.range?.[0] ?? pair?.key.range?.[0] ?? node.range?.[0] ?? 0;
}

/** A number as it is written: 0301, 1.10 and 12345678901234567890.1 are lost as numbers of JavaScript. */
class YamlNumber {
  readonly source: string;
  readonly value: number | bigint;
  constructor(source: string, value: number | bigint) {
    this.source = source;
    this.value = value;
  }
}

function keepNumbers<T>(tags: T[]): T[] {
  return tags.map((tag) => {
    const { tag: name } = tag as ScalarTag;
    if (name !== "tag:yaml.org,2002:int" && name !== "tag:yaml.org,2002:float") return tag;
    const keep: ScalarTag["resolve"] = (source, onError, options) =>
      new YamlNumber(
        source,
        (tag as ScalarTag).resolve(source, onError, { ...options, intAsBigInt: true }) as number | bigint,
      );
    return { ...tag, resolve: keep };
  });
}

function toJson(value: unknown, type: Type | undefined): string {
  if (value instanceof YamlNumber) return numberJson(value, type);
  if (Array.isArray(value))
    return `[${value.map((item) => toJson(item, type?.kind === "ARRAY" ? type.element : undefined)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const typeOf = (name: string) =>
      type?.kind === "STRUCT" ? type.fields.find((field) => field.name === name)?.type : undefined;
    return `{${Object.entries(value)
      .map(([name, inner]) => `${JSON.stringify(name)}:${toJson(inner, typeOf(name))}`)
      .join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

/** The types whose values are more than a FLOAT64 holds. */
const textual = new Set<Type["kind"]>(["STRING", "NUMERIC", "BIGNUMERIC"]);

function numberJson({ source, value }: YamlNumber, type: Type | undefined): string {
  if (type && textual.has(type.kind)) return JSON.stringify(source);
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(source)) return source;
  if (/^0[xo]/i.test(source)) return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return JSON.stringify(String(value));
  return JSON.stringify(source);
}
