/** What later steps of the workflow can read. */
import * as core from "@actions/core";
import type { Report } from "./report.ts";

/** Also of a run that failed: what is known by then. */
export function setOutputs({ results }: Report): void {
  const manifests = results.flatMap((result) => result.manifests ?? []);
  if (manifests.length > 0) core.setOutput("manifest", manifests.map(({ path }) => path).join("\n"));
  const pushed = results.find((result) => result.image)?.image;
  if (pushed) {
    core.setOutput("image", pushed.name);
    core.setOutput("digest", pushed.digest);
    if (pushed.sbom !== undefined) core.setOutput("sbom", pushed.sbom);
  }
  const deployed = results.find((result) => result.deployment)?.deployment;
  if (deployed?.deployment.id !== undefined) core.setOutput("deployment", deployed.deployment.id);
  const runs = results.flatMap((result) => result.runs ?? []);
  if (runs.length > 0) core.setOutput("run", runs.map(({ run }) => run).join("\n"));
  const tested = results.find(({ step }) => step === "test");
  if (!tested?.tests) return;
  core.setOutput("tests-passed", tested.tests.filter(({ passed }) => passed).length);
  core.setOutput("tests-failed", tested.tests.filter(({ passed }) => !passed).length);
}
