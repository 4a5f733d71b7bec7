import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseYaml } from "../../../src/spec/document.ts";
import { loadDocument } from "../../../src/spec/load.ts";
import { baseTarget } from "../../../src/spec/target.ts";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { renderAlerts } from "../../../src/ship/render/alerts.ts";
import { renderNaisjob } from "../../../src/ship/render/naisjob.ts";

function alertsOf(text: string) {
  const document = parseYaml(`name: orders-daily\nteam: my-team\n${text}`, "pipeline.yaml");
  const pipeline = loadDocument({ document, file: "/repo/pipeline.yaml", cwd: "/repo", target: baseTarget });
  return renderAlerts(pipeline, renderNaisjob({ pipeline }).manifest).manifest;
}

const alerts = (text: string) => alertsOf(text).spec.groups.flatMap(({ rules }) => rules);
const names = (text: string) => alerts(text).map(({ alert }) => alert.replace("OrdersDaily", ""));
const limits = (text: string) =>
  alerts(text).flatMap(({ alert, expr }) => (alert.endsWith("Missed") ? (/> (\d+)$/m.exec(expr)?.[1] ?? []) : []));

test("a scheduled job has an alert on failure, one on silence, and those on what it pushes, by its own name", () => {
  expect(alerts('schedule: "30 7 * * *"').map(({ alert }) => alert)).toEqual([
    "OrdersDailyFailed",
    "OrdersDailyMissed",
    "OrdersDailySlow",
    "OrdersDailyMemory",
  ]);
});

test("a job without schedule can fail, but not be missed", () => {
  expect(names("")).toEqual(["Failed", "Slow", "Memory"]);
});

const [hour, deadline, slack] = [3600, 21_600, 900];
test.each([
  ["the day on which clocks go back", "30 7 * * *", 25 * hour],
  ["the night in which the time is skipped", "30 2 * * *", 47 * hour],
  ["UTC, which has neither", "{ cron: 30 7 * * *, timeZone: UTC }", 24 * hour],
  ["the weekend", "{ cron: 30 7 * * MON-FRI, timeZone: UTC }", 72 * hour],
  ["the night", "{ cron: 0 6-18 * * *, timeZone: UTC }", 12 * hour],
  ["minutes", '{ cron: "*/5 * * * *", timeZone: UTC }', 300],
  ["the other eleven months", '{ cron: "* * * 1 *", timeZone: UTC }', 334 * 24 * hour + 60],
])("the longest gap between two scheduled times counts: %s", (_, schedule, gap) => {
  const text = schedule.startsWith("{") ? schedule : `"${schedule}"`;
  expect(limits(`schedule: ${text}`)).toEqual([String(gap + deadline + slack)]);
});

test("a deadline of one's own counts, and none where there is none", () => {
  const schedule = 'schedule: { cron: "0 * * * *", timeZone: UTC }\n';
  expect(limits(`${schedule}nais: { activeDeadlineSeconds: 60 }`)).toEqual([String(hour + 60 + slack)]);
  expect(limits(`${schedule}nais: { activeDeadlineSeconds: null }`)).toEqual([String(hour + slack)]);
});

test("an alert says what is not renewed, and no rule finds fault with it", () => {
  const text =
    'schedule: "0 6 * * *"\noutputs: { a: { type: bigquery, table: dd.a }, b: { type: bigquery, table: dd.b } }';
  expect(alerts(text)[0]?.annotations.consequence).toBe("dd.a, dd.b keep the rows of the run before.");
  expect(lintManifests({ text: stringify(alertsOf(text)), file: "alerts.yaml" }).problems).toEqual([]);
});

const output = (more = "") => `outputs: { a: { type: bigquery, table: dd.a${more} } }\n`;
const rowsExpr = (text: string) => alerts(text).find(({ alert }) => alert.endsWith("Rows"))?.expr ?? "";

describe("alerts on pushed metrics", () => {
  test("tell of rows by the bounds that are declared, else by what is usual where the whole table is written", () => {
    const bounded = rowsExpr(`${output()}models: { a: { checks: [{ row_count: { min: 3, max: 9 } }] } }`);
    expect(bounded).toContain("}) < 3\n  or max(");
    expect(bounded).toContain("}) > 9\n");
    expect(bounded).not.toContain("quantile");
    expect(rowsExpr(output())).toContain("quantile_over_time");
    expect(rowsExpr(output(", write: append"))).toBe("");
    // A check of a part of the rows says nothing of all.
    expect(rowsExpr(`${output()}models: { a: { checks: [{ row_count: { min: 3 }, where: x } ] } }`)).toContain(
      "quantile",
    );
    const source = "sources: { s: { type: file, path: x.csv, checks: [{ row_count: { max: 7 } }] } }\n";
    expect(rowsExpr(`${source}outputs: { a: { type: file, path: y.csv, model: s } }`)).toContain("> 7");
  });

  test("tell of old rows by each check of freshness, by the name under which its age is pushed", () => {
    const checks =
      "[{ freshness: { column: day, within: 36h } }, { freshness: { column: at, within: 2h }, name: 'a \"b\"' }]";
    const stale = alerts(`sources: { s: { type: file, path: x.csv, checks: ${checks} } }`).filter(({ alert }) =>
      alert.endsWith("Stale"),
    );
    expect(stale.map(({ expr }) => /table.* > \d+/.exec(expr)?.[0])).toEqual([
      'table="s", check="freshness(day)"}) > 129600',
      'table="s", check="a \\"b\\""}) > 7200',
    ]);
  });

  test.each([
    ["", 512 * 1024 ** 2],
    ["nais: { resources: { limits: { memory: 2Gi } } }", 2 * 1024 ** 3],
    ["nais: { resources: { limits: null } }", 512 * 1024 ** 2],
  ])("tell of memory by the limit that the pod has: %s", (text, bytes) => {
    const [memory] = alerts(text).filter(({ alert }) => alert.endsWith("Memory"));
    expect(memory?.expr).toContain(`> 0.95 * ${bytes}\n`);
  });

  test("ask each whether the job is there", () => {
    const pushed = alerts(output()).filter(({ expr }) => expr.includes("nais_etl_"));
    expect(pushed).toHaveLength(3);
    const exists = 'kube_cronjob_created{namespace="my-team", cronjob="orders-daily"}';
    expect(pushed.filter(({ expr }) => !expr.includes(exists))).toEqual([]);
  });
});
