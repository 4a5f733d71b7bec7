import { afterEach, expect, test } from "vitest";
import { join } from "node:path";
import { loadPipeline } from "../../../src/commands/load-pipeline.ts";
import { writtenLocally } from "../../../src/ship/image/written-locally.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const apps = "apps: { type: bigquery, table: p.d.t, columns: { x: INT64 }, sample: data/apps.csv }";

const csv = (path: string) => `b: { type: file, path: ${JSON.stringify(path)}, columns: { x: INT64 } }`;
const http = (raw: string) =>
  `b: { type: http, url: "https://a.no", columns: { x: INT64 }, raw: ${JSON.stringify(raw)} }`;

/** @param paths of file outputs @param sources besides one of BigQuery, with a sample */
async function written(paths: string[], sources: string[] = [], place = ".") {
  const outputs = paths.map(
    (path, i) => `  o${i}: { type: file, model: apps, format: csv, path: ${JSON.stringify(path)} }`,
  );
  const lines = [
    "name: a",
    "params: { line: { type: INT64, default: 1 } }",
    "sources:",
    ...[apps, ...sources].map((line) => `  ${line}`),
    "outputs:",
    ...outputs,
  ];
  folder = await makeFolder({ [join(place, "pipeline.yaml")]: `${lines.join("\n")}\n` });
  const pipeline = await loadPipeline({ file: join(folder.path, place, "pipeline.yaml") }, folder.context);
  return writtenLocally([pipeline, pipeline], folder.path);
}

test.each([
  [["out/a.csv", "out/b.csv"], ["out"]],
  [["./out/deep/a.csv"], ["out/deep"]],
  [["out/${param:line}/a.csv"], ["out"]],
  [["a.csv"], ["a.csv"]],
  [["${param:line}.csv"], ["*.csv"]],
  [["data/out.csv"], ["data/out.csv"]],
  [["data/result/out.csv"], ["data/result"]],
  [["models/out.csv"], []],
  [["../shared/a.csv", "/tmp/a.csv"], []],
  [["o[u]t/a.csv"], ["o\\[u\\]t"]],
])("of outputs %j it is %j", async (paths, expected) => {
  expect(await written(paths)).toEqual([".nais-etl", ...expected]);
});

test("what a source reads is left alone, and so is the folder that it may lie in", async () => {
  expect(await written(["in/a.parquet"], [csv("in/*.csv")])).toEqual([".nais-etl", "in/a.parquet"]);
  await folder.remove();
  expect(await written(["in/result/a.parquet"], [csv("in/**/*.csv")])).toEqual([".nais-etl", "in/result/a.parquet"]);
});

test("answers of an API that are kept are written, too", async () => {
  expect(await written(["a.csv"], [http("raw/")])).toEqual([".nais-etl", "a.csv", "raw"]);
  await folder.remove();
  expect(await written(["a.csv"], [http("kept/{time}/a.json")])).toEqual([".nais-etl", "a.csv", "kept"]);
});

test("of several pipelines each writes in its own folder", async () => {
  expect(await written(["out/a.csv", "../../all/a.csv"], [], "pipelines/a")).toEqual([
    "pipelines/a/.nais-etl",
    "pipelines/a/out",
    "all",
  ]);
});
