/** What DuckDB says against a statement, as BigQuery would say it. */
import { ApiError, invalidQuery } from "../api-error.ts";

export function asQueryError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [, kind = "", message = text] = /^([\w ]+ Error): ([^]*)$/.exec(text) ?? [];
  const [line] = message.split("\n") as [string];
  if (kind === "Invalid Input Error" || kind === "Conversion Error") return invalidQuery(line, "query");
  if (kind === "Out of Range Error") return invalidQuery(`Numeric overflow: ${line}`, "query");
  if (kind === "TransactionContext Error") {
    return invalidQuery(`Transaction is aborted due to concurrent update: ${line}`, "query");
  }
  if (kind === "Binder Error") return invalidQuery(`${line} (as the test server's DuckDB words it)`, "query");
  return new ApiError({ reason: "internalError", message: `the test server's DuckDB: ${text}` });
}
