/** What Google says when it does not let a workflow in, and what to do about it. */
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf } from "../../util/error.ts";

export interface Who {
  team: string;
  /** The service account that the job would act as. */
  account: string;
  provider: string;
  /** As on GitHub: `OWNER/NAME`. */
  repository: string;
}

interface Refusal {
  /** The part of the exchange that it comes from, and what it says there. */
  pattern: RegExp;
  hint: (who: Who) => string;
}

/** Sources: cloud.google.com/iam/docs/troubleshooting-workload-identity-federation and the answers of both services. */
const refusals: readonly Refusal[] = [
  {
    pattern: /invalid_target|audience.*(does not match|invalid)|invalid value for .?audience/i,
    hint: ({ provider }) =>
      `Google knows no workload identity provider \`${provider}\`, or not for this. It comes from NAIS_WORKLOAD_IDENTITY_PROVIDER, else from the platform: do not set the variable, where your organisation uses nais.`,
  },
  {
    pattern: /attribute condition|unauthorized_client/i,
    hint: ({ repository }) =>
      `The platform's provider lets no workflow of ${repository} in: it takes repositories of its own organisations only. Is this a fork, or was the repository moved?`,
  },
  {
    pattern: /getAccessToken|PERMISSION_DENIED|status code 403|not found|status code 404/i,
    hint: ({ repository, team, account }) =>
      `The job may not act as ${account}. In Nais Console, open team ${team}, then Repositories, and add ${repository}; it takes a minute or two. Is \`team:\` right? Into a registry outside the platform, google-github-actions/auth logs in, in a step before.`,
  },
  {
    pattern: /stale|expired|issued at|in the future|not yet valid/i,
    hint: () =>
      "GitHub's token was too old, or too young, when Google saw it: run the job again. On a runner of your own, is its clock right?",
  },
];

const usual =
  "Run the job again; https://status.cloud.google.com says whether Google has trouble. Outside the platform, log in with the builder itself before.";

/**
 * The error is not kept as the cause: Google's library puts whole requests into it, with their tokens.
 * @param error what Google's library threw
 */
export function explainRefusal(error: unknown, who: Who, { log }: Context): EtlError {
  const said = saidBy(error);
  const found = refusals.find(({ pattern }) => pattern.test(said));
  return new EtlError({
    code: "failed",
    part: "registry",
    message: `Google gives ${who.repository} no access to the registry of ${who.team}: ${log.scrub(said).slice(0, longestQuote)}`,
    hint: found?.hint(who) ?? usual,
  });
}

const longestQuote = 400;

/** The library's message, which for one of the two services is that of Google, and the status of the answer. */
function saidBy(error: unknown): string {
  const { status, cause } = error as { status?: number; cause?: unknown };
  const message = messageOf(error).replaceAll(/\s+/g, " ");
  const parts = [message, ...(status === undefined ? [] : [`(status code ${status})`])];
  return status === undefined && cause instanceof Error ? `${message}: ${cause.message}` : parts.join(" ");
}
