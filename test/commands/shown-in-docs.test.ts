/** What docs show is what the commands would print; test/why/incidents.test.ts and test/e2e make such nights. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Plan } from "../../src/commands/plan-form.ts";
import { planText } from "../../src/commands/plan-text.ts";
import { whyText } from "../../src/commands/why-text.ts";
import { formatPlan } from "../../src/etl/rollback/console.ts";
import type { RollbackPlan } from "../../src/etl/rollback/plan.ts";
import type { LoadedPipeline } from "../../src/spec/load.ts";
import type { Why } from "../../src/etl/why/why.ts";

const page = (name: string) => readFile(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");

const shown = { status: "failed", exit_code: 3, execution: "apps-per-env-29379810" };

const night: Why = {
  pipeline: "apps-per-env",
  target: "prod-gcp",
  run: { ...shown, run_id: "2022-01-20", started_at: "2022-01-21T06:30:00Z" },
  cause: {
    kind: "doubled",
    what: "the source `apps` gave 74 rows, and 37 to the last good run; check `unique(dato, env, datacenter)` of `apps_per_env` failed: 4 of 8 rows",
  },
  failed: [],
  checks: [],
  since: { ...shown, run_id: "2022-01-20", started_at: "2022-01-21T06:30:00Z", runs: 1 },
  last_good: { ...shown, run_id: "2022-01-19", started_at: "2022-01-20T06:30:00Z" },
  changes: [{ kind: "rows", what: "rows of source apps", before: "37", after: "74" }],
  readers: [
    {
      output: "apps_per_env",
      run_id: "2022-01-19",
      rows: 4,
      intervals: 30,
      published_at: "2022-01-20T06:30:20Z",
      age_seconds: 90_000,
      failed_interval: { run_id: "2022-01-20", rows: undefined, published_at: undefined },
    },
  ],
  mend: {
    first:
      "Ask its owner: rows may be there twice. Or take doubles away in the first model. If you change files, deploy them before: push where the Action deploys, or `nais-etl deploy --target prod-gcp --image …` with the image that `nais-etl build --push` prints.",
    command: "nais-etl trigger --wait --target prod-gcp",
  },
};

test("docs/why.md shows what the command prints", async () => {
  expect(await page("why")).toContain(`\`\`\`\n${whyText(night, (_, text) => text)}\n\`\`\``);
});

test("docs/rollback.md shows what the command prints before it asks", async () => {
  const output = {
    output: "apps_per_env",
    spec: { table: "apps_aggregated.apps_per_env" },
    state: { publish: { runId: "2022-01-19" } },
    now: { rows: 1204 },
    before: { rows: 1196, from: "the kept snapshot" },
    added: [],
    takenBack: ["2022-01-20", "2022-01-21"],
  };
  const plan = { outputs: [output], marks: {} } as unknown as RollbackPlan;
  const schedule = { cron: "30 7 * * *", timeZone: "Europe/Oslo" };
  const spec = { schedule, outputs: { apps_per_env: {} } };
  const pipeline = { target: "prod-gcp", shownFile: "pipeline.yaml", spec } as unknown as LoadedPipeline;
  const after = { next: new Date("2022-01-23T06:30:00Z"), good: undefined, last: undefined };
  const lines = formatPlan({ plan, pipeline, readers: new Map(), after });
  expect(await page("rollback")).toContain(`\`\`\`\n${lines.join("\n")}\n\`\`\``);
});

test("docs/plan.md shows what the command prints", async () => {
  const none = { added: 0, removed: 0, rows_changed: 0, changed: {}, columns: { added: [], removed: [], retyped: [] } };
  const plan = {
    pipeline: "apps-per-env",
    target: "",
    against: { ref: "main", commit: "03756f6a" },
    schema: [
      { output: "apps_per_env", destination: "apps_aggregated.apps_per_env", change: "none", compared_with: "commit" },
    ],
    queries: [],
    manifest: [
      { resource: "Naisjob apps-per-env", path: "spec.schedule", before: '"30 7 * * *"', after: '"0 8 * * *"' },
    ],
    data: [
      { ...none, model: "apps_per_env", rows_changed: 2, changed: { antall_apper: 2 }, key: ["dato", "env"] },
      { ...none, model: "stg_apps", added: 3, removed: 3 },
    ],
    compared: 2,
    models_added: [],
    models_removed: [],
    notes: [],
    problems: [],
  } as unknown as Plan;
  expect(await page("plan")).toContain(`\`\`\`\n${planText(plan, (_, text) => text)}\n\`\`\``);
});
