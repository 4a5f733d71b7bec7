/** Walks over tokens: what the parsers share. */
import { syntaxError, type Token } from "./token.ts";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#reserved_keywords */
const reserved = new Set(
  `ALL AND ANY ARRAY AS ASC ASSERT_ROWS_MODIFIED AT BETWEEN BY CASE CAST COLLATE CONTAINS CREATE CROSS CUBE CURRENT DEFAULT
  DEFINE DESC DISTINCT ELSE END ENUM ESCAPE EXCEPT EXCLUDE EXISTS EXTRACT FALSE FETCH FOLLOWING FOR FROM FULL GROUP GROUPING
  GROUPS HASH HAVING IF IGNORE IN INNER INTERSECT INTERVAL INTO IS JOIN LATERAL LEFT LIKE LIMIT LOOKUP MERGE NATURAL NEW NO
  NOT NULL NULLS OF ON OR ORDER OUTER OVER PARTITION PRECEDING PROTO QUALIFY RANGE RECURSIVE RESPECT RIGHT ROLLUP ROWS SELECT
  SET SOME STRUCT TABLESAMPLE THEN TO TREAT TRUE UNBOUNDED UNION UNNEST USING WHEN WHERE WINDOW WITH WITHIN`.split(
    /\s+/,
  ),
);

export interface Reader {
  readonly sql: string;
  /** The token that comes next, or the one `ahead` of it. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Whether these keywords or symbols come next. */
  sees(...words: string[]): boolean;
  /** Takes them, if they come. */
  takes(...words: string[]): boolean;
  /** Takes them. @throws ApiError where something else comes */
  expect(...words: string[]): void;
  /** An identifier that is no keyword, or one in backticks. */
  name(): string;
  isName(ahead?: number): boolean;
  fail(): never;
}

export function makeReader(sql: string, tokens: Token[]): Reader {
  let at = 0;
  const peek = (ahead = 0) => tokens[Math.min(at + ahead, tokens.length - 1)]!;
  const sees = (...words: string[]) => words.every((word, i) => is(peek(i), word));
  const reader: Reader = {
    sql,
    peek,
    next() {
      at += 1;
      return tokens[at - 1]!;
    },
    sees,
    takes(...words) {
      if (!sees(...words)) return false;
      at += words.length;
      return true;
    },
    expect(...words) {
      for (const word of words) if (!reader.takes(word)) throw unexpected(peek(), `Expected ${describe(word)} but got`);
    },
    isName: (ahead = 0) => isIdentifier(peek(ahead)),
    name() {
      if (!isIdentifier(peek())) reader.fail();
      return reader.next().text;
    },
    fail() {
      throw unexpected(peek(), "Unexpected");
    },
  };
  return reader;
}

const is = ({ kind, text }: Token, word: string) =>
  (kind === "name" || kind === "symbol") && text.toUpperCase() === word;

const isIdentifier = ({ kind, text }: Token) =>
  kind === "quoted" || (kind === "name" && !reserved.has(text.toUpperCase()));

const describe = (word: string) => (/^\w/.test(word) ? `keyword ${word}` : `"${word}"`);

function unexpected(token: Token, how: string) {
  if (token.kind === "end") return syntaxError(`${how} end of statement`, token);
  const isKeyword = token.kind === "name" && reserved.has(token.text.toUpperCase());
  const kinds: Partial<Record<Token["kind"], string>> = {
    name: isKeyword ? "keyword " : "identifier ",
    quoted: "identifier ",
    string: "string literal ",
    integer: "integer literal ",
    float: "floating point literal ",
  };
  const text = isKeyword ? token.text.toUpperCase() : token.kind === "quoted" ? `\`${token.text}\`` : `"${token.text}"`;
  return syntaxError(`${how} ${kinds[token.kind] ?? ""}${text}`, token);
}
