/** A check in words, to stand after the name of its column or table: "is never NULL". */
import { checkKinds, type CheckKind, type DeclaredCheck } from "../check.ts";

type Arguments = { [K in CheckKind]: NonNullable<DeclaredCheck[K]> };

const sentences: { [K in CheckKind]: (argument: Arguments[K]) => string } = {
  not_null: (columns) => (columns === true ? "is never NULL" : `${names(columns)} ${verb(columns)} never NULL`),
  unique: (columns) =>
    columns === true
      ? "is unique"
      : `${names(columns)} ${verb(columns)} unique${columns.length > 1 ? " together" : ""}`,
  accepted_values: (values) => `is one of ${values.join(", ")}`,
  range: ({ min, max }) => bounds("is", min, max),
  matches: (pattern) => `matches \`${pattern}\``,
  relationships: ({ to, column }) => `stands in \`${to}.${column}\``,
  row_count: ({ min, max }) => `${bounds("has", min, max)} rows`,
  freshness: ({ column, within }) => `the newest \`${column}\` is at most ${within} old`,
  completeness: ({ column, every }) => `every ${every} between the first and the last \`${column}\` has rows`,
  sql: (query) => `\`${query.trim().replaceAll(/\s+/g, " ")}\` returns no rows`,
};

/** The kind of a check: what else it says are settings. */
export function kindOf(check: DeclaredCheck): CheckKind {
  return checkKinds.find((kind) => check[kind] !== undefined)!;
}

export function checkSentence(check: DeclaredCheck): string {
  const kind = kindOf(check);
  const say = sentences[kind] as (argument: unknown) => string;
  const { where, tolerate, severity } = check;
  return [
    say(check[kind]),
    where === undefined ? "" : `, where ${where}`,
    tolerate === undefined ? "" : `, but for ${percent(tolerate)} % of the rows`,
    severity === "warn" ? " (only warns)" : "",
  ].join("");
}

/** A share of 0.07 as 7, not as 7.000000000000001. */
export function percent(share: number): number {
  return Number((share * 100).toPrecision(12));
}

function bounds(word: string, min: number | string | undefined, max: number | string | undefined): string {
  if (min !== undefined && min === max) return `${word} ${min}`;
  const ends = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return `${word} ${ends.join(" and ")}`;
}

function names(columns: string[]): string {
  return columns.map((name) => `\`${name}\``).join(", ");
}

function verb(columns: string[]): string {
  return columns.length > 1 ? "are" : "is";
}
