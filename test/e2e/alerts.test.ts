import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseYaml } from "../../src/spec/document.ts";
import { loadDocument } from "../../src/spec/load.ts";
import { baseTarget } from "../../src/spec/target.ts";
import { renderAlerts } from "../../src/ship/render/alerts.ts";
import { renderNaisjob } from "../../src/ship/render/naisjob.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { findProgram, promtool } from "./support/debian.ts";

// Each alert over made-up series, by Prometheus's own tester: it fires when it should, and only then.

const run = promisify(execFile);
const found = findProgram(promtool);
const program = "path" in found ? found.path : "";
let folder: Folder;

beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});

beforeAll(async () => {
  const text =
    "name: orders\nteam: my-team\nschedule: { cron: 30 7 * * *, timeZone: UTC }\nnais: { activeDeadlineSeconds: 3600 }\n";
  const document = parseYaml(text, "pipeline.yaml");
  const pipeline = loadDocument({ document, file: "/repo/pipeline.yaml", cwd: "/repo", target: baseTarget });
  const { manifest } = renderAlerts(pipeline, renderNaisjob({ pipeline }).manifest);
  folder = await makeFolder({ "rules.yaml": stringify(manifest.spec) });
});

afterAll(() => folder.remove());

/** Minutes of a day, an hour and a quarter: gap, deadline and slack of the job above. */
const limit = 24 * 60 + 60 + 15;

interface Run {
  name: string;
  /** Minutes from the beginning. */
  started: number;
  succeeded?: number;
  failed?: number;
  /** When its Job is deleted. */
  deleted?: number;
}

/** The series that kube-state-metrics has of a run: each begins when it is known, and ends with the Job. */
function seriesOf({ name, started, succeeded, failed, deleted = 4000 }: Run) {
  const labels = `namespace="my-team", job_name="${name}"`;
  const from = (minute: number, value: number) =>
    `${minute > 0 ? `_x${minute} ` : ""}${value}x${deleted - minute} stale`;
  const rows = [
    { series: `kube_job_status_start_time{${labels}}`, values: from(started, started * 60) },
    succeeded !== undefined && {
      series: `kube_job_status_completion_time{${labels}}`,
      values: from(succeeded, succeeded * 60),
    },
    failed !== undefined && { series: `kube_job_failed{${labels}, condition="true"}`, values: from(failed, 1) },
  ];
  return rows.filter((row) => row !== false);
}

const created = (minute: number, deleted = 4000) => ({
  series: 'kube_cronjob_created{namespace="my-team", cronjob="orders"}',
  values: `${minute > 0 ? `_x${minute} ` : ""}${minute * 60}x${deleted - minute} stale`,
});

interface Case {
  says: string;
  runs: Run[];
  cronjob: ReturnType<typeof created>[];
  alert: "OrdersFailed" | "OrdersMissed";
  fires: number[];
  silent: number[];
}

const cases: Case[] = [
  {
    says: "a run that failed is told within minutes, and until its Job is deleted",
    runs: [{ name: "orders-29000000", started: 10, failed: 20, deleted: 1000 }],
    cronjob: [created(0)],
    alert: "OrdersFailed",
    fires: [22, 999],
    silent: [19, 1001],
  },
  {
    says: "a run that succeeds afterwards ends the alert, although the failed Job is still there",
    runs: [
      { name: "orders-29000000", started: 10, failed: 20 },
      { name: "orders-29001440", started: 100, succeeded: 110 },
    ],
    cronjob: [created(0)],
    alert: "OrdersFailed",
    fires: [105],
    silent: [112, 2000],
  },
  {
    says: "a failure after a success is told",
    runs: [
      { name: "orders-29000000", started: 10, succeeded: 20 },
      { name: "orders-29001440", started: 100, failed: 110 },
    ],
    cronjob: [created(0)],
    alert: "OrdersFailed",
    fires: [112],
    silent: [50, 109],
  },
  {
    says: "a run started by hand counts",
    runs: [{ name: "orders-manual-1762300000", started: 10, failed: 20 }],
    cronjob: [created(0)],
    alert: "OrdersFailed",
    fires: [22],
    silent: [19],
  },
  {
    says: "a job whose name begins alike does not",
    runs: [{ name: "orders-archive-29000000", started: 10, failed: 20 }],
    cronjob: [created(0)],
    alert: "OrdersFailed",
    fires: [],
    silent: [22, 500],
  },
  {
    says: "a run that is missed is told after gap, deadline and slack",
    runs: [{ name: "orders-29000000", started: 10, succeeded: 20 }],
    cronjob: [created(0)],
    alert: "OrdersMissed",
    fires: [20 + limit + 7, 3900],
    silent: [20 + limit - 1],
  },
  {
    says: "each success counts from its own time",
    runs: [
      { name: "orders-29000000", started: 10, succeeded: 20 },
      { name: "orders-29001440", started: 1400, succeeded: 1410 },
    ],
    cronjob: [created(0)],
    alert: "OrdersMissed",
    fires: [1410 + limit + 7],
    silent: [20 + limit + 7, 1410 + limit - 1],
  },
  {
    says: "a sibling's success is not taken for this job's",
    runs: [{ name: "orders-archive-29000000", started: 1400, succeeded: 1410 }],
    cronjob: [created(0)],
    alert: "OrdersMissed",
    fires: [limit + 7],
    silent: [],
  },
  {
    says: "a job that has never run is told, once it is old enough",
    runs: [],
    cronjob: [created(500)],
    alert: "OrdersMissed",
    fires: [500 + limit + 7],
    silent: [limit + 7, 500 + limit - 1],
  },
  {
    says: "a job that is deleted is not missed, though its runs are still told of",
    runs: [{ name: "orders-29000000", started: 10, succeeded: 20 }],
    cronjob: [created(0, 1000)],
    alert: "OrdersMissed",
    fires: [],
    silent: [20 + limit + 7, 3900],
  },
];

test.each(cases)("$says", async ({ runs, cronjob, alert, fires, silent }) => {
  const inputs = [...cronjob, ...runs.flatMap(seriesOf)];
  const found: Record<string, boolean> = {};
  for (const minute of [...fires, ...silent]) found[minute] = await isFiring({ alert, minute, inputs });
  const expected = [...fires.map((minute) => [minute, true]), ...silent.map((minute) => [minute, false])];
  expect(found).toEqual(Object.fromEntries(expected));
});

/** promtool is told to expect nothing, and says what it got instead. */
async function isFiring({
  alert,
  minute,
  inputs,
}: {
  alert: string;
  minute: number;
  inputs: object[];
}): Promise<boolean> {
  const expected = { eval_time: `${minute}m`, alertname: alert };
  const one = { interval: "1m", input_series: inputs, alert_rule_test: [expected] };
  await folder.write("test.yaml", stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [one] }));
  return run(program, ["test", "rules", join(folder.path, "test.yaml")]).then(
    () => false,
    (error: { stdout?: string; stderr?: string }) => {
      const output = `${error.stdout}${error.stderr}`;
      if (!output.includes(`alertname="${alert}"`) && !output.includes(`alertname: ${alert}`)) throw new Error(output);
      return true;
    },
  );
}
