/**
 * Column types, in GoogleSQL's names: the one type language of the product.
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types
 */
import { didYouMean } from "../util/suggest.ts";

export type ScalarName = (typeof scalarNames)[number];

export type Type =
  | { kind: ScalarName; /** STRING(n), BYTES(n): length; NUMERIC(p, s): precision and scale. */ parameters?: number[] }
  | { kind: "ARRAY"; element: Type }
  | { kind: "STRUCT"; fields: Field[] };

export interface Field {
  name: string;
  type: Type;
}

export const scalarNames = [
  "STRING",
  "BYTES",
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "BIGNUMERIC",
  "BOOL",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "JSON",
] as const;

/** What {@link parseType} takes, roughly, for editors: names in any case, of which they offer the upper one. */
export const typePattern = `^\\s*(?:${[...scalarNames, "ARRAY\\s*<", "STRUCT\\s*<"].map(anyCase).join("|")})`;

/** Types of BigQuery that an embedded engine cannot hold, with what to do instead. */
const refused: Record<string, string> = {
  GEOGRAPHY: "Read it as text in `query:` with ST_ASTEXT(column), and declare STRING.",
  INTERVAL: "Store its length as INT64 (seconds, days), or as STRING.",
  RANGE: "Store its start and end as two columns.",
};

/** Other names people know these types by. GoogleSQL accepts the first seven as aliases; we name the type to write. */
const aliases: Record<string, ScalarName | "STRUCT<…>"> = {
  INT: "INT64",
  INTEGER: "INT64",
  BIGINT: "INT64",
  SMALLINT: "INT64",
  TINYINT: "INT64",
  BYTEINT: "INT64",
  DECIMAL: "NUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
  FLOAT: "FLOAT64",
  DOUBLE: "FLOAT64",
  REAL: "FLOAT64",
  BOOLEAN: "BOOL",
  VARCHAR: "STRING",
  TEXT: "STRING",
  CHAR: "STRING",
  BLOB: "BYTES",
  TIMESTAMPTZ: "TIMESTAMP",
  RECORD: "STRUCT<…>",
};

export class TypeSyntaxError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Parses `ARRAY<STRUCT<name STRING, n INT64>>` and the like. Names are case-insensitive.
 * @throws {TypeSyntaxError} naming the unknown word and the nearest known type.
 */
export function parseType(text: string): Type {
  const tokens = text.match(/[\p{L}_][\p{L}\p{N}_]*|`[^`]+`|\d+|\S/gu) ?? [];
  let at = 0;
  const peek = () => tokens[at];
  const expect = (token: string) => {
    if (tokens[at] !== token)
      throw syntaxError(
        text,
        `expected \`${token}\` ${at < tokens.length ? `before \`${tokens[at]}\`` : "at the end"}`,
      );
    at++;
  };

  function type(): Type {
    const word = tokens[at++] ?? "";
    const name = word.toUpperCase();
    if (name === "ARRAY") return array();
    if (name === "STRUCT") return struct();
    if (isScalar(name)) return scalar(name);
    throw unknownType(word);
  }

  function array(): Type {
    expect("<");
    const element = type();
    expect(">");
    if (element.kind === "ARRAY")
      throw syntaxError(
        text,
        "an ARRAY of ARRAY is not a type in BigQuery",
        "Put a STRUCT between: ARRAY<STRUCT<items ARRAY<…>>>.",
      );
    return { kind: "ARRAY", element };
  }

  function struct(): Type {
    const fields: Field[] = [];
    expect("<");
    do {
      const name = tokens[at++] ?? "";
      if (!/^[`\p{L}_]/u.test(name)) throw syntaxError(text, "a STRUCT's field needs a name");
      if (isScalar(name.toUpperCase()) && [",", ">", "("].includes(peek() ?? "")) {
        throw syntaxError(text, "a STRUCT's field needs a name", `Write STRUCT<name ${name.toUpperCase()}>.`);
      }
      fields.push({ name: name.replaceAll("`", ""), type: type() });
    } while (peek() === "," && ++at);
    const twin = twinOf(fields);
    if (twin)
      throw syntaxError(text, `a STRUCT has two fields \`${twin}\``, "Rename one; upper and lower case are one.");
    expect(">");
    return { kind: "STRUCT", fields };
  }

  function scalar(kind: ScalarName): Type {
    if (peek() !== "(") return { kind };
    const parameters: number[] = [];
    do {
      at++;
      parameters.push(Number(tokens[at++]));
    } while (peek() === ",");
    expect(")");
    checkParameters(kind, parameters, text);
    return { kind, parameters };
  }

  const result = type();
  if (at < tokens.length) throw syntaxError(text, `\`${tokens.slice(at).join("")}\` stands after the type`);
  return result;
}

/** The canonical spelling of a type, as it is written in BigQuery. */
export function formatType(type: Type): string {
  if (type.kind === "ARRAY") return `ARRAY<${formatType(type.element)}>`;
  if (type.kind === "STRUCT")
    return `STRUCT<${type.fields.map((field) => `${formatFieldName(field.name)} ${formatType(field.type)}`).join(", ")}>`;
  return type.parameters ? `${type.kind}(${type.parameters.join(", ")})` : type.kind;
}

/** A name that is there already, in whatever case. */
function twinOf(fields: readonly Field[]): string | undefined {
  const names = fields.map(({ name }) => name.toLowerCase());
  return fields.find(({ name }, i) => names.indexOf(name.toLowerCase()) < i)?.name;
}

function formatFieldName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name}\``;
}

function anyCase(name: string): string {
  return name.replaceAll(/(?<!\\)[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
}

export function isScalar(name: string): name is ScalarName {
  return (scalarNames as readonly string[]).includes(name);
}

/** Digits that a declared precision and scale may ask for. Without them BIGNUMERIC holds one more before the point, in part. */
const digitsOf = { NUMERIC: { before: 29, after: 9 }, BIGNUMERIC: { before: 38, after: 38 } };

function checkParameters(kind: ScalarName, parameters: number[], text: string): void {
  const [first = Number.NaN, second = 0] = parameters;
  const most = { STRING: 1, BYTES: 1, NUMERIC: 2, BIGNUMERIC: 2 }[kind as string] ?? 0;
  const digits = digitsOf[kind as keyof typeof digitsOf];
  const bad = parameters.length > most || parameters.some((n) => !Number.isInteger(n) || n < 0) || first < 1;
  if (bad || first < second) throw syntaxError(text, `${kind} does not take (${parameters.join(", ")})`);
  if (digits && (second > digits.after || first - second > digits.before)) {
    const why = `${kind} holds at most ${digits.before} digits before the point and ${digits.after} after it`;
    throw syntaxError(text, why, kind === "NUMERIC" ? "Use BIGNUMERIC for more." : "Use STRING for more.");
  }
}

function syntaxError(
  text: string,
  why: string,
  hint = "Write it as in BigQuery: STRING, INT64, ARRAY<STRING>, STRUCT<a INT64, b STRING>.",
): TypeSyntaxError {
  return new TypeSyntaxError(`\`${text}\` is not a type: ${why}`, hint);
}

function unknownType(word: string): TypeSyntaxError {
  const name = word.toUpperCase();
  const why = refused[name];
  if (why) return new TypeSyntaxError(`type ${name} is not supported`, why);
  const alias = aliases[name];
  if (alias)
    return new TypeSyntaxError(
      `\`${word}\` is not the name of a type here`,
      `Write \`${alias}\`: types have GoogleSQL's names.`,
    );
  const message = /^[>,)]?$/.test(word) ? "a type is missing" : `\`${word}\` is not a type`;
  return new TypeSyntaxError(message, didYouMean(word, [...scalarNames, "ARRAY", "STRUCT"]));
}
