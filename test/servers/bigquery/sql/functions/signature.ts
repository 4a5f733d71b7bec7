/** Functions of plain values, written as `LEFT(STRING, INT64) STRING`; a `?` follows an argument that may be left out. */
import { findScalar, scalar, type ScalarKind, type SqlType } from "../../value/type.ts";
import { canCoerce, coerce, type Typed } from "../typed.ts";

/** Gives DuckDB's SQL for the arguments' SQL. */
export type Write = (...args: string[]) => string;

export interface Overload {
  name: string;
  args: SqlType[];
  /** How many must be given. */
  least: number;
  result: SqlType;
  write: Write;
}

export function readSignature(signature: string, write: Write): Overload {
  const found = /^(\w+)\(([^)]*)\) (\S+)$/.exec(signature);
  if (!found) throw new Error(`no signature: ${signature}`);
  const [, name, list, result] = found as unknown as [string, string, string, string];
  const args = list
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "");
  return {
    name,
    args: args.map((it) => readType(it.replace("?", ""))),
    least: args.filter((it) => !it.endsWith("?")).length,
    result: readType(result),
    write,
  };
}

function readType(text: string): SqlType {
  const inner = /^ARRAY<(.+)>$/.exec(text)?.[1];
  if (inner !== undefined) return { kind: "ARRAY", element: readType(inner) };
  return scalar(findScalar(text) as ScalarKind);
}

/** The first form that takes the values as they are, or else the first that takes them converted. */
export function resolve(overloads: Overload[], values: Typed[]): Typed | undefined {
  const fitting = overloads.filter(
    ({ args, least }) =>
      values.length >= least && values.length <= args.length && values.every((it, i) => canCoerce(it, args[i]!)),
  );
  const exact = fitting.find(({ args }) => values.every((it, i) => it.type.kind === args[i]!.kind));
  const found = exact ?? fitting[0];
  if (!found) return undefined;
  const sql = found.write(...values.map((it, i) => coerce(it, found.args[i]!).sql));
  return { sql, type: found.result };
}
