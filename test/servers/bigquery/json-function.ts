/** PARSE_JSON of what is known only when a query runs: `json_canonical(text)` in DuckDB, written in JavaScript. */
import { DuckDBScalarFunction, VARCHAR, type DuckDBConnection } from "@duckdb/node-api";
import { canonicalJson } from "./value/json.ts";

export function registerJsonFunction(connection: DuckDBConnection): void {
  const made = DuckDBScalarFunction.create({
    name: "json_canonical",
    parameterTypes: [VARCHAR],
    returnType: VARCHAR,
    mainFunction(info, input, output) {
      const texts = input.getColumnVector(0);
      for (let row = 0; row < input.rowCount; row++) {
        const text = texts.getItem(row) as string | null;
        const json = text === null ? null : canonicalJson(text);
        if (json === undefined) info.setError(`Invalid input to PARSE_JSON: ${text}`);
        output.setItem(row, json ?? null);
      }
      output.flush();
    },
  });
  connection.registerScalarFunction(made);
}
