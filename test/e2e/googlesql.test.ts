import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rollback } from "../../src/commands/rollback.ts";
import type { BigqueryField } from "../../src/spec/formats/bigquery.ts";
import { makeBigQueryLab, type BigQueryLab } from "../run/bigquery/lab.ts";
import { realContext } from "../run/context.ts";
import type { SeenRequest } from "../servers/bigquery/options.ts";
import { missingAnalyzer, startAnalyzer, type Analyzer } from "./support/zetasql.ts";

// What runs send to the in-repo server is read by Google's own analyzer: names, types and functions are GoogleSQL's, whatever
// our server takes.

const missing = missingAnalyzer();

const replaceBy = (partition: unknown) => ({ write: "replace_partition", partition });

describe.skipIf(missing !== undefined)(
  `every GoogleSQL statement that runs send${missing ? `: ${missing}` : ""}`,
  () => {
    let lab: BigQueryLab;
    let analyzer: Analyzer;

    beforeAll(async () => {
      [lab, analyzer] = await Promise.all([makeBigQueryLab({ timeTravel: true }), startAnalyzer()]);
    }, 120_000);

    afterAll(async () => {
      analyzer.stop();
      await lab.remove();
    });

    /** All that was sent since the last time, judged by the tables that were there then. */
    async function problems(tables: Map<string, BigqueryField[]>): Promise<string[]> {
      const found: string[] = [];
      for (const request of await lab.server.requests()) {
        noteTable(request, tables);
        const sql = sqlOf(request);
        if (sql === undefined) continue;
        judged.push(sql);
        const problem = await analyzer.analyze(sql, tables);
        if (problem !== undefined) found.push(`${problem}\n${sql}`);
        if (sql.startsWith("ALTER TABLE")) tables.set(nameOfTable(), await fieldsOf());
      }
      return found;
    }

    const judged: string[] = [];
    const nameOfTable = () => `${lab.server.project}.${lab.dataset}.t`;
    const fieldsOf = async () => ((await lab.table("t"))["schema"] as { fields: BigqueryField[] }).fields;
    /** A value and a type of each kind. */
    const columns: Record<string, [value: string, type: string]> = {
      tekst: ["'æ''\\'", "STRING"],
      heltall: ["1::BIGINT", "INT64"],
      flyt: ["1.5::DOUBLE", "FLOAT64"],
      tall: ["1.5::DECIMAL(38, 9)", "NUMERIC"],
      stort: ["'1.5'", "BIGNUMERIC"],
      sant: ["true", "BOOL"],
      dato: ["DATE '2022-01-20'", "DATE"],
      tid: ["TIMESTAMP '2022-01-20 07:00:00'", "DATETIME"],
      klokke: ["TIME '07:00:00'", "TIME"],
      stempel: ["TIMESTAMPTZ '2022-01-20 06:30:00+00'", "TIMESTAMP"],
      byte: ["'a'::BLOB", "BYTES"],
      liste: ["['a']", "ARRAY<STRING>"],
      poster: ["[{'stort': '2', 'json': '[]'::JSON}]", "ARRAY<STRUCT<stort BIGNUMERIC, json JSON>>"],
      post: ["{'stort': '2', 'indre': [1]}", "STRUCT<stort BIGNUMERIC, indre ARRAY<INT64>>"],
      json: ["'{}'::JSON", "JSON"],
    };

    interface Mode {
      name: string;
      output: object;
      interval?: "day" | "hour";
      /** All, but where it says others. */
      only?: string[];
    }

    const modes: Mode[] = [
      { name: "replace", output: {} },
      { name: "append", output: { write: "append", partition: "dato" }, interval: "day" },
      { name: "merge by its partition", output: { write: "merge", key: ["dato", "heltall"], partition: "dato" } },
      { name: "merge by another key", output: { write: "merge", key: "heltall" } },
      { name: "merge of a key alone", output: { write: "merge", key: ["heltall", "dato"] }, only: ["heltall", "dato"] },
      { name: "replace_partition of an interval's day", output: replaceBy("dato"), interval: "day" },
      {
        name: "replace_partition of an interval's hour",
        output: replaceBy({ column: "stempel", by: "hour" }),
        interval: "hour",
      },
      { name: "replace_partition of days", output: replaceBy("dato") },
      { name: "replace_partition of months", output: replaceBy({ column: "tid", by: "month" }) },
      { name: "replace_partition of years", output: replaceBy({ column: "stempel", by: "year" }) },
    ];

    test.each(modes)("$name", async ({ output, interval, only = Object.keys(columns) }) => {
      await lab.next();
      const label = interval && { day: "2022-01-20", hour: "2022-01-20T07" }[interval];
      const declared = Object.fromEntries(only.map((name) => [name, columns[name]![1]]));
      const outputs = {
        t: { type: "bigquery", table: `${lab.dataset}.t`, ...output },
        f: { type: "file", model: "t", path: `out/${lab.dataset}.parquet`, ...output },
      };
      const more = { models: { t: { columns: declared } }, outputs, ...(interval && { interval }) };
      await lab.write(`SELECT ${only.map((name) => `${columns[name]![0]} AS ${name}`).join(", ")}`, {}, more);
      const options = label === undefined ? {} : { interval: label };
      for (const force of [false, interval !== undefined]) {
        const { text, code } = await lab.run({ ...options, force });
        expect(text + code).toMatch(/0$/);
      }
      expect(await problems(new Map())).toEqual([]);
    });

    test("changes of columns that were asked for", async () => {
      await lab.next();
      await lab.server.sql(`CREATE TABLE ${lab.dataset}.t (\`id-æ\` INT64 NOT NULL, gone STRING)`);
      const tables = new Map([[nameOfTable(), await fieldsOf()]]);
      await lab.write('SELECT 1.5::DECIMAL(38, 9) AS "id-æ"');
      expect(await lab.run({ allowSchemaChange: true })).toMatchObject({ code: 0 });
      expect(await problems(tables)).toEqual([]);
    });

    test("tables that are kept, and brought back", async () => {
      await lab.next();
      for (const label of ["2022-01-18", "2022-01-19", "2022-01-20"]) {
        const output = { write: "append", partition: "dato", keep: 1 };
        await lab.write("SELECT $interval_start AS dato, 1 AS n", output, { interval: "day" });
        expect(await lab.run({ interval: label })).toMatchObject({ code: 0 });
      }
      for (const to of ["2022-01-19", "2022-01-18"]) {
        const context = realContext({ folder: lab.folder.path, tmpdir: join(lab.folder.path, "tmp"), env: lab.env });
        expect(await rollback({ outputs: ["t"], to, target: "prod", yes: true }, context)).toBe(0);
      }
      // CREATE TABLE … CLONE, for one that was dropped, this analyzer does not know.
      expect(await problems(new Map())).toEqual([]);
    });

    test("were seen in all their kinds", () => {
      const statements =
        "CREATE TABLE, CREATE SNAPSHOT TABLE, FOR SYSTEM_TIME, UPDATE, TRUNCATE TABLE, DELETE FROM, INSERT INTO, MERGE INTO, ALTER TABLE, QUALIFY";
      const functions = "PARSE_JSON, UNNEST, DATE_TRUNC, TIMESTAMP_TRUNC, DATETIME_TRUNC, ERROR";
      const kinds = `${statements}, ${functions}`.split(", ");
      expect(kinds.filter((kind) => !judged.some((sql) => sql.includes(kind)))).toEqual([]);
    });

    test("and the analyzer finds what is wrong", async () => {
      expect(await analyzer.analyze("SELECT nope FROM UNNEST([1])", new Map())).toContain("Unrecognized name: nope");
      expect(await analyzer.analyze("SELECT 1; SELECT DATE_TRUNC(TIME '07:00:00', DAY)", new Map())).toContain(
        "DATE_TRUNC",
      );
    });
  },
);

function sqlOf({ body }: Pick<SeenRequest, "body">): string | undefined {
  const { query, configuration } = (body ?? {}) as { query?: string; configuration?: { query?: { query: string } } };
  return configuration?.query?.query ?? query;
}

/** Tables as they come to be. */
function noteTable({ method, body, status }: SeenRequest, tables: Map<string, BigqueryField[]>): void {
  if (status !== 200) return;
  const { tableReference: name, schema } = (body ?? {}) as {
    tableReference?: { projectId: string; datasetId: string; tableId: string };
    schema?: { fields: BigqueryField[] };
  };
  if (method === "tables.insert" && name)
    tables.set(`${name.projectId}.${name.datasetId}.${name.tableId}`, schema?.fields ?? []);
  const made = /^CREATE TABLE IF NOT EXISTS `([^`]+)` AS SELECT 0 AS token/.exec(sqlOf({ body }) ?? "")?.[1];
  // A snapshot, or a staging table of the rows as they were, has the columns of what it is made of.
  const [, copy, from] =
    /TABLE (?:IF NOT EXISTS )?`([^`]+)` (?:CLONE|OPTIONS \(.*?\) AS SELECT \* FROM) `([^`]+)`/.exec(
      sqlOf({ body }) ?? "",
    ) ?? [];
  if (copy !== undefined) tables.set(copy, tables.get(from!) ?? []);
  if (made !== undefined) tables.set(made, [{ name: "token", type: "INT64", mode: "NULLABLE" }]);
}
