/** Where a script's rows come from and where they go, in the words of pipeline.yaml. */
import type { SyntaxNode } from "./syntax-node.ts";
import type { Problem } from "../../util/error.ts";
import { note, type ReadEnd, type Reading } from "./reading.ts";
import { tail } from "./short-name.ts";
import { httpRead } from "./http-read.ts";
import { selectedColumns } from "./select.ts";
import { argument, callsIn, textOf, type Call } from "./python.ts";
import { entriesOf, textsOf, textValue } from "./value.ts";

export interface WriteEnd {
  node: SyntaxNode;
  /** Keys of the output. */
  output: Record<string, unknown>;
  name: string;
  /** The frame that is written. */
  frame: SyntaxNode;
  /** Name → type, where the script declares them. */
  columns: Record<string, string>;
  notes: Problem[];
}

/** Reads in a part of the script, in their order. */
export function readsIn(node: SyntaxNode, reading: Reading): ReadEnd[] {
  return callsIn(node, reading.script).flatMap((call) => readEnd(call, reading) ?? []);
}

function readEnd(call: Call, reading: Reading): ReadEnd | undefined {
  const last = call.name.split(".").at(-1)!;
  if (last === "read_gbq") return bigqueryRead(call, argument(call, 0, "query", "query_or_table"), reading);
  if (last === "to_dataframe" || last === "to_pandas") return clientRead(call, reading);
  if (/^(pd|pandas)\.read_(csv|parquet|json)$/.test(call.name)) return fileRead(call, last.slice(5), reading);
  if (/^requests\.get$|^httpx\.get$|^session\.get$/.test(call.name)) return httpRead(call, reading);
  return undefined;
}

/** `client.query(q).to_dataframe()`, with `.result()` between, and `client.list_rows(t)`. */
function clientRead(call: Call, reading: Reading): ReadEnd | undefined {
  const inner = callsIn(call.node, reading.script).find(({ name }) =>
    /(?:^|\.)(query|query_and_wait|list_rows)$/.test(name),
  );
  const variable = call.receiver?.name === "VariableName" ? textOf(call.receiver, reading.script) : undefined;
  const job = variable === undefined ? undefined : reading.scope.get(variable);
  const [asked] = inner
    ? [inner]
    : job
      ? callsIn(job, reading.script).filter(({ name }) => name.endsWith("query"))
      : [];
  return asked && bigqueryRead(call, argument(asked, 0, "query", "table"), reading);
}

function bigqueryRead(call: Call, node: SyntaxNode | undefined, reading: Reading): ReadEnd {
  const { script, scope } = reading;
  const found = textValue(node, script, scope);
  const base = { node: call.node, params: [] as string[], columns: [] as string[] };
  if (!found)
    return {
      ...base,
      name: "source",
      source: { type: "bigquery", query: "SELECT 1 AS replace_me" },
      notes: [
        note(
          call.node,
          reading,
          "its query is put together by the script",
          "Write the query, or `table:`, under the source.",
        ),
      ],
    };
  if (!/\s/.test(found.text.trim())) {
    const table = found.text.replaceAll("`", "").trim();
    return { ...base, name: tail(table), source: { type: "bigquery", table }, notes: [] };
  }
  const { sql, params, notes } = withParameters(found, call, reading);
  const whole = wholeTable(sql);
  const columns = selectedColumns(sql);
  const [, from = "source"] = /\bFROM\s+`?([\w.-]+)`?/i.exec(sql) ?? [];
  const source = whole === undefined ? { type: "bigquery", query: sql } : { type: "bigquery", table: whole };
  return { ...base, name: tail(from), source, columns, params, notes };
}

/** `SELECT * FROM t` is the table: it is read without a query job. */
function wholeTable(sql: string): string | undefined {
  return /^\s*SELECT\s+\*\s+FROM\s+`?([\w-]+(?:\.[\w-]+)+)`?\s*;?\s*$/i.exec(sql)?.[1];
}

/** What the script puts into the query becomes a parameter. */
function withParameters({ text, holes }: { text: string; holes: string[] }, call: Call, reading: Reading) {
  const notes: Problem[] = [];
  const params: string[] = [];
  let sql = text;
  for (const hole of holes) {
    const name = /^\w+$/.test(hole) ? hole : (hole.match(/[A-Za-z_]\w*/)?.[0] ?? "value");
    const isName = new RegExp(`[.\`\\w-]\\{${literal(hole)}\\}|\\{${literal(hole)}\\}[.\`\\w-]`).test(sql);
    const written = isName ? `\${param:${name}}` : `@${name}`;
    sql = sql.replace(`'{${hole}}'`, () => written).replace(`{${hole}}`, () => written);
    if (!params.includes(name)) params.push(name);
    const why = `the script puts {${hole}} into the query; it is the parameter ${written} now`;
    notes.push(
      note(
        call.node,
        reading,
        why,
        `Check its type under \`params:\`. For a date of the run: \`interval: day\`, and @interval_start.`,
      ),
    );
  }
  return { sql: outdent(sql), params, notes };
}

function literal(text: string): string {
  return text.replaceAll(/[^\w]/g, "\\$&");
}

function outdent(text: string): string {
  const lines = text
    .replace(/^\s*\n/, "")
    .trimEnd()
    .split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least).trimEnd()).join("\n");
}

function fileRead(call: Call, kind: string, reading: Reading): ReadEnd {
  const { script, scope } = reading;
  const path = textValue(argument(call, 0, "filepath_or_buffer", "path", "path_or_buf"), script, scope);
  const text = path?.text ?? "data/input.csv";
  const base = { node: call.node, columns: textsOf(call.keywords.get("usecols"), script, scope), params: [] };
  const options = kind === "csv" ? csvOptions(call, reading) : { keys: {}, notes: [] };
  const todo = "Check `path` (or `url`) under the source.";
  const notes = [
    ...options.notes,
    ...(path && path.holes.length === 0
      ? []
      : [note(call.node, reading, "its path is put together by the script", todo)]),
  ];
  const name = tail(
    text
      .replace(/[?#].*/, "")
      .replace(/\.\w+$/, "")
      .split("/")
      .at(-1) ?? "source",
  );
  if (/^https?:/.test(text)) {
    const format = kind === "csv" ? { format: "csv" } : {};
    return { ...base, name, source: { type: "http", url: text, ...format, ...options.keys }, notes };
  }
  if (/^(gs|s3):/.test(text))
    notes.push(
      note(call.node, reading, "it lies in a bucket", "Buckets are a source of their own: `type: gcs` or `s3`."),
    );
  return { ...base, name, source: { type: "file", path: text, ...options.keys }, notes };
}

/** Options of read_csv that pipeline.yaml has too. Source: https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html */
const csvKeys: Record<string, string> = {
  sep: "delimiter",
  delimiter: "delimiter",
  decimal: "decimal",
  encoding: "encoding",
};
const csvHarmless = new Set(["usecols", "index_col", "low_memory", "engine", "parse_dates"]);

function csvOptions({ keywords, node }: Call, reading: Reading) {
  const keys: Record<string, unknown> = {};
  const notes: Problem[] = [];
  for (const [name, value] of keywords) {
    const text = textValue(value, reading.script, reading.scope)?.text;
    if (csvKeys[name] && text !== undefined) keys[csvKeys[name]] = encodings[text.toLowerCase()] ?? text;
    else if (name === "na_values") keys["nulls"] = textsOf(value, reading.script, reading.scope);
    else if (!csvHarmless.has(name))
      notes.push(
        note(
          node,
          reading,
          `\`${name}\` of read_csv has no key of its own`,
          "Do it in the model, or in `columns:` of the source.",
        ),
      );
  }
  return { keys, notes };
}

const encodings: Record<string, string> = {
  "latin-1": "iso-8859-1",
  latin1: "iso-8859-1",
  cp1252: "windows-1252",
  utf8: "utf-8",
};

export function writesIn(node: SyntaxNode, reading: Reading): WriteEnd[] {
  return callsIn(node, reading.script).flatMap((call) => writeEnd(call, reading) ?? []);
}

function writeEnd(call: Call, reading: Reading): WriteEnd | undefined {
  const last = call.name.split(".").at(-1)!;
  const isMethod =
    call.receiver !== undefined && !/^(pandas_gbq|pd|pandas)$/.test(textOf(call.receiver, reading.script));
  if (last === "to_gbq") {
    const [frame, destination] = isMethod
      ? [call.receiver!, argument(call, 0, "destination_table")]
      : [call.positional[0], argument(call, 1, "destination_table")];
    return frame && tableWrite({ call, frame, destination, mode: call.keywords.get("if_exists") }, reading);
  }
  if (last === "load_table_from_dataframe" && call.positional[0])
    return tableWrite(
      { call, frame: call.positional[0], destination: argument(call, 1, "destination"), mode: undefined },
      reading,
    );
  if (/^to_(csv|parquet)$/.test(last) && isMethod && call.positional.length + call.keywords.size > 0)
    return fileWrite(call, last.slice(3), reading);
  return undefined;
}

interface TableWrite {
  call: Call;
  frame: SyntaxNode;
  destination: SyntaxNode | undefined;
  mode: SyntaxNode | undefined;
}

function tableWrite({ call, frame, destination, mode }: TableWrite, reading: Reading): WriteEnd {
  const { script, scope } = reading;
  const table = textValue(destination, script, scope);
  const written = textValue(mode, script, scope)?.text ?? dispositionOf(call, reading);
  const notes: Problem[] = [];
  if (!table || table.holes.length > 0)
    notes.push(
      note(
        call.node,
        reading,
        "its table is put together by the script",
        "Write `table: dataset.table` under the output.",
      ),
    );
  if (written === "fail" || written === undefined)
    notes.push(
      note(
        call.node,
        reading,
        "it refuses a table that is there",
        "`write: replace` puts the new rows in place of the old ones; `append` adds them, once a run.",
      ),
    );
  const isAppend = written === "append" || written === "WRITE_APPEND";
  if (isAppend)
    notes.push(
      note(
        call.node,
        reading,
        "append adds rows once for each run",
        "With `interval: day` and `write: replace_partition`, a day can be loaded again.",
      ),
    );
  notes.push(...projectNotes(call, reading));
  const name = table && table.holes.length === 0 ? table.text : "dataset.table";
  return {
    node: call.node,
    frame,
    name: tail((table?.text ?? name).replaceAll(/_?\{[^}]*\}/g, "")),
    output: { type: "bigquery", table: name, write: isAppend ? "append" : "replace" },
    columns: schemaOf(call, reading),
    notes,
  };
}

/** Of the environment it is the team's own, as it is without one. */
function projectNotes(call: Call, reading: Reading): Problem[] {
  const project = textValue(call.keywords.get("project_id"), reading.script, reading.scope)?.text;
  if (project === undefined || !/^[a-z][a-z0-9-]+$/.test(project)) return [];
  const todo = `The table is looked for in the team's own project of each cluster. Where that is not ${project}, write ${project} before it: \`table: ${project}.dataset.table\`.`;
  return [note(call.node, reading, "the project is not carried over", todo)];
}

/** `write_disposition` of a LoadJobConfig, wherever it is made. */
function dispositionOf(call: Call, { script }: Reading): string | undefined {
  if (!call.keywords.has("job_config")) return "append";
  return /WRITE_(?:APPEND|TRUNCATE|EMPTY)/.exec(script.text)?.[0] ?? "append";
}

/** `table_schema=[{"name": …, "type": …}]`, or `SchemaField("name", "TYPE")` of the script. */
function schemaOf(call: Call, { script, scope }: Reading): Record<string, string> {
  const list = call.keywords.get("table_schema");
  const source = list?.name === "VariableName" ? scope.get(textOf(list, script)) : list;
  const found: [string, string][] = [];
  for (const item of source ? itemsOf(source) : []) {
    const entries = new Map(
      entriesOf(item, script, scope).map(([key, value]) => [key, textValue(value, script, scope)?.text]),
    );
    const [name, type] = [entries.get("name"), entries.get("type")];
    if (name !== undefined && type !== undefined) found.push([name, typeNamed(type)]);
  }
  if (found.length > 0 || !call.keywords.has("job_config")) return Object.fromEntries(found);
  for (const { name, positional } of callsIn(script.root, script)) {
    if (!/(?:^|\.)SchemaField$/.test(name)) continue;
    const [column, type] = positional.map((one) => textValue(one, script, scope)?.text ?? textOf(one, script));
    if (column !== undefined && type !== undefined) found.push([column, typeNamed(type.split(".").at(-1)!)]);
  }
  return Object.fromEntries(found);
}

function itemsOf(list: SyntaxNode): SyntaxNode[] {
  const items: SyntaxNode[] = [];
  for (let child = list.firstChild; child; child = child.nextSibling)
    if (child.name === "DictionaryExpression") items.push(child);
  return items;
}

/** Of the older names that the API takes too. */
const legacyTypes: Record<string, string> = { INTEGER: "INT64", FLOAT: "FLOAT64", BOOLEAN: "BOOL" };

function typeNamed(type: string): string {
  return legacyTypes[type.toUpperCase()] ?? type.toUpperCase();
}

function fileWrite(call: Call, format: string, reading: Reading): WriteEnd | undefined {
  const path = textValue(argument(call, 0, "path_or_buf", "path"), reading.script, reading.scope);
  if (!path) return undefined;
  const notes =
    path.text.startsWith("/") || /^\w+:\/\//.test(path.text)
      ? [note(call.node, reading, "a pod keeps no files", "Publish to BigQuery, or to a bucket (`type: gcs` or `s3`).")]
      : [];
  const file = path.text
    .split("/")
    .at(-1)!
    .replace(/\.\w+$/, "");
  return {
    node: call.node,
    frame: call.receiver!,
    name: tail(file),
    output: { type: "file", path: path.text, format },
    columns: {},
    notes,
  };
}
