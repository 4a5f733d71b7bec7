/** Functions in DuckDB's SQL that translations and loads use. */
import type { Session } from "./database.ts";

/**
 * BIGNUMERIC lies in DuckDB as a BIGNUM, its whole number of 10^-38 (see value/type.ts). DuckDB can add, compare and cast
 * a BIGNUM and not multiply or divide it, so these go by way of its digits.
 */
const bigNumeric = [
  `CREATE MACRO bignumeric_digits(t) AS CAST(
     CASE WHEN trim(t) LIKE '-%' THEN '-' ELSE '' END
     || split_part(ltrim(trim(t), '+-'), '.', 1) || rpad(split_part(ltrim(trim(t), '+-'), '.', 2), 38, '0') AS BIGNUM)`,
  String.raw`CREATE MACRO bignumeric_ok(t) AS regexp_full_match(t, '\s*[+-]?(\d{1,38}(\.\d{0,38})?|\.\d{1,38})\s*')`,
  `CREATE MACRO bignumeric_parse(t) AS CASE
     WHEN t IS NULL THEN NULL
     WHEN bignumeric_ok(t) THEN bignumeric_digits(t)
     ELSE error('Invalid BIGNUMERIC value: ' || t) END`,
  `CREATE MACRO bignumeric_try(t) AS CASE WHEN bignumeric_ok(t) THEN bignumeric_digits(t) END`,
  `CREATE MACRO bignumeric_padded(b) AS lpad(
     ltrim(CAST(b AS VARCHAR), '-'), CAST(greatest(39, length(ltrim(CAST(b AS VARCHAR), '-'))) AS INTEGER), '0')`,
  String.raw`CREATE MACRO bignumeric_text(b) AS
     CASE WHEN CAST(b AS VARCHAR) LIKE '-%' THEN '-' ELSE '' END
     || bignumeric_padded(b)[:-39] || regexp_replace('.' || bignumeric_padded(b)[-38:], '\.?0*$', '')`,
  // Rounded half away from zero to `s` digits, and NULL where more than p - s digits stand before the point.
  `CREATE MACRO bignumeric_round(b, s) AS CASE WHEN s >= 38 THEN b ELSE
     CAST(CASE WHEN CAST(b AS VARCHAR) LIKE '-%' THEN '-' ELSE '' END || bignumeric_padded(b)[:(s - 39)] || repeat('0', 38 - s) AS BIGNUM)
     + CASE WHEN substr(bignumeric_padded(b), length(bignumeric_padded(b)) - 37 + s, 1) >= '5'
         THEN CAST(CASE WHEN CAST(b AS VARCHAR) LIKE '-%' THEN '-1' ELSE '1' END || repeat('0', 38 - s) AS BIGNUM)
         ELSE CAST('0' AS BIGNUM) END END`,
  `CREATE MACRO bignumeric_fit(b, p, s) AS
     CASE WHEN length(ltrim(bignumeric_padded(bignumeric_round(b, s)), '0')) <= p - s + 38 THEN bignumeric_round(b, s) END`,
];

/** NUMERIC division, exact, by way of whole numbers of 10^-9. */
const numeric = [
  `CREATE MACRO numeric_units(x) AS CAST(replace(CAST(CAST(x AS DECIMAL(38,9)) AS VARCHAR), '.', '') AS HUGEINT)`,
  `CREATE MACRO numeric_of_units(u) AS CAST(CAST(u AS DECIMAL(38,0)) * CAST('0.000000001' AS DECIMAL(10,9)) AS DECIMAL(38,9))`,
  `CREATE MACRO numeric_divide(a, b) AS numeric_of_units(
     sign(numeric_units(a)) * sign(numeric_units(b))
     * ((abs(numeric_units(a)) * 2000000000 + abs(numeric_units(b))) // (2 * abs(numeric_units(b)))))`,
];

export async function createMacros(session: Session): Promise<void> {
  for (const macro of [...bigNumeric, ...numeric]) await session.run(macro);
}
