/**
 * GoogleSQL as people paste it from the BigQuery console, and how the same is said in a model (DuckDB's SQL).
 * Errors are found before the engine sees the text, so that all are reported at once and by their own names;
 * silent differences, which the engine accepts and means otherwise, are warnings.
 */
import type { Token } from "./sql-text.ts";

export interface Habit {
  severity: "error" | "warning";
  token: Token;
  message: string;
  hint: string;
}

/** Functions that only BigQuery has. */
const functions: Record<string, string> = {
  SAFE_CAST: "TRY_CAST(value AS type)",
  SAFE_DIVIDE: "a / nullif(b, 0)",
  FORMAT_DATE: "strftime(date, format)",
  FORMAT_TIMESTAMP: "strftime(timestamp, format)",
  FORMAT_DATETIME: "strftime(timestamp, format)",
  PARSE_DATE: "CAST(strptime(text, format) AS DATE)",
  PARSE_TIMESTAMP: "strptime(text, format)",
  PARSE_DATETIME: "strptime(text, format)",
  TIMESTAMP_TRUNC: "date_trunc('day', timestamp)",
  DATETIME_TRUNC: "date_trunc('day', timestamp)",
  TIMESTAMP_DIFF: "date_diff('day', earlier, later)",
  DATETIME_DIFF: "date_diff('day', earlier, later)",
  TIMESTAMP_ADD: "timestamp + INTERVAL 1 DAY",
  TIMESTAMP_SUB: "timestamp - INTERVAL 1 DAY",
  DATETIME_ADD: "timestamp + INTERVAL 1 DAY",
  DATETIME_SUB: "timestamp - INTERVAL 1 DAY",
  CURRENT_DATETIME: "now()",
  GENERATE_DATE_ARRAY: "generate_series(first, last, INTERVAL 1 DAY)",
  GENERATE_ARRAY: "generate_series(first, last)",
  TO_JSON_STRING: "to_json(value)",
  JSON_VALUE: "json_extract_string(value, path)",
  JSON_QUERY: "json_extract(value, path)",
  REGEXP_CONTAINS: "regexp_matches(text, pattern)",
  LOGICAL_AND: "bool_and(condition)",
  LOGICAL_OR: "bool_or(condition)",
  FARM_FINGERPRINT: "hash(value), whose numbers differ from BigQuery's",
  DATE_FROM_UNIX_DATE: "DATE '1970-01-01' + days",
  PARSE_NUMERIC: "CAST(text AS DECIMAL(38, 9))",
};

const dateParts = new Set(["DAY", "WEEK", "ISOWEEK", "MONTH", "QUARTER", "YEAR", "HOUR", "MINUTE", "SECOND"]);

export function findHabits(tokens: Token[]): Habit[] {
  const code = tokens.filter((token) => token.kind !== "comment");
  return code.flatMap((token, i) => habitAt(code, i, token) ?? []);
}

function habitAt(code: Token[], i: number, token: Token): Habit | undefined {
  if (token.kind === "backtick")
    return error(token, "backticks are GoogleSQL", `In a model, write ${backtickCure(token.text)}.`);
  if (token.kind === "at")
    return error(token, `\`${token.text}\` is a GoogleSQL parameter`, `In a model, write \`$${token.text.slice(1)}\`.`);
  if (token.kind !== "word") return undefined;
  const word = token.text.toUpperCase();
  const called = code[i + 1]?.text === "(";
  if (called && functions[word])
    return error(token, `\`${token.text}(…)\` is GoogleSQL`, `In a model, write \`${functions[word]}\`.`);
  return called ? callHabit(code, i, word, token) : wordHabit(code, i, word, token);
}

function callHabit(code: Token[], i: number, word: string, token: Token): Habit | undefined {
  const args = argumentsOf(code, i + 1);
  const last = args.at(-1) ?? [];
  const part = last.length === 1 ? last[0]!.text.toUpperCase() : "";
  if (word === "DATE_DIFF" && args.length === 3 && dateParts.has(part)) {
    return error(
      token,
      "`DATE_DIFF(a, b, PART)` is GoogleSQL",
      `In a model, write \`date_diff('${part.toLowerCase()}', b, a)\`: the part first, then the earlier one.`,
    );
  }
  if (word === "DATE_TRUNC" && args.length === 2 && dateParts.has(part)) {
    return error(
      token,
      "`DATE_TRUNC(date, PART)` is GoogleSQL",
      `In a model, write \`date_trunc('${part.toLowerCase()}', date)\`.`,
    );
  }
  if ((word === "DATE_ADD" || word === "DATE_SUB") && last[0]?.text.toUpperCase() === "INTERVAL") return undefined;
  if (word === "STRUCT")
    return error(
      token,
      "`STRUCT(…)` is GoogleSQL",
      "In a model, write `{'name': value}` or `struct_pack(name := value)`.",
    );
  if (word === "EXCEPT" && code[i - 1]?.text === "*")
    return error(token, "`* EXCEPT(…)` is GoogleSQL", "In a model, write `* EXCLUDE (…)`.");
  if ((word === "OFFSET" || word === "ORDINAL") && code[i - 1]?.text === "[") {
    return error(token, `\`[${token.text}(…)]\` is GoogleSQL`, "In a model, lists count from 1: write `list[1]`.");
  }
  if (word === "DATE_TRUNC" && /^'week'$/i.test(args[0]?.[0]?.text ?? "")) return weekWarning(token);
  if (word === "EXTRACT" && /^DAYOFWEEK$/i.test(args[0]?.[0]?.text ?? "")) {
    return warning(
      token,
      "DAYOFWEEK counts from 0 (Sunday) here, and from 1 in BigQuery",
      "Add 1, or use isodow (Monday is 1), which says what it means.",
    );
  }
  return undefined;
}

function wordHabit(code: Token[], i: number, word: string, token: Token): Habit | undefined {
  const types: Record<string, string> = { INT64: "BIGINT", FLOAT64: "DOUBLE", BIGNUMERIC: "DECIMAL(38, 9)" };
  const previous = code[i - 1]?.text.toUpperCase();
  const castTo = previous === "AS" || previous === ":";
  if (word === "FLOAT64" && castTo)
    return error(token, "`FLOAT64` is GoogleSQL", `In a model's SQL, write \`${types[word]}\`.`);
  if (word === "OFFSET" && previous === "WITH")
    return error(
      token,
      "`WITH OFFSET` is GoogleSQL",
      "In a model, write `unnest(list) WITH ORDINALITY`, or generate_subscripts(list, 1).",
    );
  if (word === "UNNEST") return undefined;
  return undefined;
}

function weekWarning(token: Token): Habit {
  return warning(
    token,
    "a week begins on Monday here, and on Sunday in BigQuery",
    "For Sundays: date_trunc('week', date + 1) - 1.",
  );
}

/** The tokens of each argument of the call whose parenthesis opens at `open`. */
function argumentsOf(code: Token[], open: number): Token[][] {
  const args: Token[][] = [[]];
  let depth = 0;
  for (const token of code.slice(open)) {
    if ("([{".includes(token.text)) depth++;
    if (")]}".includes(token.text)) depth--;
    if (depth === 0) return args;
    if (depth === 1 && token.text === ",") args.push([]);
    else if (!(depth === 1 && token.text === "(" && args.length === 1 && args[0]!.length === 0))
      args.at(-1)!.push(token);
  }
  return args;
}

function backtickCure(text: string): string {
  const name = text.slice(1, -1);
  if (name.includes(".")) return "the source's name: declare the table under `sources:`";
  return /^[A-Za-z_]\w*$/.test(name) ? `\`${name}\` without them, or "${name}"` : `"${name}" in double quotes`;
}

const error = (token: Token, message: string, hint: string): Habit => ({ severity: "error", token, message, hint });
const warning = (token: Token, message: string, hint: string): Habit => ({ severity: "warning", token, message, hint });
