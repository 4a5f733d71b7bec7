import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { renderAlerts } from "../../src/ship/render/alerts.ts";
import { renderNaisjob } from "../../src/ship/render/naisjob.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { findProgram, promtool } from "./support/debian.ts";
import { between, expectAlert, type AlertRule, type Series } from "./support/promtool.ts";

// Each alert on pushed metrics over made-up series: it fires when it should, and only then.

const found = findProgram(promtool);
let folder: Folder;
let rules: AlertRule[];

beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});

const text = `name: orders
team: my-team
schedule: { cron: 30 7 * * *, timeZone: UTC }
sources:
  raw: { type: file, path: raw.csv, checks: [{ freshness: { column: day, within: 36h }, severity: warn }] }
models:
  few: { checks: [{ row_count: { min: 2, max: 4 }, severity: warn }] }
outputs:
  all: { type: bigquery, table: shop.all }
  few: { type: bigquery, table: shop.few }
  added: { type: bigquery, table: shop.added, write: append }
`;

beforeAll(async () => {
  const pipeline = pipelineOf(text, "");
  const { manifest } = renderAlerts(pipeline, renderNaisjob({ pipeline }).manifest);
  rules = manifest.spec.groups.flatMap((group) => group.rules);
  folder = await makeFolder({ "rules.yaml": stringify(manifest.spec) });
});

afterAll(() => folder.remove());

const day = 24 * 60;
const lastDay = 24;
const interval = 30;
const own = 'pipeline="orders", team="my-team"';

/** A pushed series: it has each value from the day beside it on, and never ends. */
function pushed(name: string, values: [day: number, value: number][], labels = own): Series {
  const parts = values.map(([from, value], i) => {
    const steps = ((values[i + 1]?.[0] ?? lastDay) - from) * (day / interval);
    // promtool repeats numbers only.
    return Number.isFinite(value) ? `${value}x${steps - 1}` : Array.from({ length: steps }, () => "Inf").join(" ");
  });
  const before = values[0]![0] * (day / interval);
  return {
    series: `nais_etl_${name}{${labels}}`,
    values: [...(before > 0 ? [`_x${before - 1}`] : []), ...parts].join(" "),
  };
}

/** A run a day, as long as the job exists. */
function runsEachDay(until = lastDay, from = 0): Series {
  const days = Array.from({ length: until - from }, (_, i) => from + i);
  return pushed(
    "last_run_timestamp_seconds",
    days.map((one): [number, number] => [one, one * day * 60 + 60]),
  );
}

function job(from = 0, to = lastDay): Series {
  const series = 'kube_cronjob_created{namespace="my-team", cronjob="orders"}';
  return between(series, { from: from * day, to: to * day, value: from * day * 60 }, interval);
}

const alive = [job(), runsEachDay()];
const duration = (values: [number, number][], labels?: string) => pushed("run_duration_seconds", values, labels);
const rows = (output: string, values: [number, number][]) =>
  pushed("rows_written", values, `${own}, output="${output}"`);
const age = (value: number) => pushed("data_age_seconds", [[0, value]], `${own}, table="raw", check="freshness(day)"`);
const mebibyte = 1024 ** 2;

interface Case {
  says: string;
  alert: "OrdersSlow" | "OrdersMemory" | "OrdersRows" | "OrdersStale";
  inputs: Series[];
  /** Days. */
  fires?: number[];
  silent?: number[];
}

const cases: Case[] = [
  {
    says: "a run that takes more than twice as long as usual is told until the next one",
    alert: "OrdersSlow",
    inputs: [
      ...alive,
      duration([
        [0, 600],
        [10, 1300],
        [11, 600],
      ]),
    ],
    fires: [10.5, 10.9],
    silent: [9.9, 11.1, 20],
  },
  {
    says: "one that takes a little longer is not",
    alert: "OrdersSlow",
    inputs: [
      ...alive,
      duration([
        [0, 600],
        [10, 1200],
      ]),
    ],
    silent: [10.5],
  },
  {
    says: "one of seconds may take a minute",
    alert: "OrdersSlow",
    inputs: [
      ...alive,
      duration([
        [0, 5],
        [10, 65],
      ]),
    ],
    silent: [10.5],
  },
  {
    says: "what stays slow becomes usual",
    alert: "OrdersSlow",
    inputs: [
      ...alive,
      duration([
        [0, 600],
        [10, 2000],
      ]),
    ],
    fires: [16],
    silent: [20],
  },
  {
    says: "for a young job nothing is usual",
    alert: "OrdersSlow",
    inputs: [
      ...alive,
      duration([
        [0, 10],
        [3, 5000],
        [4, 10],
      ]),
    ],
    silent: [3.5, 6.9],
  },
  {
    says: "a job that is deleted is told of no more, though what it pushed is still there",
    alert: "OrdersSlow",
    inputs: [
      job(0, 11),
      runsEachDay(11),
      duration([
        [0, 600],
        [10, 2000],
      ]),
    ],
    fires: [10.5],
    silent: [11.5, 14],
  },
  {
    says: "a job of the same name that is made later has nothing to do with it",
    alert: "OrdersSlow",
    inputs: [
      job(12),
      runsEachDay(11),
      duration([
        [0, 600],
        [10, 2000],
      ]),
    ],
    silent: [10.5, 12.5, 15],
  },
  {
    says: "neither has a sibling, nor another team's job of the same name",
    alert: "OrdersSlow",
    inputs: [
      ...alive,
      duration([[0, 600]]),
      duration(
        [
          [0, 600],
          [10, 2000],
        ],
        'pipeline="orders-archive", team="my-team"',
      ),
      duration(
        [
          [0, 600],
          [10, 2000],
        ],
        'pipeline="orders", team="other"',
      ),
    ],
    silent: [10.5],
  },
  {
    says: "a run near the memory limit is told, at once",
    alert: "OrdersMemory",
    inputs: [
      ...alive,
      pushed("run_peak_memory_bytes", [
        [0, 480 * mebibyte],
        [2, 490 * mebibyte],
        [3, 300 * mebibyte],
      ]),
    ],
    fires: [2.5],
    silent: [1.9, 3.1],
  },
  {
    says: "one of a job that is deleted is not",
    alert: "OrdersMemory",
    inputs: [job(0, 3), runsEachDay(3), pushed("run_peak_memory_bytes", [[0, 500 * mebibyte]])],
    fires: [2],
    silent: [4],
  },
  {
    says: "nor a sibling's",
    alert: "OrdersMemory",
    inputs: [
      ...alive,
      pushed("run_peak_memory_bytes", [[0, 500 * mebibyte]], 'pipeline="orders-archive", team="my-team"'),
    ],
    silent: [4],
  },
  {
    says: "a table that loses more than half of its rows is told",
    alert: "OrdersRows",
    inputs: [
      ...alive,
      rows("all", [
        [0, 1000],
        [10, 480],
        [11, 1000],
      ]),
    ],
    fires: [10.5],
    silent: [9.5, 11.5],
  },
  {
    says: "one that more than doubles too",
    alert: "OrdersRows",
    inputs: [
      ...alive,
      rows("all", [
        [0, 1000],
        [10, 2100],
        [11, 1900],
      ]),
    ],
    fires: [10.5],
    silent: [11.5],
  },
  {
    says: "a small table that loses more than half of its rows is told as well",
    alert: "OrdersRows",
    inputs: [
      ...alive,
      rows("all", [
        [0, 15],
        [10, 7],
        [11, 8],
      ]),
    ],
    fires: [10.5],
    silent: [9.5, 11.5],
  },
  {
    says: "one that comes to more than twice as many, and five more, too",
    alert: "OrdersRows",
    inputs: [
      ...alive,
      rows("all", [
        [0, 4],
        [10, 9],
        [11, 8],
      ]),
    ],
    fires: [10.5],
    silent: [11.5],
  },
  {
    says: "a table of very few rows may have a few more, or fewer",
    alert: "OrdersRows",
    inputs: [
      ...alive,
      rows("all", [
        [0, 3],
        [10, 5],
        [11, 7],
        [12, 1],
      ]),
    ],
    silent: [10.5, 11.5, 12.5],
  },
  {
    says: "how many rows a young job publishes is not unusual",
    alert: "OrdersRows",
    inputs: [
      ...alive,
      rows("all", [
        [0, 10],
        [2, 100_000],
      ]),
    ],
    silent: [2.5, 6.9],
  },
  {
    says: "where rows are added, any number is as good",
    alert: "OrdersRows",
    inputs: [
      ...alive,
      rows("added", [
        [0, 1000],
        [10, 0],
        [11, 100_000],
      ]),
    ],
    silent: [10.5, 11.5],
  },
  {
    says: "what a job that is deleted has published does not count",
    alert: "OrdersRows",
    inputs: [
      job(0, 11),
      runsEachDay(11),
      rows("all", [
        [0, 1000],
        [10, 100],
      ]),
    ],
    fires: [10.5],
    silent: [11.5],
  },
  {
    says: "data older than its check allows is told",
    alert: "OrdersStale",
    inputs: [...alive, age(36 * 3600 + 1)],
    fires: [1],
  },
  { says: "so is no data at all", alert: "OrdersStale", inputs: [...alive, age(Infinity)], fires: [1] },
  {
    says: "data as old as its check allows is not",
    alert: "OrdersStale",
    inputs: [...alive, age(36 * 3600)],
    silent: [1],
  },
  {
    says: "nor that of a job that is deleted",
    alert: "OrdersStale",
    inputs: [job(0, 3), runsEachDay(3), age(1e6)],
    fires: [2],
    silent: [4],
  },
  { says: "with no series at all, nothing is told", alert: "OrdersStale", inputs: [], silent: [1, 20] },
  { says: "with a job that has never run neither", alert: "OrdersSlow", inputs: [job()], silent: [1, 20] },
];

const minutes = (days: number[] = []) => days.map((one) => one * day);

test.each(cases)("$alert: $says", async ({ alert, inputs, fires, silent }) => {
  if ("missing" in found) return;
  const wanted = { alert, fires: minutes(fires), silent: minutes(silent) };
  await expect(expectAlert({ program: found.path, folder, rules, inputs, interval, ...wanted })).resolves.toBe(
    undefined,
  );
});

test("rows outside the bounds that are declared are told, whatever is usual", async () => {
  if ("missing" in found) return;
  const inputs = [
    ...alive,
    rows("few", [
      [0, 5],
      [1, 4],
      [2, 2],
      [3, 1],
    ]),
  ];
  const bounded = rules.filter(
    ({ alert, annotations }) => alert === "OrdersRows" && JSON.stringify(annotations).includes("few"),
  );
  expect(bounded).toHaveLength(1);
  const wanted = { alert: "OrdersRows", fires: minutes([0.5, 3.5]), silent: minutes([1.5, 2.5]) };
  await expect(expectAlert({ program: found.path, folder, rules: bounded, inputs, interval, ...wanted })).resolves.toBe(
    undefined,
  );
});
