import { beforeEach, describe, expect, test } from "vitest";
import { withAttempts } from "../../../src/etl/transform/attempts.ts";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import type { ModelNode } from "../../../src/etl/transform/graph.ts";
import { EtlError } from "../../../src/util/error.ts";
import { realContext } from "../../run/context.ts";
import { pipelineOf } from "../../support/pipeline.ts";

let pauses: number[];
let lines: string[];
let stop: AbortController;

beforeEach(() => {
  [pauses, lines, stop] = [[], [], new AbortController()];
});

const pause = async (milliseconds: number) => void pauses.push(milliseconds);

interface Tried {
  kind?: ModelNode["kind"];
  keys?: string;
  /** What each attempt throws; undefined for one that succeeds. */
  errors: unknown[];
}

/** What comes of it, and how many attempts there were. */
async function attempt({ kind = "query", keys = "retries: 3", errors }: Tried): Promise<[unknown, number]> {
  const pipeline = pipelineOf(`models: { m: { ${keys} } }`);
  const context = realContext({
    folder: "/",
    tmpdir: "/",
    signal: stop.signal,
    write: (line) => void lines.push(line),
  });
  const node = { name: "m", kind } as ModelNode;
  let made = 0;
  const run = async () => {
    const error = errors[made++];
    if (error !== undefined) throw error;
    return "rows";
  };
  const outcome = await withAttempts({ node, pipeline, context, db: {} as Database, pause }, run).catch(
    (error: unknown) => error,
  );
  return [outcome, made];
}

const failed = (message: string, cause?: unknown) => new EtlError({ code: "failed", message, cause });
const memory = failed("no memory", new Error("Out of Memory Error: failed to allocate"));
const disk = failed("no disk", new Error("IO Error: No space left on device"));

describe("a query is tried again where it lacked something", () => {
  test.each([
    ["memory", memory],
    ["disk", disk],
  ])("%s", async (_what, error) => {
    expect(await attempt({ errors: [error, error, undefined] })).toEqual(["rows", 3]);
    expect(pauses).toEqual([1000, 2000]);
    expect(lines.join("")).toContain(`warning: m: ${error.message}; trying again in 2 s (2 of 3)`);
  });

  test.each([
    ["what a value has broken", failed("a value is no number", new Error("Conversion Error: x"))],
    ["what is wrong with the file", new EtlError({ code: "invalid", message: "no such column" })],
    ["anything else", new Error("odd")],
  ])("not for %s", async (_what, error) => {
    expect(await attempt({ errors: [error] })).toEqual([error, 1]);
  });
});

test("a program is tried again whatever it failed of, but for what its file or contract says", async () => {
  const error = failed("HTTP 503");
  expect(await attempt({ kind: "program", errors: [error, undefined] })).toEqual(["rows", 2]);
  const invalid = new EtlError({ code: "invalid", message: "no such column" });
  expect(await attempt({ kind: "program", errors: [invalid] })).toEqual([invalid, 1]);
});

test("no more often than is asked for, and not at all where nothing is; the last error is told", async () => {
  const errors = ["1", "2", "3", "4", "5"].map((text) => failed(text));
  expect(await attempt({ kind: "program", errors })).toEqual([errors[3], 4]);
  expect(await attempt({ kind: "program", keys: "", errors })).toEqual([errors[0], 1]);
  expect(await attempt({ kind: "program", keys: "retries: 9", errors: Array(9).fill(errors[0]) })).toEqual([
    "rows",
    10,
  ]);
  expect(pauses.at(-1)).toBe(60_000);
});

test("whoever is told to stop, does", async () => {
  const reason = new EtlError({ code: "terminated", message: "stopped" });
  stop.abort(reason);
  expect(await attempt({ kind: "program", errors: [failed("x")] })).toEqual([reason, 1]);
});
