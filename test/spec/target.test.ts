import { describe, expect, test } from "vitest";
import { pipelineJsonSchema } from "../../src/spec/json-schema.ts";
import { shortFormNames } from "../../src/spec/target.ts";
import { load, problemsOf } from "./loading.ts";

/** What is left of a file and the part of it that the target `dev` says. */
function merged(base: string, over: string): Record<string, unknown> {
  return load(`name: apps\n${base}\ntargets: { dev: { ${over} } }`, "dev").spec;
}

describe("targets", () => {
  const base = [
    "name: apps", // 1
    "schedule: { cron: 30 7 * * * }", // 2
    "outputs:", // 3
    "  a: { type: bigquery, table: d.t, write: append }", // 4
    "targets:", // 5
    "  dev-gcp:", // 6
  ];
  const withTarget = (...lines: string[]) => [...base, ...lines.map((line) => `    ${line}`)].join("\n");

  test("are merged over the file, key by key, and null takes a key away", () => {
    const text = withTarget("schedule: null", "outputs: { a: { table: e.t } }");
    expect(load(text).spec).toMatchObject({ schedule: { cron: "30 7 * * *" }, outputs: { a: { table: "d.t" } } });
    const { spec, raw, target } = load(text, "dev-gcp");
    expect(target).toBe("dev-gcp");
    expect(spec.schedule).toBeUndefined();
    expect(spec.outputs?.["a"]).toEqual({ type: "bigquery", table: "e.t", write: "append" });
    expect(raw).not.toHaveProperty("targets");
  });

  test("short forms are merged as the long ones that they stand for", () => {
    expect(merged("schedule: 30 7 * * *", "schedule: { timeZone: UTC }")["schedule"]).toEqual({
      cron: "30 7 * * *",
      timeZone: "UTC",
    });
    expect(merged("schedule: { cron: 30 7 * * *, timeZone: UTC }", "schedule: 0 5 * * *")["schedule"]).toEqual({
      cron: "0 5 * * *",
      timeZone: "UTC",
    });
    expect(merged("interval: day", "interval: { sample: 2022-01-20 }")["interval"]).toEqual({
      every: "day",
      sample: "2022-01-20",
    });
    expect(merged("params: { line: INT64 }", "params: { line: { default: 5 } }")["params"]).toEqual({
      line: { type: "INT64", default: 5 },
    });
    expect(
      merged("models: { a: { columns: { n: INT64 } } }", "models: { a: { columns: { n: { sensitive: true } } } }"),
    ).toMatchObject({ models: { a: { columns: { n: { type: { kind: "INT64" }, sensitive: true } } } } });
    const output = "type: bigquery, table: d.t, write: append";
    expect(
      merged(`outputs: { a: { ${output}, partition: day } }`, "outputs: { a: { partition: { by: month } } }"),
    ).toMatchObject({ outputs: { a: { partition: { column: "day", by: "month" } } } });
  });

  test("every short form of a map is merged so, but those in lists, which are replaced as a whole", () => {
    const { definitions } = pipelineJsonSchema() as { definitions: Record<string, { anyOf?: { type?: unknown }[] }> };
    const short = Object.entries(definitions).filter(
      ([name, { anyOf }]) =>
        !name.endsWith("-part") && name !== "check" && anyOf?.length === 2 && anyOf[1]!.type === "object",
    );
    expect(short.map(([name]) => name).toSorted()).toEqual([...shortFormNames].toSorted());
  });

  test("a target that the file does not name is the file itself", () => {
    expect(load(withTarget("schedule: null"), "prod-gcp").spec.schedule).toEqual({ cron: "30 7 * * *" });
  });

  test("each is checked, whichever is asked for, and a mistake is told where it stands", () => {
    const text = withTarget("outputs: { a: { tabel: e.t } }", "schedul: null", "schedule: { timeZone: Mars }");
    expect(problemsOf(text)).toEqual([
      "7:21 unknown key `tabel` in `outputs.a`",
      "8:5 the target takes away `schedul`, which is not there",
      "9:27 `Mars` is not a time zone",
    ]);
  });

  test("what is taken away must be there, or at least be a key", () => {
    expect(problemsOf(withTarget("interval: null", "nais: { resources: null }"))).toEqual([]);
    expect(problemsOf(withTarget("outputs: { b: null, a: { kluster: null } }"))).toEqual([
      "7:16 the target takes away `b`, which is not there in `outputs`",
      "7:30 the target takes away `kluster`, which is not there in `outputs.a`",
    ]);
  });

  test("null takes keys away in what only the target has, too", () => {
    const text = withTarget("outputs: { b: { type: file, path: a.csv, key: null } }");
    expect(load(text, "dev-gcp").spec.outputs?.["b"]).toEqual({ type: "file", path: "a.csv" });
  });

  test("a mistake of the file is told once, where it stands, also where a target has a part beside it", () => {
    const text = withTarget("outputs: { a: { table: e.t } }").replace("write: append", "wriet: append");
    expect(problemsOf(text)).toEqual(["4:36 unknown key `wriet` in `outputs.a`"]);
  });

  test("what is missing in both is told once", () => {
    const text = withTarget("outputs: { a: { write: append } }").replace("table: d.t, ", "");
    expect(problemsOf(text)).toEqual(["4:3 `outputs.a.table` is missing"]);
  });

  test("an output that only a target has must be whole", () => {
    expect(problemsOf(withTarget("outputs: { b: { table: d.t } }"))).toEqual(["7:16 `outputs.b.type` is missing"]);
  });

  test("a target that takes away what must be there is told so at its place", () => {
    expect(problemsOf(withTarget("name: null"))).toEqual(["7:11 `name` is missing"]);
  });

  test("what fits each alone and not together is told at the target", () => {
    expect(problemsOf(withTarget("interval: day", "outputs: { a: { write: replace } }"))).toEqual([
      expect.stringMatching(/^8:28 `outputs.a` replaces the whole table on each interval/),
    ]);
  });

  test.each([
    ["targets:", "2:9 `targets` is empty, not a map of names and values"],
    ["targets: [dev]", "2:10 `targets` is a list, not a map of names and values"],
    ["targets: { dev: 5 }", "2:17 `targets.dev` is 5, not a map of names and values"],
    ["targets: { dev: }", "2:17 `targets.dev` is empty, not a map of names and values"],
    ["targets: { dev: { targets: {} } }", "2:28 a target cannot hold `targets` of its own"],
  ])("%s is refused", (yaml, problem) => {
    expect(problemsOf(`name: apps\n${yaml}`)).toEqual([problem]);
  });
});
