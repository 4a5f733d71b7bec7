/** What a sample takes the place of may be rows that somebody wrote by hand, and that tests read: it is kept. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fixturePaths, loadTests } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import { writeBelow } from "../../util/write-below.ts";
import { localFolder } from "../places.ts";
import { isBareHeader } from "./bare-header.ts";
import type { SampleFile } from "./write-sample.ts";

export interface Replaced {
  /** The sample's file, as the user would write it. */
  file: string;
  /** Where what stood there lies now. */
  kept: string;
  /** Files of tests that give these rows. */
  tests: string[];
}

interface KeepReplaced {
  sample: SampleFile;
  pipeline: LoadedPipeline;
  write: () => Promise<number>;
}

/** @returns what `write` does, and undefined where it took the place of no rows, or of the same ones */
export async function keepReplaced(
  { sample: { file, path }, pipeline, write }: KeepReplaced,
  context: Context,
): Promise<{ rows: number; replaced: Replaced | undefined }> {
  const { folder } = pipeline;
  const before = (await isBareHeader(file)) ? undefined : await readFile(file).catch(() => undefined);
  const rows = await write();
  if (before === undefined || before.equals(await readFile(file))) return { rows, replaced: undefined };
  const at = context
    .now()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "");
  const kept = join(localFolder, "replaced", at, path.replace(/^(?:\.*\/)+/, ""));
  await context.effect("sample.keep", () => writeBelow({ folder, path: join(folder, kept), data: before }));
  const tests = await testsOn(file, pipeline);
  return { rows, replaced: { file: pipeline.show(path), kept: pipeline.show(kept), tests } };
}

/** A test that cannot be read is told by others. */
async function testsOn(file: string, pipeline: LoadedPipeline): Promise<string[]> {
  const { folder } = pipeline;
  const { tests } = await loadTests(pipeline);
  const reading = tests.filter(({ given, path: testPath }) =>
    Object.values(given ?? {}).some(
      (path) => typeof path === "string" && fixturePaths({ path, folder, testPath }).includes(file),
    ),
  );
  return [...new Set(reading.map((test) => pipeline.show(relative(folder, test.path))))];
}
