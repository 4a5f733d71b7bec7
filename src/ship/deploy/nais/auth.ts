/**
 * Who deploys. Today a workflow shows GitHub's token; before, teams had an API key, with which the time is signed.
 * Source: what the platform's own client and server do, https://github.com/nais/deploy.
 */
import { createHmac } from "node:crypto";
import type { Context } from "../../../util/context.ts";
import { EtlError } from "../../../util/error.ts";
import { githubToken, githubTokens, mayAskGithub } from "../../../util/github-oidc.ts";

/** Asked for before each call: a token may have expired, and a signature is good for half a minute. */
export interface DeployAuth {
  kind: "github" | "apikey";
  /** Metadata of a call. */
  headers(): Promise<Record<string, string>>;
  /** From now on, another token is asked for. */
  forget(): void;
}

const audience = "hookd";

export interface AuthFor {
  team: string;
  /** In hexadecimal. */
  apiKey?: string | undefined;
}

/** @throws {EtlError} `usage` where there is neither, with the YAML to add */
export async function authFor({ team, apiKey }: AuthFor, context: Context): Promise<DeployAuth> {
  if (apiKey) context.log.mask(apiKey);
  if (mayAskGithub(context)) return githubAuth(team, context);
  if (apiKey) return keyAuth({ team, apiKey }, context);
  // It says why GitHub gives none.
  return githubToken(audience, context).then(
    () => githubAuth(team, context),
    (error: unknown) => {
      throw withApiKey(error);
    },
  );
}

function githubAuth(team: string, context: Context): DeployAuth {
  const tokens = githubTokens(audience, context);
  return {
    kind: "github",
    headers: async () => ({ jwt: await tokens.current(), team }),
    forget: () => tokens.forget(),
  };
}

function keyAuth({ team, apiKey }: { team: string; apiKey: string }, { now }: Context): DeployAuth {
  const key = keyOf(apiKey);
  return {
    kind: "apikey",
    async headers() {
      const timestamp = now().toISOString();
      return { authorization: createHmac("sha256", key).update(timestamp).digest("hex"), timestamp, team };
    },
    forget: () => undefined,
  };
}

/** What is wrong with it must not show what it is. */
function keyOf(text: string): Buffer {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text);
  if (isHex) return Buffer.from(text, "hex");
  throw new EtlError({
    code: "usage",
    part: "deploy",
    message: "the deploy key in NAIS_DEPLOY_APIKEY is not one: it is not hexadecimal",
    hint: "Copy it again from the team's page in Nais Console, without quotes or line breaks. Better: leave it out, and give the job `id-token: write`.",
  });
}

function withApiKey(error: unknown): unknown {
  if (!(error instanceof EtlError)) return error;
  const { code, message, hint = "", cause } = error;
  const older =
    "The older way is the team's deploy key, as a secret in NAIS_DEPLOY_APIKEY; the platform means to end it.";
  return new EtlError({ code, message, hint: `${hint}\n${older}`, cause });
}
