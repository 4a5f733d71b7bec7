/** What would fail late, or hurt later, and can be known before anything is done. */
import type { Problem } from "../util/error.ts";
import { mayAskGithub, notAllowed } from "../util/github-oidc.ts";
import type { Event } from "./event.ts";
import type { Inputs } from "./inputs.ts";
import type { Runner } from "./runner.ts";
import type { StepName } from "./step-names.ts";

/** @throws {EtlError} `usage`: an image that was built and pushed, and cannot be deployed, would have been for nothing */
export async function assertIdentity(inputs: Inputs, steps: readonly StepName[], { env }: Runner): Promise<void> {
  const isNeeded =
    (steps.includes("push") && pushesWithIt(inputs, env)) || (steps.includes("deploy") && deploysWithIt(inputs, env));
  if (isNeeded && !mayAskGithub({ env })) throw await notAllowed({ env });
}

/** The team's own registry, where no earlier step has logged in to Google. */
function pushesWithIt({ image }: Inputs, env: Runner["env"]): boolean {
  const isTeams = image.address === undefined && image.registry === "gar";
  return isTeams && image.password === undefined && !env["GOOGLE_APPLICATION_CREDENTIALS"];
}

function deploysWithIt({ deploy }: Inputs, env: Runner["env"]): boolean {
  return deploy.with !== "kubectl" && deploy.key === undefined && !env["NAIS_DEPLOY_APIKEY"];
}

/** What a model, a program of whoever opened the pull request, could look up in the step that it runs below. */
export function changeWarnings({ deploy, image }: Inputs, { pullRequest }: Event, { env }: Runner): Problem[] {
  const held = [
    ...(mayAskGithub({ env }) ? ["`id-token: write`"] : []),
    ...(deploy.key === undefined ? [] : ["the input deploy-key"]),
    ...(deploy.apiToken === undefined ? [] : ["the input nais-api-token"]),
    ...(image.password === undefined ? [] : ["the input registry-password"]),
  ];
  if (!pullRequest || held.length === 0) return [];
  const message = `this step runs the code of a pull request, and holds ${held.join(", ")}`;
  const hint =
    "A program can read what the one that started it was given. Test pull requests in a job of their own, with `permissions: contents: read` and without secrets; build and deploy in another, on the default branch.";
  return [{ severity: "warning", rule: "secrets-on-pull-request", message, hint }];
}

export function inputWarnings({ build }: Inputs): Problem[] {
  return Object.keys(build.buildArg)
    .filter((name) => /TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIAL/i.test(name))
    .map((name) => ({
      severity: "warning",
      rule: "secret-build-arg",
      message: `input build-args: ${name} can be read by everyone who has the image`,
      hint: "Give secrets with `build-secrets`, and read them with `RUN --mount=type=secret`.",
    }));
}
