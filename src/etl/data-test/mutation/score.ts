/** The mutation score: of the mutants that can run and need no reason, the share that a test kills. */
import type { ModelMutants, MutantResult, MutationResult } from "./mutate-pipeline.ts";

export interface Score {
  killed: number;
  survived: number;
  accepted: number;
  unbindable: number;
  /** Whole per cent, rounded down; undefined where there is nothing to kill. */
  score: number | undefined;
}

export function scoreOf(models: ModelMutants[]): Score {
  const mutants = models.flatMap((model) => model.mutants);
  const count = (status: MutantResult["status"]) => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, survived] = [count("killed"), count("survived")];
  const all = killed + survived;
  return {
    killed,
    survived,
    accepted: count("accepted"),
    unbindable: count("unbindable"),
    score: all === 0 ? undefined : Math.floor((100 * killed) / all),
  };
}

export function mutationToJson({ models, programs, idle }: MutationResult): object {
  const told = (status: MutantResult["status"]) =>
    models.flatMap(({ mutants }) =>
      mutants.filter((mutant) => mutant.status === status).map((mutant) => ({ ...mutant, sql: undefined })),
    );
  return {
    ...scoreOf(models),
    models: models.map((each) => ({
      model: each.model,
      file: each.file,
      tests: each.tests,
      ...scoreOf([each]),
      ...(each.skipped !== undefined && { skipped: each.skipped }),
    })),
    programs,
    survivors: told("survived"),
    accepted_mutants: told("accepted"),
    idle_tests: idle.map(({ name, model, file, where }) => ({ name, model, file, line: where([]).line })),
  };
}
