import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { runFolder } from "../../support/run.ts";

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder({
    "pipeline.yaml":
      "name: trial\nsources: { rows: { type: file, path: rows.csv } }\noutputs: { copy: { type: file, path: copy.csv } }\n",
    "rows.csv": "id\n1\n",
    "models/copy.sql": "FROM rows",
  });
});
afterEach(() => folder.remove());

/** A run in which one effect goes wrong. */
function runWith(effect: string, act: () => Promise<never>) {
  const context = {
    ...folder.context,
    effect: <T>(name: string, other: () => Promise<T>): Promise<T> => (name === effect ? act() : other()),
  };
  return runFolder({ ...folder, context }, { format: "json" });
}

const fault = "This is a fault in nais-etl. Run it again with --debug, and report what it prints.";
const removeNothing = () => rm("/nowhere/page-3") as Promise<never>;
const lines = (text: string) => text.split("\n").flatMap((line) => (line ? [JSON.parse(line) as Line] : []));
interface Line {
  level: string;
  message: string;
}

describe("an error that nobody foresaw", () => {
  test.each([
    ["source.write", "[source rows] "],
    ["model.write", "[model copy] "],
    ["file.stage", "[publish] "],
  ])("at %s is told as a fault of this program, with its stack for --debug", async (effect, part) => {
    const { code, text, record } = await runWith(effect, removeNothing);
    expect(code).toBe(1);
    const message = `${part}ENOENT: no such file or directory, lstat '/nowhere/page-3'`;
    expect(record.problems).toEqual([{ severity: "error", message, hint: fault }]);
    const [stack] = lines(text).filter(({ level, message: said }) => level === "debug" && said.includes("lstat"));
    expect(stack?.message).toMatch(/^EtlError: .*(\n +at .*)+\.ts:\d.*(\n +at .*)*\ncaused by Error: ENOENT/);
  });

  test("shows no words that may hold values below its own", async () => {
    const { text } = await runWith("model.write", async () => {
      throw new TypeError("the value is 4711");
    });
    const [stack] = lines(text).filter(({ message }) => message.includes("caused by"));
    expect(stack?.message.replace(/.*caused by/s, "")).toMatch(/^ TypeError\n +at /);
  });
});

test.each([
  ["of the engine", new Error("IO Error: Could not write"), "Could not write"],
  ["of a machine that refuses", Object.assign(new Error("EROFS: no"), { code: "EROFS" }), "EROFS: no"],
])("an error %s is no fault of this program", async (_whose, error, said) => {
  const { record } = await runWith("file.stage", async () => {
    throw error;
  });
  expect(record.problems).toEqual([{ severity: "error", message: `[publish] ${said}` }]);
});
