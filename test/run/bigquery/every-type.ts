/** A column of every type that BigQuery has and we read, with three values each: what a careless way would change. */
export type TypedColumns = Record<string, { type: string; values: string[] }>;

const post = "STRUCT<n NUMERIC, naar TIMESTAMP, indre STRUCT<b BYTES, tall ARRAY<BIGNUMERIC>>>";

/** Every type but JSON, by column, with values that a careless way would change. */
export const plainTypes: TypedColumns = {
  id: { type: "INT64", values: ["1", "2", "3"] },
  tekst: { type: "STRING", values: ["'æøå \"\\' \\\\ \\n'", "''", "NULL"] },
  kort: { type: "STRING(3)", values: ["'æøå'", "''", "NULL"] },
  byte: { type: "BYTES", values: ["b'\\x00\\xff'", "b''", "NULL"] },
  heltall: { type: "INT64", values: ["9223372036854775807", "-9223372036854775808", "NULL"] },
  flyt: { type: "FLOAT64", values: ["0.1", "CAST('-inf' AS FLOAT64)", "NULL"] },
  nan: { type: "FLOAT64", values: ["CAST('nan' AS FLOAT64)", "1e300", "5e-324"] },
  tall: {
    type: "NUMERIC",
    values: ["NUMERIC '99999999999999999999999999999.999999999'", "NUMERIC '-0.000000001'", "NULL"],
  },
  kroner: { type: "NUMERIC(10, 2)", values: ["NUMERIC '12345678.90'", "NUMERIC '-0.01'", "NULL"] },
  stort: {
    type: "BIGNUMERIC",
    values: [
      "BIGNUMERIC '99999999999999999999999999999999999999.99999999999999999999999999999999999999'",
      "BIGNUMERIC '-0.00000000000000000000000000000000000001'",
      "NULL",
    ],
  },
  sant: { type: "BOOL", values: ["TRUE", "FALSE", "NULL"] },
  dato: { type: "DATE", values: ["DATE '0001-01-01'", "DATE '9999-12-31'", "NULL"] },
  tid: {
    type: "DATETIME",
    values: ["DATETIME '2022-01-20 23:59:59.999999'", "DATETIME '1900-01-01 00:00:00'", "NULL"],
  },
  klokke: { type: "TIME", values: ["TIME '23:59:59.999999'", "TIME '00:00:00'", "NULL"] },
  stempel: {
    type: "TIMESTAMP",
    values: ["TIMESTAMP '2022-01-20 23:59:59.999999+00'", "TIMESTAMP '1969-12-31 23:59:59.999999+00'", "NULL"],
  },
  liste: { type: "ARRAY<STRING>", values: ["['b', 'a', '']", "[]", "[]"] },
  store: { type: "ARRAY<BIGNUMERIC>", values: ["[BIGNUMERIC '2.5', BIGNUMERIC '1.5']", "[]", "[]"] },
  post: {
    type: "STRUCT<navn STRING, stort BIGNUMERIC, `felt-æ` ARRAY<INT64>>",
    values: ["('a', BIGNUMERIC '1.5', [3, 1])", "(NULL, NULL, [])", "NULL"],
  },
  poster: {
    type: `ARRAY<${post}>`,
    values: [
      `[${post}(NUMERIC '1.5', TIMESTAMP '2022-01-20 00:00:00+00', STRUCT(b'\\x01' AS b, [BIGNUMERIC '7'] AS tall)), ${post}(NULL, NULL, NULL)]`,
      "[]",
      "[]",
    ],
  },
};

export const typesOfJson: TypedColumns = {
  json: { type: "JSON", values: [`JSON '{"b": [1, null, "æ"], "a": 0.1}'`, "JSON 'null'", "NULL"] },
  tekst_json: { type: "JSON", values: [`JSON '"tekst"'`, "JSON '12345678901234567890'", "NULL"] },
  jsoner: { type: "ARRAY<JSON>", values: ["[JSON '1', JSON 'null', JSON '{}']", "[]", "[]"] },
  i_post: { type: "STRUCT<j JSON, navn STRING>", values: ["(JSON '[]', 'a')", "(NULL, NULL)", "NULL"] },
};

/** Lists and structs with their type in front, so that nothing is left to guess. */
function literal({ type, values }: TypedColumns[string], i: number): string {
  return /^[[(]/.test(values[i]!) ? `${type}${values[i]}` : values[i]!;
}

/** Statements that make a table of these columns, and fill it with three rows. */
export function fillStatements(of: TypedColumns, table: string): string[] {
  const ddl = Object.entries(of).map(([name, { type }]) => `\`${name}\` ${type}`);
  const rows = [0, 1, 2].map(
    (i) =>
      `(${Object.values(of)
        .map((column) => literal(column, i))
        .join(", ")})`,
  );
  return [`CREATE TABLE ${table} (${ddl.join(", ")})`, `INSERT INTO ${table} VALUES ${rows.join(", ")}`];
}

/** As pipeline.yaml declares them. */
export function declaredTypes(of: TypedColumns): Record<string, string> {
  return Object.fromEntries(Object.entries(of).map(([name, { type }]) => [name, type]));
}
