/** Whether each secret can be had. What it holds is masked before anybody sees it, and never told. */
import { secretsIn } from "../../secrets/needed.ts";
import { openSecrets, type Secrets } from "../../secrets/secrets.ts";
import type { Secret } from "../../spec/secret.ts";
import { localTarget } from "../../spec/target.ts";
import { neededParts } from "../values.ts";
import { good, look, note, ofProblem, type Finding } from "./finding.ts";
import type { Patient } from "./sources.ts";

export async function lookAtSecrets(patient: Omit<Patient, "values">): Promise<Finding[]> {
  const { pipeline, context } = patient;
  const declared = Object.entries(pipeline.spec.secrets ?? {});
  const secrets = openSecrets({ pipeline, context });
  const used = neededHere(patient);
  const looks = declared.map(async ([name, secret]) => {
    const shown = `secret ${name}`;
    if (pipeline.target === localTarget && !used.has(name))
      return [note(shown, "is not needed on target local: what uses it reads its sample")];
    return look(shown, () => lookAtSecret(name, secret, { ...patient, secrets }));
  });
  return (await Promise.all(looks)).flat();
}

function neededHere({ pipeline }: Omit<Patient, "values">): Set<string> {
  const { sources = {}, outputs = {} } = pipeline.spec;
  const parts = neededParts(pipeline, { sources: Object.keys(sources), outputs: Object.keys(outputs) });
  return new Set(parts.flatMap(({ part }) => secretsIn(part)));
}

interface Looking extends Omit<Patient, "values"> {
  secrets: Secrets;
}

async function lookAtSecret(name: string, secret: Secret, looking: Looking): Promise<Finding> {
  const { secrets, context, pipeline } = looking;
  const shown = `secret ${name}`;
  const isFetched = secret.from === "google-secret-manager" && pipeline.target !== localTarget;
  const isGiven = secret.from !== "google-secret-manager" && pipeline.target !== localTarget;
  if (isGiven && context.env["NAIS_POD_NAME"] === undefined) {
    const [problem] = await secrets.problems([name]);
    if (problem) return note(shown, givenInPod(secret), `Here it is not: ${ofProblem(shown, problem).message}.`);
  }
  if (!isFetched) {
    const [problem] = await secrets.problems([name]);
    return problem ? ofProblem(shown, problem) : good(shown, "is here");
  }
  const [fetched] = await secrets.read([name]);
  return good(shown, fetched ? `version ${fetched.version} of ${fetched.resource} may be read` : "may be read");
}

function givenInPod(secret: Secret): string {
  return secret.from === "nais"
    ? `the pod gets it from the nais secret ${secret.secret}`
    : "the pod gets it from its environment";
}
