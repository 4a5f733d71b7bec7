import { expect, test } from "vitest";
import { quietLog } from "../../../src/etl/backfill/quiet-log.ts";
import { createLogger } from "../../../src/util/log.ts";

const now = () => new Date("2022-03-26T08:00:00Z");

function said(of: string | undefined, verbose: boolean, format: "text" | "json" = "text"): string[] {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line.trimEnd());
  const log = quietLog(createLogger({ write, format, verbose, colour: false, now }), of);
  log.info("  a step", { step: "model" });
  log.warn("a column is new");
  log.problem({ severity: "warning", message: "a model is not used" });
  return lines;
}

test("of several intervals each says which it is", () => {
  expect(said("2022-03-26", false)).toEqual([
    "warning: 2022-03-26: a column is new",
    "warning: 2022-03-26: a model is not used",
  ]);
  expect(said("2022-03-26", true)[0]).toBe("2022-03-26: a step");
  expect(JSON.parse(said("2022-03-26", true, "json")[0]!)).toMatchObject({ interval: "2022-03-26", step: "model" });
});

test("of intervals one by one nothing is said twice, and steps are details", () => {
  expect(said(undefined, false)).toEqual(["warning: a column is new", "warning: a model is not used"]);
  expect(said(undefined, true)[0]).toBe("  a step");
});
