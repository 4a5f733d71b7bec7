/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language */
import { notHere } from "../api-error.ts";
import type { SqlType } from "../value/type.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseQuery } from "./parse-query.ts";
import { parseAsOf, parseTablePath } from "./parse-from.ts";
import { closeAngle, parseType } from "./parse-type.ts";
import type { Reader } from "./reader.ts";
import type { ColumnChange, ColumnDefinition, Options, PartitionBy, Place, Statement } from "./syntax.ts";

export function parseDdl(reader: Reader): Statement {
  const at = reader.next();
  const word = at.text.toUpperCase();
  if (word === "CREATE") return parseCreate(reader, at);
  if (word === "ALTER") return parseAlter(reader, at);
  for (const what of ["TABLE", "VIEW", "SNAPSHOT TABLE"] as const) {
    if (!reader.takes(...what.split(" "))) continue;
    const ifExists = reader.takes("IF", "EXISTS");
    return { kind: "drop", what, ifExists, target: parseTablePath(reader), at };
  }
  throw notHere(`DROP ${reader.peek().text.toUpperCase()}`);
}

function parseCreate(reader: Reader, at: Place): Statement {
  const orReplace = reader.takes("OR", "REPLACE");
  if (reader.takes("SCHEMA")) return parseCreateSchema(reader, at);
  if (reader.takes("VIEW")) return parseCreateView(reader, orReplace, at);
  if (reader.takes("SNAPSHOT", "TABLE")) return parseCreateSnapshot(reader, at);
  if (!reader.takes("TABLE")) throw notHere(`CREATE ${reader.peek().text.toUpperCase()}`);
  const ifNotExists = reader.takes("IF", "NOT", "EXISTS");
  const target = parseTablePath(reader);
  const from = parseSource(reader);
  const columns = reader.sees("(") && !/^(SELECT|WITH)$/i.test(reader.peek(1).text) ? parseColumns(reader) : undefined;
  const partitionBy = reader.takes("PARTITION", "BY") ? parsePartitionBy(reader) : undefined;
  const clusterBy: string[] = [];
  if (reader.takes("CLUSTER", "BY")) {
    do clusterBy.push(reader.name());
    while (reader.takes(","));
  }
  const options = parseOptions(reader);
  const query = reader.takes("AS") ? parseQuery(reader) : undefined;
  return {
    kind: "createTable",
    target,
    orReplace,
    ifNotExists,
    clusterBy,
    options,
    at,
    ...(columns && { columns }),
    ...(query && { query }),
    ...(partitionBy && { partitionBy }),
    ...(from && { from }),
  };
}

function parseSource(reader: Reader): Extract<Statement, { kind: "createTable" }>["from"] {
  for (const how of ["LIKE", "CLONE", "COPY"] as const) {
    if (!reader.takes(how)) continue;
    const table = parseTablePath(reader);
    const asOf = how === "CLONE" ? parseAsOf(reader) : undefined;
    return { how, table, ...(asOf && { asOf }) };
  }
  return undefined;
}

function parseCreateSchema(reader: Reader, at: Place): Statement {
  const ifNotExists = reader.takes("IF", "NOT", "EXISTS");
  return { kind: "createSchema", ifNotExists, target: parseTablePath(reader), options: parseOptions(reader), at };
}

function parseCreateView(reader: Reader, orReplace: boolean, at: Place): Statement {
  const ifNotExists = reader.takes("IF", "NOT", "EXISTS");
  const target = parseTablePath(reader);
  if (reader.sees("(")) throw notHere("views with a list of columns");
  const options = parseOptions(reader);
  reader.expect("AS");
  const from = reader.peek().from;
  parseQuery(reader);
  const view = reader.sql.slice(from, reader.peek().from).trim();
  return { kind: "createView", target, orReplace, ifNotExists, view, options, at };
}

function parseCreateSnapshot(reader: Reader, at: Place): Statement {
  const ifNotExists = reader.takes("IF", "NOT", "EXISTS");
  const target = parseTablePath(reader);
  reader.expect("CLONE");
  const from = parseTablePath(reader);
  const asOf = parseAsOf(reader);
  return {
    kind: "createSnapshot",
    target,
    from,
    ...(asOf && { asOf }),
    ifNotExists,
    options: parseOptions(reader),
    at,
  };
}

function parseColumns(reader: Reader): ColumnDefinition[] {
  reader.expect("(");
  const columns = [parseColumn(reader)];
  while (reader.takes(",") && !reader.sees(")")) columns.push(parseColumn(reader));
  reader.expect(")");
  return columns;
}

function parseColumn(reader: Reader): ColumnDefinition {
  const name = reader.name();
  const shape = parseColumnType(reader);
  if (reader.sees("DEFAULT")) throw notHere("columns with a DEFAULT");
  const notNull = reader.takes("NOT", "NULL");
  const description = parseOptions(reader).find((it) => it.name === "description")?.value;
  return { name, ...shape, notNull, ...(description?.kind === "literal" && { description: description.text }) };
}

type Shape = Pick<ColumnDefinition, "type" | "parameters" | "fields">;

/** Fields of structs have options and NOT NULL of their own. */
function parseColumnType(reader: Reader): Shape {
  if (reader.takes("ARRAY")) {
    reader.expect("<");
    const shape = parseColumnType(reader);
    closeAngle(reader);
    return { ...shape, type: { kind: "ARRAY", element: shape.type } };
  }
  if (!reader.takes("STRUCT")) return parseType(reader);
  reader.expect("<");
  const fields = [parseColumn(reader)];
  while (reader.takes(",")) fields.push(parseColumn(reader));
  closeAngle(reader);
  const type: SqlType = { kind: "STRUCT", fields };
  return { type, parameters: [], fields };
}

/** `day`, `DATE(at)`, `DATE_TRUNC(day, MONTH)`, `TIMESTAMP_TRUNC(at, HOUR)` */
function parsePartitionBy(reader: Reader): PartitionBy {
  const at = reader.peek();
  const value = parseExpression(reader);
  if (value.kind === "path" && value.names.length === 1) return { column: value.names[0]!, by: "DAY" };
  if (value.kind === "call" && /^(DATE|(DATE|DATETIME|TIMESTAMP)_TRUNC)$/.test(value.name)) {
    const [column, part] = value.args;
    const by = part?.kind === "path" ? part.names[0]!.toUpperCase() : "DAY";
    if (column?.kind === "path" && /^(HOUR|DAY|MONTH|YEAR)$/.test(by)) {
      return { column: column.names[0]!, by: by as PartitionBy["by"] };
    }
  }
  throw notHere(`PARTITION BY at [${at.line}:${at.column}]`);
}

function parseOptions(reader: Reader): Options {
  const options: Options = [];
  if (!reader.takes("OPTIONS", "(")) return options;
  if (reader.takes(")")) return options;
  do {
    const name = reader.name().toLowerCase();
    reader.expect("=");
    options.push({ name, value: parseExpression(reader) });
  } while (reader.takes(","));
  reader.expect(")");
  return options;
}

function parseAlter(reader: Reader, at: Place): Statement {
  if (!reader.takes("TABLE")) throw notHere(`ALTER ${reader.peek().text.toUpperCase()}`);
  const ifExists = reader.takes("IF", "EXISTS");
  const target = parseTablePath(reader);
  if (reader.takes("SET")) return { kind: "setOptions", target, ifExists, options: parseOptions(reader), at };
  if (!reader.sees("ADD")) return { kind: "alterColumns", target, ifExists, changes: parseChanges(reader), at };
  const columns = [];
  do {
    if (!reader.takes("ADD", "COLUMN")) throw notHere(`ALTER TABLE … ${reader.peek().text.toUpperCase()}`);
    const ifNotExists = reader.takes("IF", "NOT", "EXISTS");
    columns.push({ column: parseColumn(reader), ifNotExists });
  } while (reader.takes(","));
  return { kind: "addColumns", target, ifExists, columns, at };
}

function parseChanges(reader: Reader): ColumnChange[] {
  const changes = [];
  do changes.push(parseChange(reader));
  while (reader.takes(","));
  return changes;
}

function parseChange(reader: Reader): ColumnChange {
  if (reader.takes("DROP", "COLUMN"))
    return { what: "drop", ifExists: reader.takes("IF", "EXISTS"), name: reader.name() };
  if (!reader.takes("ALTER", "COLUMN")) throw notHere(`ALTER TABLE … ${reader.peek().text.toUpperCase()}`);
  const ifExists = reader.takes("IF", "EXISTS");
  const name = reader.name();
  if (reader.takes("DROP", "NOT", "NULL")) return { what: "relax", ifExists, name };
  if (!reader.takes("SET", "DATA", "TYPE")) throw notHere(`ALTER COLUMN … ${reader.peek().text.toUpperCase()}`);
  return { what: "retype", ifExists, name, column: { name, ...parseColumnType(reader), notNull: false } };
}
