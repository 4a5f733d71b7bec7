import { describe, expect, test } from "vitest";
import { logChecks, logEnd, logModel } from "../../../src/etl/record/console.ts";
import { createLogger } from "../../../src/util/log.ts";
import { recordOf } from "../report/records.ts";

const now = () => new Date("2022-01-20T07:30:00Z");

function logged(act: (log: ReturnType<typeof createLogger>) => void, { colour = false } = {}): string[] {
  const lines: string[] = [];
  act(createLogger({ write: (line) => void lines.push(line), format: "text", verbose: false, colour, now }));
  return lines;
}

const model = { name: "m", status: "done", kind: "table", rows: 4, bytes: 624, seconds: 0.01 } as const;

describe("a line of a step", () => {
  test("keeps its columns where a name is long", () => {
    const [short, long] = ["m", "a_name_of_thirty_three_characters"].map((name) =>
      logged((log) => logModel(log, { ...model, name })).join(""),
    );
    expect(long).toContain("a_name_of_thirty_three_characters ");
    expect(long!.indexOf("4 rows")).toBe(short!.indexOf("4 rows"));
    expect(long!.indexOf("0.01 s")).toBe(short!.indexOf("0.01 s"));
  });

  test("has a sign in a colour that says how it went", () => {
    const sign = (status: "done" | "failed" | "skipped") =>
      logged((log) => logModel(log, { ...model, status }), { colour: true })[0]!.slice(0, 14);
    expect(sign("done")).toContain("\u001B[32m✓\u001B[39m");
    expect(sign("failed")).toContain("\u001B[31m✗\u001B[39m");
    expect(sign("skipped")).toContain("\u001B[2m-\u001B[22m");
    expect(logged((log) => logChecks(log, "m", []), { colour: true })).toEqual([]);
  });
});

test("the last line says in a colour how the run ended, and no colour is there for who sees none", () => {
  const done = recordOf({ status: "succeeded", seconds: 1 });
  expect(logged((log) => logEnd(log, done), { colour: true }).at(-1)).toBe(
    "\n\u001B[1m\u001B[32mDone\u001B[39m\u001B[22m in 1.00 s: 0 of 0 outputs published.\n",
  );
  expect(logged((log) => logEnd(log, done)).at(-1)).toBe("\nDone in 1.00 s: 0 of 0 outputs published.\n");
});
