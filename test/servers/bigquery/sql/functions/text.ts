/** https://cloud.google.com/bigquery/docs/reference/standard-sql/string_functions, and hashes and bytes. */
import type { Write } from "./signature.ts";

/** What Unicode calls white space; DuckDB's own trim knows the blank alone. */
const blanks = String.raw`chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' ' || chr(133) || chr(160) || chr(8195) || chr(8232) || chr(8233) || chr(12288)`;

const trim =
  (name: string): Write =>
  (x, set = blanks) =>
    `${name}(${x}, ${set})`;
const plain =
  (name: string): Write =>
  (...args) =>
    `${name}(${args.join(", ")})`;

/** From the first character where the place is 0, or lies before the beginning. */
const start = (x: string, at: string) =>
  `CAST(CASE WHEN ${at} = 0 THEN 1 ELSE greatest(${at}, -length(${x})) END AS BIGINT)`;
const substring: Write = (x, at, count) =>
  count === undefined
    ? `substr(${x}, ${start(x, at)})`
    : `CASE WHEN ${count} < 0 THEN error('Third argument in SUBSTR() cannot be negative') ELSE substr(${x}, ${start(x, at)}, ${count}) END`;

const regexGroup: Write = (x, pattern) => {
  // BigQuery gives the group, where there is one, and NULL where nothing matches.
  const group = `CASE WHEN regexp_matches(${pattern}, '(^|[^\\\\])\\((\\?P?<|[^?])') THEN 1 ELSE 0 END`;
  return `CASE WHEN regexp_matches(${x}, ${pattern}) THEN CASE ${group} WHEN 1 THEN regexp_extract(${x}, ${pattern}, 1) ELSE regexp_extract(${x}, ${pattern}) END END`;
};

export const textFunctions: Record<string, Write> = {
  "LOWER(STRING) STRING": plain("lower"),
  "UPPER(STRING) STRING": plain("upper"),
  "LENGTH(STRING) INT64": plain("length"),
  "LENGTH(BYTES) INT64": plain("octet_length"),
  "CHAR_LENGTH(STRING) INT64": plain("length"),
  "BYTE_LENGTH(STRING) INT64": (x) => `octet_length(encode(${x}))`,
  "BYTE_LENGTH(BYTES) INT64": plain("octet_length"),
  "TRIM(STRING, STRING?) STRING": trim("trim"),
  "LTRIM(STRING, STRING?) STRING": trim("ltrim"),
  "RTRIM(STRING, STRING?) STRING": trim("rtrim"),
  "SUBSTR(STRING, INT64, INT64?) STRING": substring,
  "SUBSTRING(STRING, INT64, INT64?) STRING": substring,
  "LEFT(STRING, INT64) STRING": plain("left"),
  "RIGHT(STRING, INT64) STRING": plain("right"),
  "REPLACE(STRING, STRING, STRING) STRING": plain("replace"),
  "REPEAT(STRING, INT64) STRING": plain("repeat"),
  "REVERSE(STRING) STRING": plain("reverse"),
  "LPAD(STRING, INT64, STRING?) STRING": (x, n, by = "' '") => `lpad(${x}, CAST(${n} AS INTEGER), ${by})`,
  "RPAD(STRING, INT64, STRING?) STRING": (x, n, by = "' '") => `rpad(${x}, CAST(${n} AS INTEGER), ${by})`,
  "STARTS_WITH(STRING, STRING) BOOL": plain("starts_with"),
  "ENDS_WITH(STRING, STRING) BOOL": plain("ends_with"),
  "STRPOS(STRING, STRING) INT64": plain("strpos"),
  "INSTR(STRING, STRING) INT64": plain("strpos"),
  "SPLIT(STRING, STRING?) ARRAY<STRING>": (x, by = "','") => `string_split(${x}, ${by})`,
  "REGEXP_CONTAINS(STRING, STRING) BOOL": plain("regexp_matches"),
  "REGEXP_REPLACE(STRING, STRING, STRING) STRING": (x, pattern, by) => `regexp_replace(${x}, ${pattern}, ${by}, 'g')`,
  "REGEXP_EXTRACT(STRING, STRING) STRING": regexGroup,
  "MD5(STRING) BYTES": (x) => `unhex(md5(${x}))`,
  "MD5(BYTES) BYTES": (x) => `unhex(md5(${x}))`,
  "SHA1(STRING) BYTES": (x) => `unhex(sha1(${x}))`,
  "SHA256(STRING) BYTES": (x) => `unhex(sha256(${x}))`,
  "SHA256(BYTES) BYTES": (x) => `unhex(sha256(${x}))`,
  "TO_HEX(BYTES) STRING": (x) => `lower(hex(${x}))`,
  "FROM_HEX(STRING) BYTES": (x) => `unhex(${x})`,
  "TO_BASE64(BYTES) STRING": (x) => `to_base64(${x})`,
  "FROM_BASE64(STRING) BYTES": (x) => `from_base64(${x})`,
  "GENERATE_UUID() STRING": () => "CAST(uuid() AS VARCHAR)",
};
