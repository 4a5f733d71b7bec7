/** Where a deploy comes from: of a workflow's environment, else of the repository here. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { runProgram } from "../image/run-program.ts";

export interface Origin {
  /** `owner/name`. */
  repository?: string | undefined;
  /** The commit. */
  revision?: string | undefined;
  actor?: string | undefined;
  /** Page of the workflow's run. */
  url?: string | undefined;
  /** W3C Trace Context, handed on. */
  traceParent?: string | undefined;
}

export interface GivenOrigin {
  repository?: string | undefined;
  revision?: string | undefined;
  triggerUrl?: string | undefined;
}

/** @param folder one in the repository */
export async function originOf(given: GivenOrigin, folder: string, context: Context): Promise<Origin> {
  const { GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_ACTOR, TRACEPARENT } = context.env;
  return {
    repository: given.repository ?? (GITHUB_REPOSITORY || (await repositoryHere(folder, context))),
    revision: given.revision ?? (GITHUB_SHA || (await git(["rev-parse", "HEAD"], folder, context))),
    actor: GITHUB_ACTOR || undefined,
    url: given.triggerUrl ?? runUrl(context),
    traceParent: TRACEPARENT || undefined,
  };
}

function runUrl({ env }: Context): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}

async function repositoryHere(folder: string, context: Context): Promise<string | undefined> {
  const address = await git(["remote", "get-url", "origin"], folder, context);
  return /github\.com[:/]([^/]+\/[^/]+?)(?:\.git)?\/?$/.exec(address ?? "")?.[1];
}

/** Undefined where it is no repository, or there is no git. */
async function git(args: string[], cwd: string, context: Context): Promise<string | undefined> {
  const said = await runProgram({ argv: ["git", ...args], cwd, what: "asking git" }, context).catch(
    (error: unknown) => {
      context.signal.throwIfAborted();
      if (error instanceof EtlError) return "";
      throw error;
    },
  );
  return said.trim() || undefined;
}
