/** Mutants that may survive, and why: `-- survives: reason` in the query, on the line or alone on the line above. */
import { positionAt, tokenize } from "../../transform/sql-text.ts";

export interface Accepted {
  /** The line of the query whose mutants may survive, and that of the comment. */
  line: number;
  at: number;
  reason: string;
}

export function findAccepted(sql: string): Accepted[] {
  const tokens = tokenize(sql);
  const code = tokens.filter(({ kind }) => kind !== "comment").map(({ offset }) => positionAt(sql, offset).line);
  return tokens.flatMap((token): Accepted[] => {
    const reason = /^--\s*survives:\s*(\S.*)$/i.exec(token.text)?.[1];
    if (token.kind !== "comment" || reason === undefined) return [];
    const at = positionAt(sql, token.offset).line;
    const line = code.includes(at) ? at : code.find((other) => other > at);
    return line === undefined ? [] : [{ line, at, reason: reason.trim() }];
  });
}
