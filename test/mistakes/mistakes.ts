/** Typical mistakes: what somebody does wrong, in an otherwise good pipeline. Each has its golden output in golden/. */

import type { Answer } from "../servers/http.ts";

export interface Mistake {
  /** Also the golden file's name. */
  name: string;
  args: string[];
  /** Files that differ from the good pipeline: a new text, or a change of the text that stands there. `null` deletes. */
  files?: Record<string, string | Buffer | null | ((text: string) => string)>;
  env?: Record<string, string>;
  /** A server that answers so, whose address stands in the variable API. */
  answer?: Answer;
  exitCode: number;
}

export const goodPipeline: Record<string, string> = {
  "pipeline.yaml": `name: apps-per-env
team: nais-analyse
schedule: { cron: "30 7 * * *", timeZone: Europe/Oslo }
params:
  line: { type: INT64, min: 101, max: 120, default: 101 }
sources:
  apps:
    type: file
    path: data/apps.csv
    columns: { dato: DATE, cluster: STRING, name: STRING }
models:
  apps_per_env:
    columns:
      dato: { type: DATE, checks: [not_null] }
      env: { type: STRING, checks: [not_null, { accepted_values: [prod, dev] }] }
      antall_apper: { type: INT64 }
outputs:
  apps_per_env:
    type: bigquery
    table: apps.apps_per_env
`,
  "data/apps.csv": "dato,cluster,name\n2022-01-20,prod-gcp,å\n2022-01-20,dev-gcp,b\n",
  "models/stg_apps.sql": "SELECT dato, split_part(cluster, '-', 1) AS env, name\nFROM apps\n",
  "models/apps_per_env.sql": "SELECT dato, env, count(*) AS antall_apper\nFROM stg_apps\nGROUP BY ALL\n",
  "tests/apps_per_env.yaml": `- name: counts
  model: apps_per_env
  given:
    apps: [{ dato: 2022-01-20, cluster: prod-gcp, name: a }]
  expect:
    rows: [{ env: prod, antall_apper: 1 }]
`,
};

const replace = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`the good pipeline has no ${from}`);
  return text.replace(from, to);
};
const pipeline = (from: string, to: string) => ({ "pipeline.yaml": replace(from, to) });
const staging = (from: string, to: string) => ({ "models/stg_apps.sql": replace(from, to) });

const command = (said: string) => ({
  "pipeline.yaml": replace(
    "models:\n",
    `models:\n  stg_apps:\n    ${said}\n    inputs: [apps]\n    columns: { dato: DATE, env: STRING, name: STRING }\n`,
  ),
  "models/stg_apps.sql": null,
});

export const mistakes: Mistake[] = [
  { name: "misspelt-key", args: ["run"], files: pipeline("sources:", "soruces:"), exitCode: 2 },
  {
    name: "several-mistakes-at-once",
    args: ["validate"],
    files: {
      "pipeline.yaml": (text) =>
        text
          .replace("path:", "paht:")
          .replace("STRING, name", "STRNG, name")
          .replace("type: bigquery", "type: bigqery"),
    },
    exitCode: 2,
  },
  { name: "wrong-type", args: ["run"], files: pipeline("path: data/apps.csv", "path: [data/apps.csv]"), exitCode: 2 },
  { name: "bad-cron", args: ["validate"], files: pipeline("30 7 * * *", "30 45 * * *"), exitCode: 2 },
  { name: "bad-time-zone", args: ["validate"], files: pipeline("Europe/Oslo", "Europe/Olso"), exitCode: 2 },
  {
    name: "tab-indentation",
    args: ["run"],
    files: pipeline("  apps:\n    type: file", "  apps:\n\ttype: file"),
    exitCode: 2,
  },
  {
    name: "duplicate-key",
    args: ["run"],
    files: pipeline("team: nais-analyse", "team: nais-analyse\nname: other"),
    exitCode: 2,
  },
  {
    name: "postgres-type-name",
    args: ["run"],
    files: pipeline("antall_apper: { type: INT64 }", "antall_apper: { type: INTEGER }"),
    exitCode: 2,
  },
  { name: "geography", args: ["run"], files: pipeline("name: STRING }", "name: GEOGRAPHY }"), exitCode: 2 },
  { name: "interval-with-replace", args: ["run"], files: pipeline("params:", "interval: day\nparams:"), exitCode: 2 },
  {
    name: "merge-without-key",
    args: ["run"],
    files: pipeline("table: apps.apps_per_env", "table: apps.apps_per_env\n    write: merge"),
    exitCode: 2,
  },
  { name: "missing-model", args: ["run"], files: { "models/apps_per_env.sql": null }, exitCode: 2 },
  {
    name: "cycle",
    args: ["run"],
    files: staging("FROM apps", "FROM apps JOIN apps_per_env USING (dato)"),
    exitCode: 2,
  },
  { name: "unknown-table", args: ["run"], files: staging("FROM apps", "FROM app"), exitCode: 2 },
  { name: "qualified-table", args: ["run"], files: staging("FROM apps", "FROM dataproduct.apps"), exitCode: 2 },
  { name: "backticks", args: ["run"], files: staging("FROM apps", "FROM `apps`"), exitCode: 2 },
  {
    name: "safe-cast",
    args: ["run"],
    files: staging("SELECT dato", "SELECT SAFE_CAST(dato AS DATE) AS dato"),
    exitCode: 2,
  },
  {
    name: "date-diff",
    args: ["run"],
    files: staging("SELECT dato", "SELECT DATE_DIFF(dato, DATE '2022-01-01', DAY) AS dato"),
    exitCode: 2,
  },
  {
    name: "google-parameter",
    args: ["run"],
    files: staging("FROM apps", "FROM apps WHERE dato = @interval_start"),
    exitCode: 2,
  },
  {
    name: "unknown-parameter",
    args: ["run"],
    files: staging("FROM apps", "FROM apps WHERE length(name) < $lien"),
    exitCode: 2,
  },
  {
    name: "double-quoted-text",
    args: ["run"],
    files: staging("FROM apps", 'FROM apps WHERE cluster = "prod-gcp"'),
    exitCode: 2,
  },
  { name: "sql-syntax", args: ["run"], files: staging("FROM apps", "FORM apps"), exitCode: 2 },
  { name: "wrong-column", args: ["run"], files: staging("cluster, '-'", "clutser, '-'"), exitCode: 2 },
  { name: "wrong-column-in-validate", args: ["validate"], files: staging("cluster, '-'", "clutser, '-'"), exitCode: 2 },
  {
    name: "pivot-without-depends-on",
    args: ["run"],
    files: { "models/stg_apps.sql": "PIVOT apps ON cluster USING count(*)\n" },
    exitCode: 2,
  },
  { name: "two-statements", args: ["run"], files: staging("FROM apps", "FROM apps; SELECT 1"), exitCode: 2 },
  {
    name: "contract-type",
    args: ["run"],
    files: pipeline(
      "env: { type: STRING, checks: [not_null, { accepted_values: [prod, dev] }] }",
      "env: { type: BOOL }",
    ),
    exitCode: 2,
  },
  {
    name: "contract-column-missing",
    args: ["run"],
    files: { "models/apps_per_env.sql": "SELECT dato, env, count(*) AS antall\nFROM stg_apps\nGROUP BY ALL\n" },
    exitCode: 2,
  },
  {
    name: "failed-check",
    args: ["run"],
    files: { "data/apps.csv": "dato,cluster,name\n2022-01-20,prod-gcp,a\n2022-01-20,test-gcp,b\n2022-01-20,,c\n" },
    exitCode: 3,
  },
  {
    name: "quarantine-without-table",
    args: ["validate"],
    files: pipeline("{ accepted_values: [prod, dev] }", "{ accepted_values: [prod, dev], on_fail: quarantine }"),
    exitCode: 2,
  },
  {
    name: "quarantine-of-a-count",
    args: ["validate"],
    files: pipeline(
      "models:\n  apps_per_env:\n",
      "quarantine: { table: apps.aside }\nmodels:\n  apps_per_env:\n    checks: [{ row_count: { min: 1 }, on_fail: quarantine }]\n",
    ),
    exitCode: 2,
  },
  {
    name: "wait-on-a-model",
    args: ["validate"],
    files: pipeline(
      "models:\n  apps_per_env:\n",
      "models:\n  apps_per_env:\n    checks: [{ freshness: { column: dato, within: 36h, wait: 2h } }]\n",
    ),
    exitCode: 2,
  },
  {
    name: "timeout-without-a-unit",
    args: ["validate"],
    files: pipeline("models:\n  apps_per_env:\n", "models:\n  apps_per_env:\n    timeout: 15\n"),
    exitCode: 2,
  },
  { name: "empty-source", args: ["run"], files: { "data/apps.csv": "dato,cluster,name\n" }, exitCode: 3 },
  {
    name: "missing-file",
    args: ["run"],
    files: { "data/apps.csv": null, "data/app.csv": "dato,cluster,name\n" },
    exitCode: 2,
  },
  {
    name: "missing-csv-column",
    args: ["run"],
    files: { "data/apps.csv": "dato,klynge,name\n2022-01-20,prod-gcp,a\n" },
    exitCode: 2,
  },
  {
    name: "bad-date-in-csv",
    args: ["run"],
    files: { "data/apps.csv": "dato,cluster,name\n2022-01-20,prod-gcp,a\n2022-20-01,dev-gcp,b\n" },
    exitCode: 2,
  },
  {
    name: "wrong-encoding",
    args: ["run"],
    files: { "data/apps.csv": Buffer.from("dato,cluster,name\n2022-01-20,prod-gcp,bl\u00e5\n", "latin1") },
    exitCode: 2,
  },
  {
    name: "mojibake",
    args: ["run"],
    files: {
      "data/apps.csv": `dato,cluster,name\n2022-01-20,prod-gcp,${Buffer.from("blå", "utf8").toString("latin1")}\n`,
    },
    exitCode: 2,
  },
  { name: "parameter-out-of-range", args: ["run", "--param", "line=99"], exitCode: 2 },
  { name: "parameter-unknown", args: ["run", "--param", "lin=102"], exitCode: 2 },
  {
    name: "environment-variable-missing",
    args: ["run"],
    files: pipeline("data/apps.csv", "${env:APPS_FILE}"),
    exitCode: 2,
  },
  {
    name: "bad-date-in-fixture",
    args: ["test"],
    files: { "tests/apps_per_env.yaml": replace("2022-01-20", "2022-20-01") },
    exitCode: 2,
  },
  {
    name: "wrong-column-in-fixture",
    args: ["test"],
    files: { "tests/apps_per_env.yaml": replace("cluster:", "klynge:") },
    exitCode: 2,
  },
  { name: "failing-test", args: ["test"], files: staging("cluster, '-', 1", "cluster, '-', 2"), exitCode: 3 },
  { name: "not-supported-yet", args: ["run"], files: pipeline("type: bigquery\n", "type: postgres\n"), exitCode: 2 },
  { name: "unknown-command", args: ["rnu"], exitCode: 2 },
  { name: "unknown-option", args: ["run", "--fore"], exitCode: 2 },
  { name: "unknown-pipeline", args: ["run", "--pipeline", "../../etc"], exitCode: 2 },
  { name: "no-pipeline-here", args: ["run"], files: { "pipeline.yaml": null }, exitCode: 2 },
  {
    name: "output-over-its-source",
    args: ["validate"],
    files: pipeline("type: bigquery\n    table: apps.apps_per_env", "type: file\n    path: ./data/apps.csv"),
    exitCode: 2,
  },
  {
    name: "empty-range",
    args: ["validate"],
    files: pipeline(
      "antall_apper: { type: INT64 }",
      "antall_apper: { type: INT64, checks: [{ range: { min: 9, max: 3 } }] }",
    ),
    exitCode: 2,
  },
  {
    name: "bad-date-in-a-model",
    args: ["run"],
    files: staging("SELECT dato", "SELECT CAST(strptime(name, '%d.%m.%Y') AS DATE) AS dato"),
    exitCode: 1,
  },
  {
    name: "check-not-closed",
    args: ["run"],
    files: pipeline(
      "antall_apper: { type: INT64 }",
      "antall_apper: { type: INT64, checks: [{ not_null: true, where: dato > (1 }] }",
    ),
    exitCode: 2,
  },
  {
    name: "freshness-of-a-text",
    args: ["validate"],
    files: pipeline(
      "path: data/apps.csv",
      "path: data/apps.csv\n    checks: [{ freshness: { column: name, within: 36h } }]",
    ),
    exitCode: 2,
  },
  {
    name: "hash-comment",
    args: ["run"],
    files: staging("FROM apps", "FROM apps # SAFE_CAST in BigQuery"),
    exitCode: 2,
  },
  {
    name: "current-date-of-a-zone",
    args: ["validate"],
    files: staging("FROM apps", 'FROM apps WHERE dato >= DATE_SUB(CURRENT_DATE("Europe/Oslo"), INTERVAL 7 DAY)'),
    exitCode: 2,
  },
  {
    name: "many-bad-dates-in-csv",
    args: ["run"],
    files: { "data/apps.csv": `dato,cluster,name\n${"20.01.2022,prod-gcp,a\n".repeat(50)}2022-20-01,dev-gcp,b\n` },
    exitCode: 2,
  },
  {
    name: "comma-in-braces",
    args: ["validate"],
    files: pipeline("antall_apper: { type: INT64 }", "antall_apper: { type: INT64, description: apps, per day }"),
    exitCode: 2,
  },
  {
    name: "duration-without-unit",
    args: ["validate"],
    files: pipeline(
      "path: data/apps.csv",
      "path: data/apps.csv\n    checks: [{ freshness: { column: dato, within: 36 } }]",
    ),
    exitCode: 2,
  },
  {
    name: "model-in-a-folder",
    args: ["validate"],
    files: { "models/staging/stg_more.sql": "SELECT 1 AS n\n" },
    exitCode: 0,
  },
  {
    name: "missing-file-in-validate",
    args: ["validate"],
    files: { "data/apps.csv": null, "data/app.csv": "dato,cluster,name\n" },
    exitCode: 2,
  },
  {
    name: "missing-csv-column-in-validate",
    args: ["validate"],
    files: { "data/apps.csv": "dato,klynge,name\n2022-01-20,prod-gcp,a\n" },
    exitCode: 2,
  },
  {
    name: "test-of-no-model-in-validate",
    args: ["validate"],
    files: { "tests/apps_per_env.yaml": replace("model: apps_per_env", "model: apps_pr_env") },
    exitCode: 2,
  },
  {
    name: "output-of-no-format",
    args: ["validate"],
    files: pipeline("type: bigquery\n    table: apps.apps_per_env", "type: file\n    path: out/apps.xlsx"),
    exitCode: 2,
  },
  {
    name: "file-in-a-pod",
    args: ["validate"],
    files: pipeline("type: bigquery\n    table: apps.apps_per_env", "type: file\n    path: out/apps.csv"),
    exitCode: 0,
  },
  {
    name: "nothing-published",
    args: ["validate"],
    files: {
      "pipeline.yaml": (text) => text.slice(0, text.indexOf("models:")),
    },
    exitCode: 0,
  },
  { name: "query-without-warehouse", args: ["query", "SELECT 1"], exitCode: 2 },
  { name: "command-in-one-text", args: ["run"], files: command("command: awk -f count.awk"), exitCode: 2 },
  { name: "command-in-one-argument", args: ["run"], files: command('command: ["awk -f count.awk"]'), exitCode: 2 },
  { name: "command-without-its-folder", args: ["run"], files: command("command: [make-apps.sh]"), exitCode: 2 },
  {
    name: "command-that-fails",
    args: ["run"],
    files: {
      ...command("command: [node, programs/make.mjs]"),
      "programs/make.mjs": 'console.error("no apps for 2022-01-20");\nprocess.exit(7);\n',
    },
    exitCode: 1,
  },
  {
    name: "command-that-writes-nothing",
    args: ["run"],
    files: { ...command("command: [node, programs/make.mjs]"), "programs/make.mjs": 'console.log("{}");\n' },
    exitCode: 1,
  },
  {
    name: "command-that-writes-a-wrong-value",
    args: ["run"],
    files: {
      ...command("command: [node, programs/make.mjs]"),
      "programs/make.mjs": `import { writeFileSync } from "node:fs";
writeFileSync(process.env.NAIS_ETL_OUTPUT, '{"dato":"2022-20-01","env":"prod","name":"a"}\\n');
`,
    },
    exitCode: 2,
  },
  {
    name: "command-without-columns",
    args: ["validate"],
    files: {
      "pipeline.yaml": replace("models:\n", "models:\n  stg_apps: { command: [./make], inputs: [apps] }\n"),
      "models/stg_apps.sql": null,
    },
    exitCode: 2,
  },
];
