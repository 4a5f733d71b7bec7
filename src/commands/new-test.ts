/** `nais-etl test --new MODEL`: writes a first test, from the samples. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../util/context.ts";
import { count, EtlError } from "../util/error.ts";
import { writeBelow } from "../util/write-below.ts";
import { findPipeline } from "../spec/find.ts";
import { makeFirstTest, type FirstTest } from "../etl/data-test/first-test/first-test.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface NewTestOptions {
  dir?: string;
  pipeline?: string;
  model: string;
  param?: Record<string, string>;
}

/** @throws {EtlError} `usage` where there are tests of the model already; then nothing is written */
export async function newTest({ model, param = {}, ...options }: NewTestOptions, context: Context): Promise<number> {
  const pipeline = await loadPipeline({ file: await findPipeline(options, context) }, context);
  const file = join("tests", `${model}.yaml`);
  const path = join(pipeline.folder, file);
  const isThere = existsSync(path);
  if (isThere && !(await holdsNoTest(path)))
    throw new EtlError({
      code: "usage",
      message: `${pipeline.show(file)} is there already`,
      hint: "A first test is for a model that has none: add yours to the file.",
    });
  const made = await makeFirstTest({ pipeline, model, params: param }, context);
  const how = isThere ? "replace" : "create";
  await context.effect("test.create", () => writeBelow({ folder: pipeline.folder, path, data: made.text, how }));
  context.print(report(made, pipeline.show(made.file)));
  for (const remark of made.remarks) context.log.warn(remark);
  return 0;
}

/** `[]`, or comments alone. */
async function holdsNoTest(path: string): Promise<boolean> {
  const text = await readFile(path, "utf8");
  return (
    text
      .replaceAll(/(?:^|\s)#.*$/gm, "")
      .replace(/^---/, "")
      .replaceAll(/\s/g, "")
      .replace("[]", "") === ""
  );
}

function report({ given, expected, replaced, hidden }: FirstTest, file: string): string {
  const rows = given.map(([name, n]) => `${count(n, "row")} of ${name}`).join(", ");
  const left = hidden.filter((name) => !replaced.includes(name));
  const lines = [
    `wrote ${file}: given ${rows || "nothing"}, expected ${count(expected, "row")}`,
    replaced.length > 0 && `Sensitive columns have pseudonyms: ${replaced.join(", ")}. They are not expected.`,
    left.length > 0 && `Sensitive columns are left out: ${left.join(", ")}.`,
    "It expects what comes out now. Look whether that is right, give it a name that says so, and take out rows that add nothing.",
  ];
  return lines.filter((line) => line !== false).join("\n");
}
