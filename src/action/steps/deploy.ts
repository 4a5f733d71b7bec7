/** `nais-etl deploy`: the manifests that were rendered and validated, into the cluster. */
import { relative } from "node:path";
import { carryOutDeploy, type DeployResult } from "../../commands/deploy.ts";
import { carryOut } from "../carry-out.ts";
import { inRepository } from "../places.ts";
import type { StepOutcome, Work } from "../step.ts";

export async function deploy(work: Work): Promise<StepOutcome> {
  let result: DeployResult | undefined;
  const outcome = await carryOut(
    {
      async act(context) {
        result = await carryOutDeploy(optionsOf(work), context);
        return { sentence: sentenceOf(result), deployment: result };
      },
    },
    work,
  );
  return result?.passed === false ? failed(outcome, result, work) : outcome;
}

function optionsOf({ inputs, made, places, runner }: Work) {
  const { team, environment, image } = inputs;
  const { wait, timeout, with: way, server, resource, var: variables, varsFile } = inputs.deploy;
  const rendered = (made.manifests ?? []).map(({ file }) => file);
  const own = resource.length > 0;
  return {
    target: environment,
    team,
    resource: (own ? resource : rendered).map((file) => relative(places.folder, file)),
    // A rendered manifest names its image itself.
    image: own ? (made.imageName ?? image.address) : undefined,
    var: variables,
    varsFile,
    revision: runner.env["GITHUB_SHA"] || undefined,
    wait: wait === "none" ? "none" : "rollout",
    timeout,
    with: way,
    server,
    allowGhcr: image.allowGhcr,
  };
}

function sentenceOf({ target, deployment, resources }: DeployResult): string {
  return `${resources.map(({ resource }) => resource).join(", ")} in ${target}: ${deployment.state}`;
}

function failed(outcome: StepOutcome, result: DeployResult, { places }: Work): StepOutcome {
  const errors = result.problems.filter(({ severity }) => severity === "error");
  const problems = [...outcome.problems, ...errors.map((problem) => inRepository(problem, places))];
  const [first] = errors;
  const sentence = first?.message ?? result.deployment.message;
  return { ...outcome, passed: false, problems, sentence, ...(first?.hint && { hint: first.hint }) };
}
