/** `nais-etl validate`: the file, its targets, the models' queries, the manifest that follows from them; and those that were rendered. */
import { relative } from "node:path";
import { count, type Problem } from "../../util/error.ts";
import { inRepository } from "../places.ts";
import { readResult, reasonOf } from "../call.ts";
import type { Schedule } from "../report.ts";
import type { StepOutcome, Work } from "../step.ts";

/** What `nais-etl validate --json` prints. */
interface ValidateAnswer {
  problems: Problem[];
  pipelines: { name: string; schedule?: Schedule }[];
}

export async function validate(work: Work): Promise<StepOutcome> {
  const { inputs, made } = work;
  const pipelines = await ask(inputs.pipeline === undefined ? [] : ["--pipeline", inputs.pipeline], work);
  const files = manifestsOf(work);
  // What was rendered without an image is a template, and the pipeline's own look has seen what else it says.
  if (!pipelines.passed || made.imageName === undefined || files.length === 0) return pipelines;
  const manifests = await ask(files, work);
  const problems = [...pipelines.problems, ...manifests.problems];
  const sentence = manifests.passed ? valid(problems) : manifests.sentence;
  return { ...pipelines, passed: manifests.passed, sentence, problems };
}

function manifestsOf({ inputs, made, places }: Work): string[] {
  const { resource, var: variables, varsFile } = inputs.deploy;
  if (resource.length === 0) return (made.manifests ?? []).map(({ file }) => relative(places.folder, file));
  const given = [...(made.imageName === undefined ? [] : [`image=${made.imageName}`]), ...variables];
  return [
    ...resource.map((file) => relative(places.folder, file)),
    ...given.flatMap((one) => ["--var", one]),
    ...(varsFile === undefined ? [] : ["--vars-file", varsFile]),
  ];
}

async function ask(args: string[], { places, call }: Work): Promise<StepOutcome> {
  const answer = await call("validate", args);
  const result = readResult<ValidateAnswer>(answer, { command: "validate", list: "problems" });
  const problems = result?.problems.map((problem) => inRepository(problem, places)) ?? answer.problems;
  const pipelines = (result?.pipelines ?? []).map(({ name, schedule }) => ({ name, ...(schedule && { schedule }) }));
  const passed = answer.exitCode === 0;
  return { passed, problems, pipelines, sentence: passed ? valid(problems) : reasonOf(answer, problems) };
}

function valid(warnings: Problem[]): string {
  return warnings.length === 0 ? "valid, no warnings" : `valid, ${count(warnings.length, "warning")}`;
}
