/** Dates and times. https://cloud.google.com/bigquery/docs/reference/standard-sql/timestamp_functions and its neighbours. */
import type { Write } from "./signature.ts";

export const utc = (value: string, zone = "'UTC'") => `timezone(${zone}, ${value})`;

export const timeFunctions: Record<string, Write> = {
  "DATE(TIMESTAMP, STRING?) DATE": (x, zone) => `CAST(${utc(x, zone)} AS DATE)`,
  "DATE(DATETIME) DATE": (x) => `CAST(${x} AS DATE)`,
  "DATE(DATE) DATE": (x) => x,
  "DATE(INT64, INT64, INT64) DATE": (y, m, d) => `make_date(${y}, ${m}, ${d})`,
  "DATETIME(TIMESTAMP, STRING?) DATETIME": (x, zone) => utc(x, zone),
  "DATETIME(DATE, TIME) DATETIME": (d, t) => `(${d} + ${t})`,
  "DATETIME(DATE) DATETIME": (x) => `CAST(${x} AS TIMESTAMP)`,
  "DATETIME(INT64, INT64, INT64, INT64, INT64, INT64) DATETIME": (y, mo, d, h, mi, s) =>
    `make_timestamp(${y}, ${mo}, ${d}, ${h}, ${mi}, ${s})`,
  "TIMESTAMP(TIMESTAMP) TIMESTAMP": (x) => x,
  "TIMESTAMP(DATE, STRING?) TIMESTAMP": (x, zone) => utc(`CAST(${x} AS TIMESTAMP)`, zone),
  "TIMESTAMP(DATETIME, STRING?) TIMESTAMP": (x, zone) => utc(x, zone),
  "TIME(DATETIME) TIME": (x) => `CAST(${x} AS TIME)`,
  "TIME(TIMESTAMP, STRING?) TIME": (x, zone) => `CAST(${utc(x, zone)} AS TIME)`,
  "TIME(INT64, INT64, INT64) TIME": (h, m, s) => `make_time(${h}, ${m}, ${s})`,
  "UNIX_SECONDS(TIMESTAMP) INT64": (x) => `CAST(floor(epoch_us(${x}) / 1000000) AS BIGINT)`,
  "UNIX_MILLIS(TIMESTAMP) INT64": (x) => `CAST(floor(epoch_us(${x}) / 1000) AS BIGINT)`,
  "UNIX_MICROS(TIMESTAMP) INT64": (x) => `epoch_us(${x})`,
  "UNIX_DATE(DATE) INT64": (x) => `date_diff('day', DATE '1970-01-01', ${x})`,
  "TIMESTAMP_SECONDS(INT64) TIMESTAMP": (x) => utc(`make_timestamp(${x} * 1000000)`),
  "TIMESTAMP_MILLIS(INT64) TIMESTAMP": (x) => utc(`make_timestamp(${x} * 1000)`),
  "TIMESTAMP_MICROS(INT64) TIMESTAMP": (x) => utc(`make_timestamp(${x})`),
  "DATE_FROM_UNIX_DATE(INT64) DATE": (x) => `CAST(DATE '1970-01-01' + to_days(CAST(${x} AS INTEGER)) AS DATE)`,
};
