/** Rows of a table, a page at a time. */
import { isTrue, numberOf } from "../http/call.ts";
import { quote } from "../value/type.ts";
import { typeOfField, type Field } from "../value/field.ts";
import { restRow, type Row } from "../value/rest.ts";
import type { TimestampFormat } from "../value/text.ts";
import type { State } from "../state.ts";
import type { Table } from "../catalog/catalog.ts";
import { invalid } from "../api-error.ts";

/** BigQuery cuts a reply at 10 MB. */
const maximumBytes = 10_000_000;

export interface Page {
  rows: Row[];
  pageToken?: string;
}

export interface Paging {
  start: number;
  maxResults?: number;
  timestamps: TimestampFormat;
  /** Columns to give; all when it is left out. */
  fields?: Field[];
}

/** How the parameters of `tabledata.list` and `jobs.getQueryResults` ask for rows. */
export function pagingOf(query: URLSearchParams): Paging {
  const token = query.get("pageToken");
  const maxResults = numberOf(query, "maxResults");
  return {
    start: token === null ? (numberOf(query, "startIndex") ?? 0) : readToken(token),
    ...(maxResults !== undefined && { maxResults }),
    timestamps: timestampFormat(
      query.get("formatOptions.timestampOutputFormat") ?? undefined,
      isTrue(query, "formatOptions.useInt64Timestamp"),
    ),
  };
}

export function timestampFormat(output: string | undefined, useInt64: boolean): TimestampFormat {
  if (output !== undefined && output !== "TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED") return output as TimestampFormat;
  return useInt64 ? "INT64" : "FLOAT64";
}

export async function readPage(state: State, table: Table, paging: Paging, total: bigint): Promise<Page> {
  const { start, maxResults = 50_000, timestamps, fields = table.fields } = paging;
  const types = fields.map(typeOfField);
  const columns = fields.map(({ name }) => quote(name)).join(", ") || "NULL";
  const sql = `SELECT ${columns} FROM ${table.physical} LIMIT ${maxResults} OFFSET ${start}`;
  const values = await state.database.with((session) => session.rows(sql));
  const rows: Row[] = [];
  let bytes = 0;
  for (const row of values) {
    const next = restRow(types, row, timestamps);
    bytes += JSON.stringify(next).length;
    if (bytes > maximumBytes && rows.length > 0) break;
    rows.push(next);
  }
  const end = start + rows.length;
  return { rows, ...(BigInt(end) < total && maxResults > 0 && { pageToken: makeToken(end) }) };
}

const makeToken = (row: number) => Buffer.from(`row:${row}`).toString("base64url");

function readToken(token: string): number {
  const found = /^row:(\d+)$/.exec(Buffer.from(token, "base64url").toString());
  if (!found) throw invalid("Invalid page token");
  return Number(found[1]);
}
