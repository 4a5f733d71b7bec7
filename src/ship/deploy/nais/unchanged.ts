import type { Problem } from "../../../util/error.ts";

export const unchangedMessage = "the cluster has the same specification already, and did nothing";

/** The platform compares `spec` alone; metadata that differs changes nothing. */
export const unchangedProblem: Problem = {
  severity: "warning",
  rule: "deploy-unchanged",
  message: `[deploy] ${unchangedMessage}`,
  hint: "The platform acts on a changed `spec` only: no job was started, and what failed the last time has not been tried again. To make it roll, change something in it: an `env` entry with the commit, as manifests rendered by nais-etl have.",
};
