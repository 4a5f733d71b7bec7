/** Reading only what is new: how far the last published run came, and how far this one does. */
import type { Source } from "../../spec/source.ts";
import { durationSeconds } from "../../spec/duration.ts";
import { formatType, type Type } from "../../spec/type.ts";
import { EtlError, type Where } from "../../util/error.ts";
import { quotePath } from "../connectors/bigquery/googlesql.ts";
import type { ReadSource } from "../connectors/bigquery/plan.ts";
import { googlesqlDialect } from "../engine/bigquery/dialect.ts";
import { isForced } from "../publish/decide.ts";
import { withStore } from "../publish/open-store.ts";
import type { Extract } from "./extracted.ts";

type Cursor = NonNullable<Source["cursor"]>;

/** The marks of the sources that have a cursor. None where the run is forced: it reads everything again. */
export async function readMarks(names: string[], options: Extract): Promise<Record<string, string>> {
  const { pipeline, context } = options;
  const withCursor = names.filter((name) => pipeline.spec.sources![name]!.cursor);
  if (withCursor.length === 0) return {};
  if (!isForced(options)) return withStore(options, (store) => store.marks());
  context.log.info(`read from the beginning, since the run is forced: ${withCursor.join(", ")}`);
  return {};
}

interface Since {
  cursor: Cursor | undefined;
  mark: string | undefined;
  where: () => Where;
}

/** Which rows are new; undefined: all are. */
export function newRows({ cursor, mark, where }: Since): ReadSource["since"] {
  if (!cursor || mark === undefined) return undefined;
  const condition = (type: Type) => {
    const from = cursor.lag === undefined ? mark : earlier(mark, { lag: cursor.lag, type, where });
    // Rows of the mark's own time may still have come after it was read: a lag reads them again.
    const operator = cursor.lag === undefined ? ">" : ">=";
    return `${quotePath(cursor.column)} ${operator} ${googlesqlDialect.literal(from, type)}`;
  };
  return { column: cursor.column, condition };
}

/** A mark, some time before. Its digits behind the second stay as they are. */
function earlier(mark: string, { lag, type, where }: { lag: string; type: Type; where: () => Where }): string {
  const seconds = durationSeconds(lag);
  if (type.kind === "DATE") return isoBefore(`${mark}T00:00:00`, Math.ceil(seconds / 86_400) * 86_400).slice(0, 10);
  if (type.kind !== "TIMESTAMP" && type.kind !== "DATETIME") throw timeless(type, where);
  const [, whole = "", fraction = "", zone = ""] = /^([^.+Z]+?)(\.\d+)?(\+.*|Z)?$/.exec(mark) ?? [];
  return `${isoBefore(whole.replace(" ", "T"), seconds)}${fraction}${zone}`;
}

function isoBefore(text: string, seconds: number): string {
  return new Date(Date.parse(`${text}Z`) - seconds * 1000).toISOString().slice(0, 19);
}

function timeless(type: Type, where: () => Where): EtlError {
  return new EtlError({
    code: "invalid",
    message: `a \`lag\` goes back in time, and the cursor's column is ${formatType(type)}`,
    hint: "Remove `lag`, or choose a column of type DATE, DATETIME or TIMESTAMP.",
    where: where(),
  });
}

/** Notes how far a source was read, so that it is kept when the run publishes. */
export async function noteMark(name: string, { pipeline, work, marks }: Extract): Promise<void> {
  const { cursor } = pipeline.spec.sources![name]!;
  if (!cursor) return;
  const { quoteIdentifier } = work.db.dialect;
  const [row] = await work.db.query(
    `SELECT CAST(max(${quoteIdentifier(cursor.column)}) AS VARCHAR) AS mark FROM ${quoteIdentifier(name)}`,
  );
  // No new rows: the old mark stands.
  if (typeof row!["mark"] === "string") marks[name] = row!["mark"];
}
