/** Whether programs can run here, asked before any work: what they need is started, and what is missing is told at once. */
import type { Problem } from "../../../util/error.ts";
import type { ModelNode } from "../graph.ts";

/** @returns what is missing, each once */
export async function findMissing(models: ModelNode[]): Promise<Problem[]> {
  const asked = models.map(async (node) => (node.kind === "program" ? node.ready?.() : undefined) ?? []);
  const problems = (await Promise.all(asked)).flat();
  const seen = new Map(problems.map((problem) => [`${problem.message}\n${problem.hint}`, problem]));
  return [...seen.values()];
}
