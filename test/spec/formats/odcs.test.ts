import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseYaml } from "../../../src/spec/document.ts";
import { odcsContract } from "../../../src/spec/formats/odcs.ts";
import { loadDocument } from "../../../src/spec/load.ts";
import { tablesOf } from "../../../src/spec/table.ts";
import { everyType } from "./tables.ts";

function contractOf(yaml: string): Record<string, unknown> {
  const document = parseYaml(yaml, "pipeline.yaml");
  const { spec } = loadDocument({ document, file: "/p/pipeline.yaml", cwd: "/p", target: "local" });
  return odcsContract(spec, tablesOf(spec));
}

/** The quality rules of column `x`, or of its table. */
function rulesOf(check: string, table = false): unknown {
  const body = table
    ? `columns: { x: INT64 }, checks: [${check}]`
    : `columns: { x: { type: INT64, checks: [${check}] } }`;
  const [made] = contractOf(`name: apps\nmodels: { a: { ${body} } }`)["schema"] as [
    { quality?: unknown; properties: [{ quality?: unknown }] },
  ];
  return table ? made.quality : made.properties[0].quality;
}

test("every type has its place", async () => {
  await expect(stringify(contractOf(everyType))).toMatchFileSnapshot("../../golden/formats/contract.odcs.yaml");
});

const version = (yaml: string) => contractOf(yaml)["version"];

describe("the version", () => {
  test("changes with a description, a type or a check", () => {
    const versions = [
      everyType,
      everyType.replace("The teams' names", "Names"),
      everyType.replace("float: FLOAT64", "float: NUMERIC"),
      everyType.replace("max: 7", "max: 8"),
    ].map(version);
    expect(new Set(versions).size).toBe(4);
  });

  test("does not change with what the contract does not say", () => {
    expect(version(`${everyType}schedule: 30 7 * * *\n`)).toBe(version(everyType));
  });
});

describe("a rule", () => {
  const common = { severity: "error", description: expect.any(String) };

  test.each([
    ["not_null", [{ ...common, metric: "nullValues", mustBe: 0 }]],
    [
      "{ not_null: true, tolerate: 0.07 }",
      [{ ...common, metric: "nullValues", mustBeLessOrEqualTo: 7, unit: "percent" }],
    ],
    ["{ unique: true, severity: warn }", [{ ...common, severity: "warning", metric: "duplicateValues", mustBe: 0 }]],
    [
      "{ accepted_values: [1, 2], name: n }",
      [{ ...common, name: "n", metric: "invalidValues", arguments: { validValues: [1, 2] }, mustBe: 0 }],
    ],
    ["{ matches: ^a }", [{ ...common, metric: "invalidValues", arguments: { pattern: "^a" }, mustBe: 0 }]],
    [
      "{ not_null: true, where: x > 1 }",
      [{ ...common, type: "custom", engine: "nais-etl", implementation: { not_null: true, where: "x > 1" } }],
    ],
    [
      "{ range: { min: 1 } }",
      [{ ...common, type: "custom", engine: "nais-etl", implementation: { range: { min: 1 } } }],
    ],
  ])("of a column: %s", (check, rules) => {
    expect(rulesOf(check)).toEqual(rules);
  });

  test.each([
    ["{ unique: x }", [{ ...common, metric: "duplicateValues", arguments: { properties: ["x"] }, mustBe: 0 }]],
    [
      "{ row_count: { min: 1, max: 4 } }",
      [
        { ...common, metric: "rowCount", mustBeGreaterOrEqualTo: 1 },
        { ...common, metric: "rowCount", mustBeLessOrEqualTo: 4 },
      ],
    ],
    ["{ not_null: [x] }", [{ ...common, type: "custom", engine: "nais-etl", implementation: { not_null: ["x"] } }]],
  ])("of a table: %s", (check, rules) => {
    expect(rulesOf(check, true)).toEqual(rules);
  });
});
