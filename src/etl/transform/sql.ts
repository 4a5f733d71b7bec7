/** SQL models: from a file's text to a query, its parameters and the tables it reads. */
import type { Problem, Where } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import type { Queryable } from "../engine/engine.ts";
import { findHabits } from "./googlesql-habits.ts";
import { positionAt, tokenize, trimStatement } from "./sql-text.ts";

export interface SqlText {
  text: string;
  /** Where a character of the text stands in the user's file. */
  locate: (offset: number) => Where;
}

export interface ParsedSql {
  /** The query, without a semicolon at its end; parameters still stand in it. */
  sql: string;
  /** Tables it reads, each once, in order; undefined where the engine's parser cannot tell (PIVOT). */
  tables: TableReference[] | undefined;
  problems: Problem[];
}

export interface TableReference {
  /** `apps`, or `dataset.table` where it is qualified. */
  name: string;
  where: Where;
}

/** What can begin a query. */
const beginnings = new Set(["SELECT", "WITH", "FROM", "VALUES", "PIVOT", "UNPIVOT", "TABLE", "("]);

export interface KnownParameters {
  /** Names that may stand behind `$`. */
  parameters: string[];
  hasInterval: boolean;
}

/** Checks the text of a query and finds what it reads. */
export async function parseSql(
  { text, locate }: SqlText,
  { engine, ...known }: KnownParameters & { engine: Queryable },
): Promise<ParsedSql> {
  const sql = trimStatement(text);
  const problems = textProblems({ text, locate }, known);
  const first = tokenize(text).find((token) => token.kind !== "comment");
  if (!first || !beginnings.has(first.text.toUpperCase())) {
    const message = first ? `a model is one query; this begins with \`${first.text}\`` : "the model is empty";
    return {
      sql,
      tables: [],
      problems: [
        ...problems,
        {
          severity: "error",
          rule: "not-a-query",
          message,
          hint: "Begin with SELECT, WITH or FROM.",
          where: locate(first?.offset ?? 0),
        },
      ],
    };
  }
  if (problems.some((problem) => problem.severity === "error")) return { sql, tables: [], problems };
  const { tables, problem } = await findTables({ sql, locate }, engine);
  return { sql, tables, problems: problem ? [...problems, problem] : problems };
}

/** What a text of SQL says that the engine does not know, or knows otherwise: habits of GoogleSQL, and unknown parameters. */
export function textProblems({ text, locate }: SqlText, { parameters, hasInterval }: KnownParameters): Problem[] {
  const tokens = tokenize(text);
  const habits = findHabits(tokens).map(({ severity, token, message, hint }): Problem => ({
    severity,
    message,
    hint,
    where: locate(token.offset),
    rule: "dialect",
  }));
  const unknown = tokens.filter(({ kind, text: name }) => kind === "parameter" && !parameters.includes(name.slice(1)));
  return [
    ...habits,
    ...unknown.map((token): Problem => ({
      severity: "error",
      rule: "unknown-parameter",
      where: locate(token.offset),
      ...unknownParameter(token.text.slice(1), parameters, hasInterval),
    })),
  ];
}

function unknownParameter(name: string, known: string[], hasInterval: boolean): { message: string; hint: string } {
  const message = `there is no parameter \`$${name}\``;
  if (/^interval_(start|end)$/.test(name) && !hasInterval)
    return { message, hint: "Add `interval: day` (or hour, month) to the pipeline." };
  const hint = known.length > 0 ? didYouMean(name, known) : "Declare it under `params:`.";
  return { message, hint };
}

/** Names of the tables that a query reads, each once; undefined where its text does not tell. */
export async function tablesRead(sql: string, engine: Queryable): Promise<string[] | undefined> {
  const { tables, problem } = await findTables({ sql, locate: () => ({ file: "" }) }, engine);
  return problem ? undefined : tables?.map(({ name }) => name);
}

/** A query as DuckDB's parser sees it, without what is null or has its default; empty where it cannot be parsed or told. */
export async function queryTree(sql: string, engine: Queryable): Promise<unknown> {
  const [row] = await engine.query(
    `SELECT json_serialize_sql(${engine.dialect.quoteText(sql)}, skip_null := true, skip_default := true) AS parsed`,
  );
  const { statements } = JSON.parse(String(row!["parsed"])) as Pick<SerializedSql, "statements">;
  return statements?.[0]?.node ?? {};
}

interface SerializedSql {
  error: boolean;
  error_type?: string;
  error_message?: string;
  position?: string;
  statements?: { node: unknown }[];
}

/** Table names come from DuckDB's own parser. */
async function findTables(
  { sql, locate }: { sql: string; locate: SqlText["locate"] },
  engine: Queryable,
): Promise<{ tables: TableReference[] | undefined; problem?: Problem }> {
  const [row] = await engine.query(`SELECT json_serialize_sql(${engine.dialect.quoteText(sql)}) AS parsed`);
  const parsed = JSON.parse(String(row!["parsed"])) as SerializedSql;
  if (parsed.error) {
    // PIVOT and its kin parse, but cannot be serialised.
    if (parsed.error_type === "not implemented") return { tables: undefined };
    const where = locate(indexOfCharacter(sql, Number(parsed.position ?? 0)));
    return {
      tables: [],
      problem: {
        severity: "error",
        rule: "sql-syntax",
        message: parsed.error_message ?? "the query cannot be parsed",
        hint: "Models are written in DuckDB's SQL.",
        where,
      },
    };
  }
  if (parsed.statements!.length !== 1) {
    return {
      tables: [],
      problem: {
        severity: "error",
        rule: "not-a-query",
        message: `a model is one query; here are ${parsed.statements!.length}`,
        hint: "Put each into a file of its own.",
        where: locate(0),
      },
    };
  }
  if (namesInData(parsed.statements)) return { tables: undefined };
  const found = new Map<string, TableReference>();
  for (const { name, offset } of tablesIn(parsed.statements![0]!.node, new Set())) {
    if (!found.has(name)) found.set(name, { name, where: locate(indexOfByte(sql, offset)) });
  }
  return { tables: [...found.values()] };
}

/** The engine's parser counts characters in its errors, and bytes in what it has parsed: strings here count UTF-16 units. */
function indexOfCharacter(sql: string, position: number): number {
  return Array.from(sql).slice(0, position).join("").length;
}

/** The beginning, where the engine does not know the place: it then says 2^64 - 1. */
function indexOfByte(sql: string, position: number): number {
  const bytes = Buffer.from(sql);
  return position > bytes.length ? 0 : bytes.toString("utf8", 0, position).length;
}

/** Functions that read the tables which a text names: it may be made by the query itself. */
const readers = new Set(["query", "query_table"]);

function namesInData(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const { type, function: called } = node as { type?: string; function?: { function_name?: string } };
  if (type === "TABLE_FUNCTION" && readers.has(called?.function_name?.toLowerCase() ?? "")) return true;
  return Object.values(node).some(namesInData);
}

interface CteMap {
  map: { key: string; value: { query: { node: unknown } } }[];
}

/** Base tables of a serialised query. A CTE hides a table of its name from what follows it, but not from itself. */
function* tablesIn(node: unknown, hidden: ReadonlySet<string>): Generator<{ name: string; offset: number }> {
  if (Array.isArray(node)) {
    for (const item of node) yield* tablesIn(item, hidden);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  const object = node as Record<string, unknown>;
  if (object["type"] === "BASE_TABLE") {
    const name = [object["catalog_name"], object["schema_name"], object["table_name"]].filter(Boolean).join(".");
    if (!hidden.has(name.toLowerCase())) yield { name, offset: Number(object["query_location"]) };
    return;
  }
  const inner = new Set(hidden);
  for (const { key, value } of (object["cte_map"] as CteMap | undefined)?.map ?? []) {
    const recursive = (value.query.node as { type?: string }).type === "RECURSIVE_CTE_NODE";
    yield* tablesIn(value.query, recursive ? new Set([...inner, key.toLowerCase()]) : inner);
    inner.add(key.toLowerCase());
  }
  for (const [key, value] of Object.entries(object)) if (key !== "cte_map") yield* tablesIn(value, inner);
}

/** A file's text, with places in it. */
export function fileText(text: string, file: string): SqlText {
  return { text, locate: (offset) => ({ file, ...positionAt(text, offset) }) };
}
