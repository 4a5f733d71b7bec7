/** `nais-etl plan`: what would change in columns, rows, bytes and manifests, of each pipeline. */
import { relative } from "node:path";
import { choosePipelines } from "../../commands/pipelines.ts";
import { count } from "../../util/error.ts";
import { readResult, reasonOf } from "../call.ts";
import { createContext } from "../context.ts";
import { inRepository } from "../places.ts";
import type { PlanPart } from "../report.ts";
import type { StepOutcome, Work } from "../step.ts";

export async function plan(work: Work): Promise<StepOutcome> {
  const { pipeline } = work.inputs;
  const found = await choosePipelines({ pipeline }, createContext({ ...work, onProblem: () => undefined }));
  const outcomes: StepOutcome[] = [];
  for (const { selected } of found) {
    const outcome = await planOne(selected, work);
    outcomes.push(outcome);
    if (!outcome.passed) break;
  }
  const plans = outcomes.flatMap((outcome) => outcome.plans ?? []);
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  const last = outcomes.at(-1)!;
  const sentence = last.passed ? changesIn(plans) : last.sentence;
  return { passed: last.passed, sentence, problems, plans };
}

async function planOne(selected: string | undefined, { call, inputs, places }: Work): Promise<StepOutcome> {
  const { environment } = inputs;
  const { resource, var: variables, varsFile } = inputs.deploy;
  const answer = await call("plan", [
    ...(selected === undefined ? [] : ["--pipeline", selected]),
    ...(environment === undefined ? [] : ["--target", environment]),
    ...(resource.length === 0 ? [] : ownManifests({ resource, variables, varsFile, folder: places.folder })),
  ]);
  const result = readResult<PlanPart>(answer, { command: "plan", list: "schema" });
  if (!result) return { passed: false, problems: answer.problems, sentence: reasonOf(answer, answer.problems) };
  const problems = (result.problems ?? []).map((problem) => inRepository(problem, places));
  const passed = answer.exitCode === 0;
  return { passed, problems, plans: [result], sentence: passed ? changesIn([result]) : reasonOf(answer, problems) };
}

interface OwnManifests {
  resource: string[];
  variables: string[];
  varsFile: string | undefined;
  folder: string;
}

/** They are deployed, and not what is rendered. */
function ownManifests({ resource, variables, varsFile, folder }: OwnManifests): string[] {
  return [
    ...resource.flatMap((file) => ["--resource", relative(folder, file)]),
    ...variables.flatMap((one) => ["--var", one]),
    ...(varsFile === undefined ? [] : ["--vars-file", varsFile]),
  ];
}

function changesIn(plans: PlanPart[]): string {
  const all = (list: (plan: PlanPart) => readonly unknown[] | undefined) =>
    plans.reduce((sum, plan) => sum + (list(plan)?.length ?? 0), 0);
  const columns = all(({ schema }) => schema?.filter(({ change }) => change === "new" || change === "changed"));
  const parts = [
    [columns, "output"],
    [all(({ data }) => data), "table"],
    [all(({ manifest }) => manifest), "key", "of manifests"],
  ] as const;
  const told = parts.filter(([n]) => n > 0).map(([n, noun, of]) => [count(n, noun), of].filter(Boolean).join(" "));
  return told.length === 0 ? "nothing changes" : `would change: ${told.join(", ")}`;
}
