/** `nais-etl validate`: the file, its targets, the models' queries, the manifest that follows from them. */
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

export async function validate({ inputs, places, call }: Work): Promise<StepOutcome> {
  const answer = await call("validate", inputs.pipeline === undefined ? [] : ["--pipeline", inputs.pipeline]);
  const result = readResult<ValidateAnswer>(answer, { command: "validate", list: "problems" });
  const problems = result?.problems.map((problem) => inRepository(problem, places)) ?? answer.problems;
  const pipelines = (result?.pipelines ?? []).map(({ name, schedule }) => ({ name, ...(schedule && { schedule }) }));
  const passed = answer.exitCode === 0;
  return { passed, problems, pipelines, sentence: passed ? valid(problems) : reasonOf(answer, problems) };
}

function valid(warnings: Problem[]): string {
  return warnings.length === 0 ? "valid, no warnings" : `valid, ${count(warnings.length, "warning")}`;
}
