import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { renderPipeline } from "../../../src/ship/render/files.ts";
import type { LoadedPipeline } from "../../../src/spec/load.ts";
import { pipelineOf } from "../../support/pipeline.ts";
import { presetDocs } from "../../../src/ship/manifest/preset-docs.ts";

const folder = fileURLToPath(new URL("../../../naisjob-templates/", import.meta.url));
const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
const exampleNames = readdirSync(examples, { withFileTypes: true }).flatMap((one) =>
  one.isDirectory() ? [one.name] : [],
);
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const presets = files.toSorted().map((file) => ({ file, text: readFileSync(folder + file, "utf8") }));
const variables = {
  image: "europe-north1-docker.pkg.dev/nais-management-1234/my-team/my-pipeline:1",
  revision: "1a2b3c4",
};

test("there is a preset for each way in which jobs are run", () => {
  const names = files.map((file) => file.replace(".yaml", "")).toSorted();
  expect(names).toEqual([
    "hourly",
    "manual",
    "nightly",
    "quality-only",
    "several-pipelines",
    "with-bucket",
    "with-kafka",
  ]);
});

test.each(presets)("$file is accepted by the platform, and no rule finds fault with it", ({ file, text }) => {
  const { problems, resources } = lintManifests({ text, file, variables });
  expect(problems).toEqual([]);
  expect(resources.every(({ kind }) => kind === "Naisjob")).toBe(true);
});

test.each(exampleNames)(
  "no rule finds fault with what the example %s renders, as a template or with its image",
  (name) => {
    const pipeline = pipelineOf(readFileSync(`${examples}${name}/pipeline.yaml`, "utf8"), "");
    const texts = [renderPipeline({ pipeline }), renderPipeline({ pipeline, ...variablesOf(pipeline) })].map(
      ({ files }) => files[0]!.text,
    );
    const problems = texts.flatMap(
      (text, i) => lintManifests({ text, file: "a.yaml", variables: i === 0 ? variablesOf(pipeline) : {} }).problems,
    );
    expect(problems).toEqual([]);
  },
);

/** An image in the registry of the pipeline's own team. */
function variablesOf({ spec }: LoadedPipeline): typeof variables {
  return { ...variables, image: variables.image.replace("my-team", spec.team ?? "") };
}

test("the README is what scripts/preset-docs.js makes", () => {
  expect(readFileSync(`${folder}README.md`, "utf8")).toBe(presetDocs(presets));
});
