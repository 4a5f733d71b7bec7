import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { renderAlerts } from "../../src/ship/render/alerts.ts";
import { renderNaisjob } from "../../src/ship/render/naisjob.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { findProgram, promtool } from "./support/debian.ts";
import { between, expectAlert, type AlertRule, type Series } from "./support/promtool.ts";

// Each alert on runs over made-up series: it fires when it should, and only then.

const found = findProgram(promtool);
let folder: Folder;
let rules: AlertRule[];

beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});

beforeAll(async () => {
  const pipeline = pipelineOf(
    "name: orders\nteam: my-team\nschedule: { cron: 30 7 * * *, timeZone: UTC }\nnais: { activeDeadlineSeconds: 3600 }\n",
    "",
  );
  const { manifest } = renderAlerts(pipeline, renderNaisjob({ pipeline }).manifest);
  rules = manifest.spec.groups.flatMap((group) => group.rules);
  folder = await makeFolder({ "rules.yaml": stringify(manifest.spec) });
});

afterAll(() => folder.remove());

/** Minutes of a day, an hour and a quarter: gap, deadline and slack of the job above. */
const limit = 24 * 60 + 60 + 15;
const end = 4000;

interface Run {
  name: string;
  /** Minutes from the beginning. */
  started: number;
  succeeded?: number;
  failed?: number;
  /** When its Job is deleted. */
  deleted?: number;
  /** The CronJob that owns it; a run at a deploy has the Naisjob as its owner. */
  owner?: string;
}

/** The series that kube-state-metrics has of a run: each begins when it is known, and ends with the Job. */
function seriesOf({ name, started, succeeded, failed, deleted = end, owner = "orders" }: Run): Series[] {
  const labels = `namespace="my-team", job_name="${name}"`;
  const kind = owner === "deploy" ? "Naisjob" : "CronJob";
  const owned = `kube_job_owner{${labels}, owner_kind="${kind}", owner_name="${owner === "deploy" ? "orders" : owner}"}`;
  const rows: [string, number | undefined, number][] = [
    [owned, started, 1],
    [`kube_job_status_start_time{${labels}}`, started, started * 60],
    [`kube_job_status_completion_time{${labels}}`, succeeded, (succeeded ?? 0) * 60],
    [`kube_job_failed{${labels}, condition="true"}`, failed, 1],
    [`kube_job_failed{${labels}, condition="false"}`, failed, 0],
  ];
  return rows.flatMap(([series, from, value]) =>
    from === undefined ? [] : [between(series, { from, to: deleted, value })],
  );
}

const created = (from: number, deleted = end) =>
  between('kube_cronjob_created{namespace="my-team", cronjob="orders"}', { from, to: deleted, value: from * 60 });

interface Case {
  says: string;
  runs: Run[];
  cronjob: Series;
  alert: "OrdersFailed" | "OrdersMissed";
  fires: number[];
  silent: number[];
}

const cases: Case[] = [
  {
    says: "a run that failed is told within minutes, and until its Job is deleted",
    runs: [{ name: "orders-29000000", started: 10, failed: 20, deleted: 1000 }],
    cronjob: created(0),
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
    cronjob: created(0),
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
    cronjob: created(0),
    alert: "OrdersFailed",
    fires: [112],
    silent: [50, 109],
  },
  {
    says: "a run started by hand counts, whatever it is called",
    runs: [{ name: "kari-tries-again", started: 10, failed: 20 }],
    cronjob: created(0),
    alert: "OrdersFailed",
    fires: [22],
    silent: [19],
  },
  {
    says: "a run at a deploy counts, although no CronJob owns it",
    runs: [{ name: "orders-7", started: 10, failed: 20, owner: "deploy" }],
    cronjob: created(0),
    alert: "OrdersFailed",
    fires: [22],
    silent: [19],
  },
  ...["orders-archive", "orders-manual", "orders-2", "re-orders"].map((sibling): Case => ({
    says: `a failed run of ${sibling} is not this job's`,
    runs: [{ name: `${sibling}-29000000`, started: 10, failed: 20, owner: sibling }],
    cronjob: created(0),
    alert: "OrdersFailed",
    fires: [],
    silent: [22, 500],
  })),
  {
    says: "a sibling's success does not end the alert",
    runs: [
      { name: "orders-29000000", started: 10, failed: 20 },
      { name: "orders-archive-29000000", started: 100, succeeded: 110, owner: "orders-archive" },
    ],
    cronjob: created(0),
    alert: "OrdersFailed",
    fires: [112, 2000],
    silent: [],
  },
  {
    says: "a run that is missed is told after gap, deadline and slack",
    runs: [{ name: "orders-29000000", started: 10, succeeded: 20 }],
    cronjob: created(0),
    alert: "OrdersMissed",
    fires: [20 + limit + 7, 3900],
    silent: [20 + limit - 1],
  },
  {
    says: "each success counts from its own time, one started by hand too",
    runs: [
      { name: "orders-29000000", started: 10, succeeded: 20 },
      { name: "orders-again", started: 1400, succeeded: 1410 },
    ],
    cronjob: created(0),
    alert: "OrdersMissed",
    fires: [1410 + limit + 7],
    silent: [20 + limit + 7, 1410 + limit - 1],
  },
  {
    says: "a job whose runs all fail has not succeeded",
    runs: [
      { name: "orders-29000000", started: 10, failed: 20 },
      { name: "orders-29001440", started: 1450, failed: 1460 },
    ],
    cronjob: created(0),
    alert: "OrdersMissed",
    fires: [limit + 7],
    silent: [limit - 1],
  },
  {
    says: "a sibling's success is not taken for this job's",
    runs: [{ name: "orders-archive-29000000", started: 1400, succeeded: 1410, owner: "orders-archive" }],
    cronjob: created(0),
    alert: "OrdersMissed",
    fires: [limit + 7],
    silent: [],
  },
  {
    says: "a job that has never run, and of which there is no series but its own, is told once it is old enough",
    runs: [],
    cronjob: created(500),
    alert: "OrdersMissed",
    fires: [500 + limit + 7],
    silent: [limit + 7, 500 + limit - 1],
  },
  {
    says: "a run that succeeds after a long time ends the alert",
    runs: [{ name: "orders-29001440", started: 2000, succeeded: 2010 }],
    cronjob: created(0),
    alert: "OrdersMissed",
    fires: [limit + 7, 2009],
    silent: [2012],
  },
  {
    says: "a job that is deleted is not missed, though its runs are still told of",
    runs: [{ name: "orders-29000000", started: 10, succeeded: 20 }],
    cronjob: created(0, 1000),
    alert: "OrdersMissed",
    fires: [],
    silent: [20 + limit + 7, 3900],
  },
];

test.each(cases)("$alert: $says", async ({ runs, cronjob, ...wanted }) => {
  if ("missing" in found) return;
  const inputs = [cronjob, ...runs.flatMap(seriesOf)];
  await expect(expectAlert({ program: found.path, folder, rules, inputs, interval: 1, ...wanted })).resolves.toBe(
    undefined,
  );
});
