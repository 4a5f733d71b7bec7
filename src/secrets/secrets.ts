/** The secrets of a run: each is read when something needs it, once, and masked before anybody else gets it. */
import type { LoadedPipeline } from "../spec/load.ts";
import type { GoogleSecret, Secret } from "../spec/secret.ts";
import { localTarget } from "../spec/target.ts";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import { readHere } from "./here.ts";
import { maskDeclared } from "./mask-declared.ts";
import { withReferences, type FetchedSecret, type Wanted } from "./wanted.ts";

export interface Secrets {
  /**
   * Reads these, where that has not been done.
   * @returns those that came from Secret Manager, to be told of
   * @throws {EtlError} `failed`, with what is wrong with each of them
   */
  read(names: string[]): Promise<FetchedSecret[]>;
  /** What keeps these from being read, as far as it is known without asking a server. */
  problems(names: string[]): Promise<Problem[]>;
  /** Undefined for one that was not read. */
  get(name: string): string | undefined;
}

export function openSecrets({ pipeline, context }: { pipeline: LoadedPipeline; context: Context }): Secrets {
  const declared = pipeline.spec.secrets ?? {};
  const values = new Map<string, string>();
  const wanted = (name: string): Wanted => ({ name, secret: declaredSecret(declared, name), pipeline, context });
  maskDeclared(pipeline, context);
  return {
    async read(names) {
      const missing = [...new Set(names)]
        .filter((name) => !values.has(name))
        .map((name) => withReferences(wanted(name)));
      const [google, here] = split(missing);
      const found = await Promise.all(here.map(readHere));
      const fetched = google.length === 0 ? [] : await fetchFromGoogle(google, context);
      const results = [...found, ...fetched.map(({ result }) => result)];
      for (const result of results) if ("value" in result) values.set(result.name, result.value);
      throwAll(results.flatMap((result) => ("problem" in result ? [result.problem] : [])));
      return fetched.flatMap(({ version }) => version ?? []);
    },
    async problems(names) {
      const [, here] = split([...new Set(names)].map((name) => withReferences(wanted(name))));
      const results = await Promise.all(here.map(readHere));
      return results.flatMap((result) => ("problem" in result ? [result.problem] : []));
    },
    get: (name) => values.get(name),
  };
}

function declaredSecret(declared: Record<string, Secret>, name: string): Secret {
  const secret = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (secret) return secret;
  // Loading has checked each reference.
  throw new Error(`there is no secret ${name}`);
}

type GoogleWanted = Wanted & { secret: GoogleSecret };

/** On target `local` nothing is fetched: no command that can work without credentials asks for any. */
function isFetched(one: Wanted): one is GoogleWanted {
  return one.secret.from === "google-secret-manager" && one.pipeline.target !== localTarget;
}

function split(wanted: Wanted[]): [GoogleWanted[], Wanted[]] {
  return [wanted.filter(isFetched), wanted.filter((one) => !isFetched(one))];
}

/** Loaded when needed: most runs have no use for Google's client. */
async function fetchFromGoogle(wanted: GoogleWanted[], context: Context) {
  const { fetchSecrets } = await import("./google/fetch.ts");
  return fetchSecrets(wanted, context);
}

function throwAll(problems: Problem[]): void {
  if (problems.length === 0) return;
  throw new EtlError({
    code: "failed",
    message: problems.map(({ message }) => message).join("; "),
    problems,
  });
}
