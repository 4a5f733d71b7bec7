import { expect, test } from "vitest";
import { renderPipeline } from "../../../src/ship/render/files.ts";
import { metrics } from "../../../src/spec/metric.ts";
import { pipelineOf } from "../../support/pipeline.ts";

interface Panel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { expr: string }[];
  fieldConfig: { defaults: { thresholds?: { steps: { value: number | null }[] } } };
}

function dashboardOf(text: string, target = "") {
  const pipeline = pipelineOf(`name: orders\nteam: my-team\n${text}`, target);
  return renderPipeline({ pipeline }).dashboard as { uid: string; title: string; panels: Panel[] };
}

const fresh = "sources: { s: { type: file, path: x.csv, checks: [{ freshness: { column: d, within: 36h } }] } }\n";

test("panels lie side by side and below each other, none upon another, none beyond the edge", () => {
  for (const { panels } of [dashboardOf(""), dashboardOf(fresh)]) {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => Number.isInteger(x) && x >= 0 && x + w <= 24)).toBe(true);
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, i) => i + 1));
  }
});

test("every series that a run pushes is shown, but for when the run ended, and what it read in bytes", () => {
  const exprs = dashboardOf(fresh).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const unseen = Object.values(metrics).filter(({ name }) => !exprs.some((expr) => expr.includes(`${name}{`)));
  expect(unseen.map(({ name }) => name)).toEqual(["nais_etl_last_run_timestamp_seconds", "nais_etl_bytes_read"]);
});

test("lines are drawn where the pipeline's own limits are", () => {
  const { panels } = dashboardOf(`${fresh}nais: { resources: { limits: { memory: 2Gi } } }\n`);
  const limitOf = (title: string) =>
    panels.find((panel) => panel.title === title)?.fieldConfig.defaults.thresholds?.steps.at(-1)?.value;
  expect(limitOf("Age of the newest row")).toBe(36 * 3600);
  expect(limitOf("Memory of a run")).toBe(2 * 1024 ** 3);
  expect(dashboardOf("").panels.map(({ title }) => title)).not.toContain("Age of the newest row");
});

test("a dashboard has an address of its own, which stays when it changes", () => {
  const targets = "targets: { dev-gcp: { schedule: null } }\n";
  const [plain, changed, target] = [
    dashboardOf(targets),
    dashboardOf(`${targets}${fresh}`),
    dashboardOf(targets, "dev-gcp"),
  ];
  expect(plain.uid).toBe(changed.uid);
  expect(target.uid).not.toBe(plain.uid);
  expect(plain.uid).toMatch(/^[a-z0-9-]{1,40}$/);
  expect([plain.title, target.title]).toEqual(["orders (my-team)", "orders (my-team, dev-gcp)"]);
});
