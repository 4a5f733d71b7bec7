/** What a pipeline needs of the platform, wherever its Naisjob comes from. */
import { egressOf, type Endpoint } from "../../spec/egress.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Pipeline } from "../../spec/pipeline.ts";
import type { Problem } from "../../util/error.ts";
import { datasetsOf } from "./datasets.ts";
import { secretNeedsOf, type SecretNeeds } from "./secrets.ts";

export interface Needs extends SecretNeeds {
  endpoints: Endpoint[];
  /** Datasets that it writes to and that the platform makes. */
  datasets: string[];
  /** Roles in the team's project, besides those that a dataset brings with it. */
  roles: string[];
  /** What it needs and no manifest can give. */
  problems: Problem[];
}

/** What roles are held on: the team's project. */
export const projectResource = { apiVersion: "resourcemanager.cnrm.cloud.google.com/v1beta1", kind: "Project" };

const jobUser = "roles/bigquery.jobUser";

export function needsOf(pipeline: LoadedPipeline): Needs {
  const { spec, where } = pipeline;
  const { endpoints, problems: egressProblems } = egressOf(spec, where);
  const { names, problems: datasetProblems } = datasetsOf(pipeline);
  return {
    endpoints,
    datasets: names,
    roles: rolesOf(spec, names),
    ...secretNeedsOf(spec),
    problems: [...egressProblems, ...datasetProblems],
  };
}

/** A dataset brings the right to run queries with it; a job without one, and the Storage API, need a role each. */
function rolesOf({ sources }: Pipeline, datasets: string[]): string[] {
  if (!Object.values(sources ?? {}).some(({ type }) => type === "bigquery")) return [];
  return [...(datasets.length > 0 ? [] : [jobUser]), "roles/bigquery.readSessionUser"];
}
