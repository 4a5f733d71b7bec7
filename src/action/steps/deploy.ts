/** `nais-etl deploy`: the manifests that were rendered and validated, into the cluster. */
import { relative } from "node:path";
import { sendDeploy, type DeployResult } from "../../commands/deploy.ts";
import { carryOut } from "../carry-out.ts";
import { failureIn } from "../failure-in.ts";
import type { StepOutcome, Work } from "../step.ts";

export async function deploy(work: Work): Promise<StepOutcome> {
  let result: DeployResult | undefined;
  const outcome = await carryOut(
    {
      async act(context) {
        work.made.sent = await sendDeploy(optionsOf(work), context);
        ({ result } = work.made.sent);
        return { sentence: sentenceOf(result), deployment: result };
      },
    },
    work,
  );
  return failureIn(outcome, result?.problems ?? [], work);
}

function optionsOf({ inputs, made, places, runner, steps }: Work) {
  const { team, environment, image } = inputs;
  const { wait, timeout, runTimeout, with: way, server, resource, var: variables, varsFile } = inputs.deploy;
  const rendered = (made.manifests ?? []).map(({ file }) => file);
  const own = resource.length > 0;
  return {
    target: environment,
    team,
    resource: (own ? resource : rendered).map((file) => relative(places.folder, file)),
    // A rendered manifest names its image itself.
    image: own ? made.imageName : undefined,
    var: variables,
    varsFile,
    revision: runner.env["GITHUB_SHA"] || undefined,
    // What is waited for after the deploy is the next step's, where it is one.
    wait: wait === "run" && !steps.includes("wait") ? "rollout" : wait,
    timeout,
    runTimeout,
    with: way,
    server,
    allowGhcr: image.allowGhcr,
  };
}

function sentenceOf({ target, deployment, resources }: DeployResult): string {
  return `${resources.map(({ resource }) => resource).join(", ")} in ${target}: ${deployment.state}`;
}
