import { expect, test } from "vitest";
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
const limits = (text: string) => alerts(text).flatMap(({ expr }) => /> (\d+)$/m.exec(expr)?.[1] ?? []);

test("a scheduled job has an alert on failure and one on silence, by its own name", () => {
  expect(alerts('schedule: "30 7 * * *"').map(({ alert }) => alert)).toEqual([
    "OrdersDailyFailed",
    "OrdersDailyMissed",
  ]);
});

test("a job without schedule can fail, but not be missed", () => {
  expect(alerts("").map(({ alert }) => alert)).toEqual(["OrdersDailyFailed"]);
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
