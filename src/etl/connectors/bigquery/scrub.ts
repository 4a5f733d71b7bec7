/**
 * Messages of BigQuery, without values of the data. It quotes them freely (`Bad int64 value: Ola Nordmann`), with and
 * without quotes: of what was said when rows were read, only words known to hold none are kept.
 */

/** Said before any row is read: names, types and places of the query, which are its author's own. */
const beforeRows =
  /^(Syntax error|Unrecognized name|Function not found|Table-valued function not found|Name \S+ not found|Column \S+ in |No matching signature|SELECT list expression|Not found|Access Denied|Permission |Already Exists|Table name|Dataset |Duplicate column|Ambiguous|Query parameter|Undeclared query parameter|Unknown column|Required parameter|Cannot read and write in different locations|Query exceeded limit for bytes billed|Custom quota exceeded|Quota exceeded|Exceeded rate limits|Invalid project|Invalid dataset|The project |Billing|Provided Schema does not match|Schema update|Type not found|Unknown time zone|Invalid table|Precondition|non-table entities|request failed: the table is a|request failed: non-table|Transaction is aborted|no answer|HTTP |Job |The job |Invalid value for|Missing|Invalid time travel timestamp|Invalid snapshot time)/i;

/** Heads of messages about values. */
const heads = [
  /^Bad [a-z0-9]+ value/i,
  /^Invalid (?:date|time|timestamp|datetime|interval|NUMERIC|BIGNUMERIC|JSON|UTF-?8)[a-z ]*(?:string|value|literal)?/i,
  /^Could not (?:parse|cast|convert)/i,
  /^Cannot (?:parse|convert|cast)/i,
  /^division by zero/i,
  /^[a-z0-9]+ overflow/i,
  /^Array index/i,
  /^Scalar subquery produced more than one element/i,
  /^UPDATE\/MERGE must match at most one source row for each target row/i,
  /^Required field/i,
  /^Resources exceeded during query execution/i,
  /^Error while reading (?:data|table)/i,
  /^Response too large to return/i,
  /^Query execution failed/i,
];

const longest = 400;

/** In one line. */
export function scrubMessage(message: string, reason: string): string {
  const line = message.split("\n")[0]!.trim();
  if (beforeRows.test(line)) return hideLiterals(line).slice(0, longest);
  const head = heads.map((pattern) => pattern.exec(line)?.[0]).find((found) => found !== undefined);
  const place = / at \[\d+:\d+\]/.exec(line)?.[0] ?? "";
  return head === undefined ? `BigQuery refused (${reason})${place}` : `${head}${place}`;
}

/** What stands in quotes may be a value that the query compares with. Names stand in backticks, or after a colon. */
function hideLiterals(line: string): string {
  return (
    line
      .replaceAll(/\\["']/g, "")
      // Whichever begins first: the other kind may stand inside. One that is not closed goes on to the end.
      .replaceAll(/"[^"]*(?:"|$)|(?<!\p{L})'[^']*(?:'|$)/gu, (literal) => `${literal[0]}…${literal[0]}`)
  );
}
