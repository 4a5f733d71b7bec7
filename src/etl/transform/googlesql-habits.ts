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
  // Whole days of 24 hours; DATETIME_DIFF counts midnights.
  TIMESTAMP_DIFF: "date_sub('day', earlier, later)",
  DATETIME_DIFF: "date_diff('day', earlier, later)",
  TIMESTAMP_ADD: "timestamp + INTERVAL 1 DAY",
  TIMESTAMP_SUB: "timestamp - INTERVAL 1 DAY",
  DATETIME_ADD: "timestamp + INTERVAL 1 DAY",
  DATETIME_SUB: "timestamp - INTERVAL 1 DAY",
  CURRENT_DATETIME: "current_localtimestamp()",
  CURRENT_TIMESTAMP: "now()",
  CURRENT_TIME: "current_localtime()",
  GENERATE_UUID: "CAST(uuid() AS VARCHAR)",
  GENERATE_DATE_ARRAY: "generate_series(first, last, INTERVAL 1 DAY)",
  GENERATE_ARRAY: "generate_series(first, last)",
  TO_JSON_STRING: "to_json(value)",
  JSON_QUERY: "json_extract(value, path)",
  REGEXP_CONTAINS: "regexp_matches(text, pattern)",
  LOGICAL_AND: "bool_and(condition)",
  LOGICAL_OR: "bool_or(condition)",
  FARM_FINGERPRINT: "hash(value), whose numbers differ from BigQuery's",
  DATE_FROM_UNIX_DATE: "DATE '1970-01-01' + days",
  PARSE_NUMERIC: "CAST(text AS DECIMAL(38, 9))",
};

/** Parts of a date, and what DuckDB calls those that it calls otherwise. */
const dateParts = new Set(["DAY", "WEEK", "ISOWEEK", "MONTH", "QUARTER", "YEAR", "HOUR", "MINUTE", "SECOND"]);
const duckdbPart = (part: string) => (part === "ISOWEEK" ? "week" : part.toLowerCase());

/** Types that the engine does not know, or knows otherwise. */
const types: Record<string, string> = { FLOAT64: "DOUBLE", BIGNUMERIC: "DECIMAL(38, 9)", BYTES: "BLOB" };

const sundayWeek = "CAST(date_trunc('week', date + 1) AS DATE) - 1";

export function findHabits(tokens: Token[]): Habit[] {
  const code = tokens.filter((token) => token.kind !== "comment");
  return code.flatMap((token, i) => habitAt(code, i, token) ?? []);
}

function habitAt(code: Token[], i: number, token: Token): Habit | undefined {
  if (token.kind === "backtick")
    return error(token, "backticks are GoogleSQL", `In a model, write ${backtickCure(token.text)}.`);
  if (token.kind === "hash") return error(token, "`#` begins no comment in DuckDB's SQL", "In a model, write `--`.");
  if (token.kind === "at")
    return error(token, `\`${token.text}\` is a GoogleSQL parameter`, `In a model, write \`$${token.text.slice(1)}\`.`);
  if (token.kind !== "word") return undefined;
  const word = token.text.toUpperCase();
  if (code[i + 1]?.text !== "(") return wordHabit(code, i, word, token);
  if (Object.hasOwn(functions, word))
    return error(token, `\`${token.text}(…)\` is GoogleSQL`, `In a model, write \`${functions[word]}\`.`);
  const previous = code[i - 1]?.text ?? "";
  const isCast = previous === "(" && /^(TRY_)?CAST$/i.test(code[i - 2]?.text ?? "");
  return callHabits[word]?.({ token, previous, isCast, args: argumentsOf(code, i + 1) });
}

interface Call {
  token: Token;
  /** What stands before the function's name. */
  previous: string;
  /** Whether its value is cast. */
  isCast: boolean;
  args: Token[][];
}

/** Functions and keywords that only some uses of are GoogleSQL. */
const callHabits: Record<string, (call: Call) => Habit | undefined> = {
  DATE_DIFF: dateDiff,
  DATE_TRUNC: dateTrunc,
  DATE_ADD: dateAdd,
  DATE_SUB: dateAdd,
  CURRENT_DATE: currentDate,
  ARRAY_AGG: ({ token, args }) =>
    args.some((tokens) => tokens.some(({ text }) => /^IGNORE$/i.test(text)))
      ? error(
          token,
          "`ARRAY_AGG(… IGNORE NULLS)` is GoogleSQL",
          "In a model, write `list(x) FILTER (x IS NOT NULL)`, in an order `list(x ORDER BY y) FILTER (x IS NOT NULL)`.",
        )
      : undefined,
  STRUCT: ({ token, args }) =>
    args.every(isTypedField)
      ? undefined
      : error(
          token,
          "`STRUCT(…)` is GoogleSQL",
          "In a model, write `{'name': value}` or `struct_pack(name := value)`.",
        ),
  EXCEPT: ({ token, previous }) =>
    previous === "*" ? error(token, "`* EXCEPT(…)` is GoogleSQL", "In a model, write `* EXCLUDE (…)`.") : undefined,
  OFFSET: listIndex,
  ORDINAL: listIndex,
  SAFE_OFFSET: listIndex,
  SAFE_ORDINAL: listIndex,
  EXTRACT: ({ token, args }) =>
    /^DAYOFWEEK$/i.test(args[0]?.[0]?.text ?? "")
      ? warning(
          token,
          "DAYOFWEEK counts from 0 (Sunday) here, and from 1 in BigQuery",
          "Add 1, or use isodow (Monday is 1), which says what it means.",
        )
      : undefined,
  JSON_VALUE: ({ token }) =>
    warning(
      token,
      "JSON_VALUE keeps a text's double quotes here, and not in BigQuery",
      "Write json_extract_string(value, path).",
    ),
};

function dateDiff({ token, args }: Call): Habit | undefined {
  const part = googlePart(args, 3);
  return part === undefined
    ? undefined
    : error(
        token,
        "`DATE_DIFF(a, b, PART)` is GoogleSQL",
        `In a model, write \`date_diff('${duckdbPart(part)}', b, a)\`: the part first, then the earlier one.${part === "WEEK" ? " Its weeks begin on Monday." : ""}`,
      );
}

/** The engine's date_add gives a DATETIME; its date_sub is another function. */
function dateAdd({ token, args, isCast }: Call): Habit | undefined {
  const [keyword, ...length] = args.at(-1) ?? [];
  if (args.length !== 2 || keyword?.text.toUpperCase() !== "INTERVAL" || length.length < 2) return undefined;
  const name = token.text.toUpperCase();
  const part = length.at(-1)!.text;
  const amount = length.slice(0, -1);
  const isPlain = amount.length === 1 && amount[0]!.kind === "number";
  const written = isPlain ? amount[0]!.text : `(${amount.map(({ text }) => text).join(" ")})`;
  const cure = `CAST(date ${name === "DATE_ADD" ? "+" : "-"} INTERVAL ${written} ${part} AS DATE)`;
  if (name === "DATE_SUB" || !(isPlain || amount[0]!.text === "("))
    return error(token, `\`${name}(date, INTERVAL …)\` is GoogleSQL`, `In a model, write \`${cure}\`.`);
  return isCast
    ? undefined
    : warning(token, "DATE_ADD gives a DATETIME here, and a DATE in BigQuery", `Write \`${cure}\`.`);
}

function currentDate({ token, args: [zone] }: Call): Habit | undefined {
  const [first] = zone ?? [];
  if (!first) return undefined;
  const name = first.kind === "quoted" || first.kind === "string" ? first.text.slice(1, -1) : "Europe/Oslo";
  const cure = `CAST(now() AT TIME ZONE '${name}' AS DATE)`;
  return error(token, "`CURRENT_DATE(zone)` is GoogleSQL", `In a model, write \`${cure}\`.`);
}

function dateTrunc({ token, args }: Call): Habit | undefined {
  const part = googlePart(args, 2);
  if (part !== undefined) {
    const cure = part === "WEEK" ? sundayWeek : `CAST(date_trunc('${duckdbPart(part)}', date) AS DATE)`;
    return error(token, "`DATE_TRUNC(date, PART)` is GoogleSQL", `In a model, write \`${cure}\`.`);
  }
  if (!/^'week'$/i.test(args[0]?.[0]?.text ?? "") || isSundayShift(args[1])) return undefined;
  return warning(token, "a week begins on Monday here, and on Sunday in BigQuery", `For Sundays: ${sundayWeek}.`);
}

/** The part of a date that stands last, as a word. In DuckDB a text stands first, and a column last, which may have any name. */
function googlePart(args: Token[][], count: number): string | undefined {
  const [first, last] = [args[0], args.at(-1)];
  if (args.length !== count || last?.length !== 1) return undefined;
  const part = last[0]!.text.toUpperCase();
  const isDuckdb = first?.length === 1 && dateParts.has(first[0]!.text.slice(1, -1).toUpperCase());
  return dateParts.has(part) && !isDuckdb ? part : undefined;
}

/** `date + 1`: somebody knows what a week is. */
function isSundayShift(argument: Token[] | undefined): boolean {
  return argument?.at(-1)?.text === "1" && argument.at(-2)?.text === "+";
}

function listIndex({ token, previous }: Call): Habit | undefined {
  return previous === "["
    ? error(token, `\`[${token.text}(…)]\` is GoogleSQL`, "In a model, lists count from 1: write `list[1]`.")
    : undefined;
}

/** `name TYPE`, as in DuckDB's type STRUCT(name TYPE, …). */
function isTypedField([name, type]: Token[]): boolean {
  if (name?.kind !== "quoted" && (name?.kind !== "word" || /^(CASE|NOT|DISTINCT)$/i.test(name.text))) return false;
  return type?.kind === "word" && !/^(AS|IS|IN|AND|OR|NOT|LIKE|BETWEEN)$/i.test(type.text);
}

function wordHabit(code: Token[], i: number, word: string, token: Token): Habit | undefined {
  const previous = code[i - 1]?.text.toUpperCase();
  if (word === "OFFSET" && previous === "WITH")
    return error(
      token,
      "`WITH OFFSET` is GoogleSQL",
      "In a model, write `unnest(list) WITH ORDINALITY`, or generate_subscripts(list, 1).",
    );
  // A column may be called so, too: `AS float64, …`.
  const isCast = previous === ":" || (previous === "AS" && code[i + 1]?.text === ")");
  if (!isCast) return undefined;
  if (Object.hasOwn(types, word))
    return error(token, `\`${token.text}\` is GoogleSQL`, `In a model's SQL, write \`${types[word]}\`.`);
  if (word !== "NUMERIC") return undefined;
  return warning(
    token,
    "NUMERIC has 3 digits after the point here, and 9 in BigQuery",
    "Write DECIMAL(38, 9), or how many you want.",
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
