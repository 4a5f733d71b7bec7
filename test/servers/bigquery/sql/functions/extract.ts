/** EXTRACT, and the parts of dates and times that several functions name. */
import { notHere } from "../../api-error.ts";
import { scalar, showType } from "../../value/type.ts";
import type { Expression } from "../syntax.ts";
import { queryError } from "../token.ts";
import type { Translate } from "../translate-expression.ts";
import { coerce, typed, type Typed } from "../typed.ts";

/** A time without a zone, as DuckDB's functions want it. UTC where no zone is named. */
export function local({ sql, type }: Typed, zone = "'UTC'"): string {
  return type.kind === "TIMESTAMP" ? `timezone(${zone}, ${sql})` : sql;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/date_functions#extract */
const parts: Record<string, (value: string) => string> = {
  YEAR: (it) => `year(${it})`,
  ISOYEAR: (it) => `isoyear(${it})`,
  QUARTER: (it) => `quarter(${it})`,
  MONTH: (it) => `month(${it})`,
  ISOWEEK: (it) => `week(${it})`,
  // From Sunday; days before the first Sunday are in week 0.
  WEEK: (it) => `CAST(strftime(${it}, '%U') AS BIGINT)`,
  DAY: (it) => `day(${it})`,
  DAYOFYEAR: (it) => `dayofyear(${it})`,
  DAYOFWEEK: (it) => `dayofweek(${it}) + 1`,
};

const timeOnly: Record<string, (value: string) => string> = {
  HOUR: (it) => `hour(${it})`,
  MINUTE: (it) => `minute(${it})`,
  SECOND: (it) => `second(${it})`,
  MILLISECOND: (it) => `(microsecond(${it}) % 1000000) // 1000`,
  MICROSECOND: (it) => `microsecond(${it}) % 1000000`,
};

export function extract({ part, of, zone, at }: Extract<Expression, { kind: "extract" }>, translate: Translate): Typed {
  const value = translate(of);
  if (!/^(DATE|DATETIME|TIMESTAMP|TIME)$/.test(value.type.kind)) {
    throw queryError(`EXTRACT does not support ${part} of ${showType(value.type)}`, at);
  }
  const here = local(value, zone && coerce(translate(zone), scalar("STRING")).sql);
  if (part === "DATE" && value.type.kind !== "TIME") return typed("DATE", `CAST(${here} AS DATE)`);
  if (part === "TIME" && value.type.kind !== "DATE") return typed("TIME", `CAST(${here} AS TIME)`);
  if (part === "DATETIME" && value.type.kind === "TIMESTAMP") return typed("DATETIME", here);
  const write =
    value.type.kind === "TIME"
      ? timeOnly[part]
      : (parts[part] ?? (value.type.kind === "DATE" ? undefined : timeOnly[part]));
  if (!write) throw notHere(`EXTRACT(${part} FROM ${value.type.kind})`);
  return typed("INT64", `CAST(${write(here)} AS BIGINT)`);
}
