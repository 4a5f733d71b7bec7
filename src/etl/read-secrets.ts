/** Reads the secrets that parts of a run ask for, before anything uses them; what no part of this run needs is left alone. */
import { secretsIn } from "../secrets/needed.ts";
import type { Problem } from "../util/error.ts";
import { logSecret } from "./record/console.ts";
import type { RunState } from "./run-state.ts";
import { neededParts, type Needed } from "./values.ts";

type Asking = Pick<RunState, "pipeline" | "values" | "context">;

/** @throws {EtlError} `failed`, with what is wrong with each of them */
export async function readSecrets(asking: Asking, needed: Needed): Promise<void> {
  const fetched = await asking.values.secrets?.read(namesOf(asking, needed));
  for (const secret of fetched ?? []) logSecret(asking.context.log, secret);
}

/** What is known to be missing without asking a server. */
export async function missingSecrets(asking: Asking, needed: Needed): Promise<Problem[]> {
  return (await asking.values.secrets?.problems(namesOf(asking, needed))) ?? [];
}

function namesOf({ pipeline }: Asking, needed: Needed): string[] {
  return neededParts(pipeline, needed).flatMap(({ part }) => secretsIn(part));
}
