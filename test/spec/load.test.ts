import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadPipeline } from "../../src/spec/load.ts";
import { EtlError, formatProblem, formatWhere } from "../../src/util/error.ts";
import { hintsOf, load, problemsOf } from "./loading.ts";

function problemsOfChecks(list: string): string[] {
  return problemsOf(`name: apps\nmodels: { a: { columns: { x: { type: INT64, checks: ${list} } } } }`);
}

describe("all problems are told at once", () => {
  const text = [
    "name: Apps", // 1
    "team: 4", // 2
    "scedule: 1 2 3 4 5", // 3
    "sources:", // 4
    "  a:", // 5
    "    type: bigqery", // 6
    "  b:", // 7
    "    type: file", // 8
    "    pth: x", // 9
    "models:", // 10
    "  m:", // 11
    "    columns:", // 12
    "      x: STRNG", // 13
    "      y: { type: DATE, chks: [] }", // 14
    "      z: { type: DATE, checks: [{ range: 5 }] }", // 15
    "outputs:", // 16
    "  m: { type: bigquery, table: d.t, write: merge }", // 17
    "  n: { type: file, path: '${env:}' }", // 18
  ].join("\n");

  test("each with its exact place, in the order of the file", () => {
    expect(problemsOf(text)).toEqual([
      '1:7 `name` ("Apps") is not a name: write small letters, digits and hyphens, beginning with a letter',
      "2:7 `team` is 4, not a text",
      "3:1 unknown key `scedule`",
      '6:11 `sources.a.type` is "bigqery", which is not one of bigquery, file, http, s3, gcs, postgres, oracle, kafka',
      "7:3 `sources.b.path` is missing",
      "9:5 unknown key `pth` in `sources.b`",
      "13:10 `STRNG` is not a type",
      "14:24 unknown key `chks` in `models.m.columns.y`",
      "15:42 `models.m.columns.z.checks[0].range` is 5, not a map of keys and values",
      "17:43 `write: merge` needs `key`",
      "18:26 `${env:}` is not a reference",
    ]);
  });

  test("each with its cure", () => {
    const error = catchError(() => load(text));
    expect(error).toMatchObject({ code: "invalid", message: "pipeline.yaml is not valid: 11 problems" });
    expect(
      error.problems.every(({ hint, rule }) => rule && (hint || rule === "wrong-value" || rule === "wrong-type")),
    ).toBe(true);
    expect(error.problems.map(formatProblem).join("\n")).toContain(
      "unknown key `scedule` (unknown-key)\n    Did you mean `schedule`?",
    );
  });
});

describe("what is easily written wrong", () => {
  test.each([
    [
      "a date that YAML leaves a text, as a number of a map",
      "interval: { every: day, sample: 2022-20-01 }",
      "2:33 `2022-20-01` is not a day",
    ],
    ["a number for a text", "description: 5", "2:14 `description` is 5, not a text"],
    ["an empty value", "sources:", "2:9 `sources` is empty, not a map of names and values"],
    ["a list for a map", "models: [a]", "2:9 `models` is a list, not a map of names and values"],
    ["a map for a list", "egress: { host: a }", "2:9 `egress` is a map, not a list"],
    [
      "a name that SQL would need quotes for",
      "models: { my-model: {} }",
      "2:11 `my-model` is not a name for a table: write letters, digits and _, beginning with a letter",
    ],
    [
      "a reference without quotes in braces",
      "outputs: { a: { type: file, path: {env:A} } }",
      "2:35 `outputs.a.path` is a map, not a text",
    ],
    ["a cron that never comes", "schedule: 0 0 31 2 *", "2:11 `0 0 31 2 *` is not a cron schedule: it never comes"],
    ["a schedule whose hour is none", "schedule: { cron: 0 45 * * * }", "2:19 `0 45 * * *` is not a cron schedule: "],
    [
      "a parameter out of its range",
      "params: { line: { type: INT64, min: 101, default: 5 } }",
      "2:51 `params.line.default`: 5 is outside the allowed range from 101",
    ],
    [
      "four clustering columns and one more",
      "outputs: { a: { type: bigquery, table: d.t, cluster: [a, b, c, d, e] } }",
      "2:54 `outputs.a.cluster` is a list: at most 4 items",
    ],
    [
      "a share that is a percentage",
      "models: { a: { checks: [{ unique: x, tolerate: 5 }] } }",
      "2:48 `models.a.checks[0].tolerate` is 5: at most 1",
    ],
    [
      "a duration that is a number alone",
      "models: { a: { checks: [{ freshness: { column: d, within: 36 } }] } }",
      "2:59 `models.a.checks[0].freshness.within` (36) is without a unit",
    ],
  ])("%s", (_title, yaml, problem) => {
    expect(problemsOf(`name: apps\n${yaml}`)).toEqual([expect.stringContaining(problem)]);
  });

  test.each([
    ["a duration that is a number alone", "timeout: 15", "Write 15m for minutes: 90s, 15m, 36h and 2d are durations."],
    ["a number in quotes", 'timeout: "15"', "Write 15m for minutes: 90s, 15m, 36h and 2d are durations."],
    [
      "hours of freshness",
      "checks: [{ freshness: { column: d, within: 36 } }]",
      "Write 36h for hours: 90s, 15m, 36h and 2d are durations.",
    ],
    ["a comma in braces", "description: a, b", "A comma ends a text inside { }: quote it."],
    ["a comma in braces, and a word like a key", "description: a, check", "A comma ends a text inside { }: quote it."],
  ])("%s has its cure", (_title, keys, hint) => {
    expect(hintsOf(`name: apps\nmodels: { a: { ${keys} } }`)).toEqual([hint]);
  });

  test("a key without a value is no text that a comma has cut, where there are no braces", () => {
    expect(hintsOf("name: apps\nshedule:")).toEqual(["Did you mean `schedule`?"]);
    expect(hintsOf("name: apps\ntargets:\n  dev: { models: { a: { description: a, b } } }")).toEqual([
      "A comma ends a text inside { }: quote it.",
    ]);
  });
});

describe("a check", () => {
  test.each([
    ["[notnull]", ["2:54 unknown key `notnull` in `models.a.columns.x.checks[0]`"]],
    ["[{ rnge: { min: 1 } }]", ["2:56 unknown key `rnge` in `models.a.columns.x.checks[0]`"]],
    ["[{ severity: warn }]", ["2:54 `models.a.columns.x.checks[0]`: a check needs a kind"]],
    [
      "[{ unique: true, not_null: true }]",
      ["2:54 `models.a.columns.x.checks[0]`: one check has 2 kinds: not_null, unique"],
    ],
    ["[range]", ["2:54 `range` needs its argument"]],
    ["[{ range: {} }]", ["2:63 `models.a.columns.x.checks[0].range` needs `min`, `max` or both"]],
    ["[{ matches: '[' }]", ["2:65 `[` is not a regular expression"]],
    ["[5]", ["2:54 `models.a.columns.x.checks[0]` is 5, not a map of keys and values"]],
  ])("%s has one problem", (list, problems) => {
    expect(problemsOfChecks(list)).toEqual(problems);
  });

  test("that needs an argument is shown with one", () => {
    const error = catchError(() => load("name: apps\nmodels: { a: { checks: [row_count] } }"));
    expect(error.problems[0]?.hint).toBe("Write { row_count: { min: 1 } }.");
  });
});

describe("what is loaded", () => {
  test("shorthands stand in their long form", () => {
    const { spec } = load(
      "name: apps\nschedule: 30 7 * * *\ninterval: day\nparams: { n: INT64 }\nmodels: { a: { columns: { x: DATE } } }",
    );
    expect(spec).toEqual({
      name: "apps",
      schedule: { cron: "30 7 * * *" },
      interval: { every: "day" },
      params: { n: { type: "INT64" } },
      models: { a: { columns: { x: { type: { kind: "DATE" } } } } },
    });
  });

  test("columns keep their order, and names that objects have anyway are names", () => {
    const { spec } = load(
      "name: apps\nmodels: { a: { columns: { z: DATE, constructor: DATE, a: DATE, toString: DATE } } }",
    );
    expect(Object.keys(spec.models!["a"]!.columns!)).toEqual(["z", "constructor", "a", "toString"]);
  });

  test("an anchor may be used, and a mistake in it is told at each use", () => {
    expect(problemsOf("name: apps\nmodels:\n  a: &m { descripion: x }\n  b: *m\n")).toEqual([
      "3:11 unknown key `descripion` in `models.a`",
      "4:6 unknown key `descripion` in `models.b`",
    ]);
  });
});

describe("a file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nais-etl-load-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const loadBytes = async (bytes: string | Uint8Array) => {
    await writeFile(join(folder, "pipeline.yaml"), bytes);
    return loadPipeline({ file: join(folder, "pipeline.yaml"), cwd: folder });
  };

  test("is UTF-8, æøå and a byte order mark too", async () => {
    const { spec } = await loadBytes("\uFEFFname: apps\ndescription: blåbær\n");
    expect(spec).toEqual({ name: "apps", description: "blåbær" });
  });

  test("in another encoding is refused with the cure", async () => {
    const error = await rejection(loadBytes(Buffer.from("name: apps\ndescription: bl\u00e5b\u00e6r\n", "latin1")));
    expect(error).toMatchObject({
      code: "invalid",
      message: "pipeline.yaml is not UTF-8",
      hint: expect.stringContaining("UTF-8"),
    });
  });

  test("that is not YAML tells all of its syntax errors", async () => {
    const error = await rejection(loadBytes("name: a\nname: b\nsources:\n\tx: y\n"));
    expect(error.problems.map(({ where }) => formatWhere(where!))).toEqual(["pipeline.yaml:2:1", "pipeline.yaml:4:1"]);
  });

  test("that holds a list, or nothing, is told what to begin with", async () => {
    expect((await rejection(loadBytes("- a\n"))).hint).toBe("It begins with `name:`.");
    expect((await rejection(loadBytes(""))).problems).toMatchObject([{ message: "`name` is missing" }]);
  });

  test("that is missing is a matter of usage", async () => {
    const error = await rejection(loadPipeline({ file: join(folder, "pipeline.yaml"), cwd: folder }));
    expect(error).toMatchObject({ code: "usage", message: "there is no pipeline.yaml" });
  });
});

function catchError(act: () => unknown): EtlError {
  try {
    act();
  } catch (error) {
    if (error instanceof EtlError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function rejection(promise: Promise<unknown>): Promise<EtlError> {
  const error: unknown = await promise.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof EtlError) return error;
  throw error;
}
