import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { renderPipeline } from "../../src/ship/render/files.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { pipelineTexts } from "../ship/manifest/spoil.ts";
import { findProgram, promtool } from "./support/debian.ts";

// A second opinion on dashboards: Grafana's own types, by the compiler; and Prometheus on every query.

const root = fileURLToPath(new URL("../../", import.meta.url));
const cache = join(root, "node_modules/.cache/nais-etl-grafana");
const sdk = "@grafana/grafana-foundation-sdk@0.0.21";
let folder: Folder;

beforeAll(async () => {
  folder = await makeFolder();
});

afterAll(() => folder.remove());

/** Eleven megabytes that nothing else needs. @returns why they are not there */
function fetchSdk(): string | undefined {
  if (existsSync(join(cache, "node_modules/@grafana/grafana-foundation-sdk"))) return undefined;
  mkdirSync(cache, { recursive: true });
  const args = ["install", "--prefix", cache, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", sdk];
  const { status, stderr } = spawnSync("npm", args, { encoding: "utf8", timeout: 120_000 });
  return status === 0 ? undefined : `npm cannot fetch ${sdk}: ${stderr.trim().split("\n").at(-1)}`;
}

const dashboards = () =>
  pipelineTexts().map((text) => renderPipeline({ pipeline: pipelineOf(text, "") }).dashboard as { panels: Panel[] });

interface Panel {
  targets: { expr: string }[];
}

/** The SDK's types, with names of an enum's members written as their values, and without what only its builders need. */
const check = `
import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Options as Stat } from "@grafana/grafana-foundation-sdk/stat";
import type { FieldConfig, Options as Timeseries } from "@grafana/grafana-foundation-sdk/timeseries";

type Plain<T> =
  T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer Item)[] ? Plain<Item>[]
  : { [Key in keyof T as T[Key] extends (...args: never[]) => unknown ? never : Key]: Plain<T[Key]> };

type Fields<Custom> = Omit<NonNullable<Plain<Panel>["fieldConfig"]>, "defaults"> & {
  defaults: Omit<NonNullable<Plain<Panel>["fieldConfig"]>["defaults"], "custom"> & { custom?: Custom };
};
type Known<Type, Options, Custom> = Omit<Plain<Panel>, "type" | "targets" | "options" | "fieldConfig"> & {
  type: Type;
  targets: Plain<Dataquery>[];
  options: Plain<Options>;
  fieldConfig: Fields<Custom>;
};
type Checked = Omit<Plain<Dashboard>, "panels"> & {
  panels: (Known<"stat", Stat, never> | Known<"timeseries", Timeseries, Plain<FieldConfig>>)[];
};
export const dashboards: Checked[] = `;

test("Grafana's types take every dashboard, to the last key", async ({ skip }) => {
  const missing = fetchSdk();
  if (missing !== undefined) return skip(missing);
  const file = join(cache, "check.ts");
  const compile = async (found: object[]) => {
    await folder.write("check.ts", `${check}${JSON.stringify(found, undefined, 1)};\n`);
    spawnSync("cp", [join(folder.path, "check.ts"), file]);
    const options = "--noEmit --strict --skipLibCheck --target es2023 --module nodenext --types";
    const tsc = join(root, "node_modules/.bin/tsc");
    return spawnSync(tsc, ["--ignoreConfig", ...options.split(" "), "", "check.ts"], { cwd: cache, encoding: "utf8" });
  };
  const { status, stdout } = await compile(dashboards());
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });

  // A key that is none is one that the compiler finds.
  const [first] = dashboards();
  const spoiled = await compile([{ ...first, panels: [{ ...first!.panels[0], gridPosition: {} }] }]);
  expect(spoiled.stdout).toContain("gridPosition");
});

test("Prometheus can read every query", async ({ skip }) => {
  const found = findProgram(promtool);
  if ("missing" in found) return skip(found.missing);
  const queries = dashboards().flatMap(({ panels }) =>
    panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  );
  const rules = queries.map((expr, i) => ({ record: `query_${i}`, expr }));
  await folder.write("rules.yaml", stringify({ groups: [{ name: "queries", rules }] }));
  const { status, stdout, stderr } = spawnSync(found.path, ["check", "rules", join(folder.path, "rules.yaml")], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(`${queries.length} rules found`);
});
