/** A script: its statements, one after the other. */
import { notHere } from "../api-error.ts";
import { parseDdl } from "./parse-ddl.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseAlias, parseQuery } from "./parse-query.ts";
import { parseFrom, parseTablePath } from "./parse-from.ts";
import { makeReader, type Reader } from "./reader.ts";
import type { Assignment, Expression, MergeClause, Statement } from "./syntax.ts";
import { syntaxError, tokenise } from "./token.ts";

export type ParsedStatement = Statement & { text: string };

export function parseScript(sql: string): ParsedStatement[] {
  const reader = makeReader(sql, tokenise(sql));
  const statements: ParsedStatement[] = [];
  while (reader.peek().kind !== "end") {
    if (reader.takes(";")) continue;
    const from = reader.peek().from;
    const statement = parseStatement(reader);
    statements.push({ ...statement, text: sql.slice(from, reader.peek().from).trim() });
    if (reader.peek().kind !== "end" && !reader.takes(";")) reader.fail();
  }
  if (statements.length === 0) throw syntaxError("Unexpected end of statement", { line: 1, column: 1 });
  return statements;
}

function parseStatement(reader: Reader): Statement {
  const at = reader.peek();
  const word = at.text.toUpperCase();
  if (/^(SELECT|WITH|\()$/.test(word)) return { kind: "query", query: parseQuery(reader), at };
  if (/^(CREATE|ALTER|DROP)$/.test(word)) return parseDdl(reader);
  const parse = parsers[word];
  if (!parse) throw at.kind === "name" ? notHere(`the statement ${word}`) : syntaxError(`Unexpected "${at.text}"`, at);
  reader.next();
  return { ...parse(reader), at };
}

/** Without the place of each. */
type Bare = Statement extends infer S ? (S extends unknown ? Omit<S, "at"> : never) : never;

const parsers: Record<string, (reader: Reader) => Bare> = {
  BEGIN(reader) {
    reader.takes("TRANSACTION");
    if (reader.peek().kind !== "end" && !reader.sees(";")) throw notHere("blocks of BEGIN … END");
    return { kind: "begin" };
  },
  COMMIT: (reader) => (reader.takes("TRANSACTION"), { kind: "commit" }),
  ROLLBACK: (reader) => (reader.takes("TRANSACTION"), { kind: "rollback" }),
  INSERT: parseInsert,
  UPDATE: parseUpdate,
  DELETE: parseDelete,
  TRUNCATE(reader) {
    reader.expect("TABLE");
    return { kind: "truncate", target: parseTablePath(reader) };
  },
  MERGE: parseMerge,
};

function parseInsert(reader: Reader): Bare {
  reader.takes("INTO");
  const target = parseTablePath(reader);
  const columns = reader.sees("(") && !isQueryInParentheses(reader) ? parseNames(reader) : [];
  if (!reader.takes("VALUES")) return { kind: "insert", target, columns, query: parseQuery(reader) };
  const values = [parseValues(reader)];
  while (reader.takes(",")) values.push(parseValues(reader));
  return { kind: "insert", target, columns, values };
}

const isQueryInParentheses = (reader: Reader) => /^(SELECT|WITH|\()$/i.test(reader.peek(1).text);

function parseNames(reader: Reader): string[] {
  reader.expect("(");
  const names = [reader.name()];
  while (reader.takes(",")) names.push(reader.name());
  reader.expect(")");
  return names;
}

function parseValues(reader: Reader): (Expression | "DEFAULT")[] {
  reader.expect("(");
  const values = [parseValue(reader)];
  while (reader.takes(",")) values.push(parseValue(reader));
  reader.expect(")");
  return values;
}

const parseValue = (reader: Reader): Expression | "DEFAULT" =>
  reader.takes("DEFAULT") ? "DEFAULT" : parseExpression(reader);

function parseAssignments(reader: Reader): Assignment[] {
  const set: Assignment[] = [];
  do {
    const at = reader.peek();
    const path = [reader.name()];
    while (reader.takes(".")) path.push(reader.next().text);
    reader.expect("=");
    set.push({ path, value: parseValue(reader), at });
  } while (reader.takes(","));
  return set;
}

function parseUpdate(reader: Reader): Bare {
  const target = parseTablePath(reader);
  const alias = parseAlias(reader);
  reader.expect("SET");
  const set = parseAssignments(reader);
  const from = reader.takes("FROM") ? parseFrom(reader) : undefined;
  reader.expect("WHERE");
  const where = parseExpression(reader);
  return { kind: "update", target, ...(alias !== undefined && { alias }), set, ...(from && { from }), where };
}

function parseDelete(reader: Reader): Bare {
  reader.takes("FROM");
  const target = parseTablePath(reader);
  const alias = parseAlias(reader);
  reader.expect("WHERE");
  return { kind: "delete", target, ...(alias !== undefined && { alias }), where: parseExpression(reader) };
}

function parseMerge(reader: Reader): Bare {
  reader.takes("INTO");
  const target = parseTablePath(reader);
  const alias = parseAlias(reader);
  reader.expect("USING");
  const source = parseFrom(reader);
  reader.expect("ON");
  const on = parseExpression(reader);
  const clauses: MergeClause[] = [];
  while (reader.takes("WHEN")) clauses.push(parseClause(reader));
  if (clauses.length === 0) reader.fail();
  return { kind: "merge", target, ...(alias !== undefined && { alias }), source, on, clauses };
}

function parseClause(reader: Reader): MergeClause {
  const match = parseMatch(reader);
  const and = reader.takes("AND") ? parseExpression(reader) : undefined;
  reader.expect("THEN");
  return { match, ...(and && { and }), act: parseAct(reader) };
}

function parseMatch(reader: Reader): MergeClause["match"] {
  const not = reader.takes("NOT");
  reader.expect("MATCHED");
  if (!not) return "MATCHED";
  if (reader.takes("BY", "SOURCE")) return "NOT MATCHED BY SOURCE";
  reader.takes("BY", "TARGET");
  return "NOT MATCHED";
}

function parseAct(reader: Reader): MergeClause["act"] {
  if (reader.takes("DELETE")) return { kind: "delete" };
  if (reader.takes("UPDATE", "SET")) return { kind: "update", set: parseAssignments(reader) };
  reader.expect("INSERT");
  const columns = reader.sees("(") ? parseNames(reader) : [];
  if (reader.takes("ROW")) return { kind: "insert", columns, values: "ROW" };
  reader.expect("VALUES");
  return { kind: "insert", columns, values: parseValues(reader) };
}
