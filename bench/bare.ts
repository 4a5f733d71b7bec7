/** Bare DuckDB, as a process of its own: `bare.ts LIMITS STATEMENTS` (both JSON). Prints its peak memory in bytes. */
import { DuckDBInstance } from "@duckdb/node-api";

const [limits = "{}", statements = "[]"] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", JSON.parse(limits) as Record<string, string>);
const connection = await instance.connect();
for (const statement of JSON.parse(statements) as string[]) await connection.run(statement);
connection.closeSync();
instance.closeSync();
console.log(process.resourceUsage().maxRSS * 1024);
