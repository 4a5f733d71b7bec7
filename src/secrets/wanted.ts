/** A secret that is asked for, and what comes of it. */
import type { LoadedPipeline } from "../spec/load.ts";
import { replaceReferences } from "../spec/reference.ts";
import type { Secret } from "../spec/secret.ts";
import type { Context } from "../util/context.ts";
import type { Problem, Where } from "../util/error.ts";

export interface Wanted<S extends Secret = Secret> {
  /** As `${secret:NAME}` has it. */
  name: string;
  secret: S;
  pipeline: LoadedPipeline;
  context: Context;
}

/** What may be told of a secret that came from Secret Manager. */
export interface FetchedSecret {
  name: string;
  /** `projects/P/secrets/NAME` */
  resource: string;
  /** The number that `latest` stands for, too. */
  version: string;
}

export type ReadResult = { name: string; value: string } | { name: string; problem: Problem };

/** Loading has seen to it that there are none but `${env:NAME}`. One that is not set is left, and named where it stands. */
export function withReferences(wanted: Wanted): Wanted {
  const { env } = wanted.context;
  return {
    ...wanted,
    secret: replaceReferences(wanted.secret, (kind, name) => (kind === "env" ? env[name] : undefined)),
  };
}

export function placeOf({ name, pipeline }: Wanted, key?: string): Where {
  return pipeline.where(["secrets", name, ...(key === undefined ? [] : [key])]);
}

export function missing(
  wanted: Wanted,
  { message, hint, key }: { message: string; hint: string; key?: string },
): ReadResult {
  const { name } = wanted;
  const text = `the secret \`${name}\`: ${message}`;
  return {
    name,
    problem: { severity: "error", rule: "missing-secret", message: text, hint, where: placeOf(wanted, key) },
  };
}

/** One line break at the end is an accident of `echo`, and would break a header. */
export function withoutLastBreak(text: string): string {
  return text.replace(/\r?\n$/, "");
}
