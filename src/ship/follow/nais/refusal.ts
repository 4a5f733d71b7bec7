/** What nais' API refuses, and how to get what is missing. */
import { EtlError } from "../../../util/error.ts";

/** `given` as NAIS_API_TOKEN, or one that GitHub gave the job. */
export type TokenKind = "given" | "github";

/** No refusal: the server is away, or does not know what it is asked. */
export class ApiFailure extends EtlError {
  readonly mayPass: boolean;
  constructor(message: string, mayPass: boolean) {
    super({
      code: "failed",
      part: "nais",
      message,
      hint: mayPass ? "Is it reached from here? On a laptop, naisdevice may have to be connected." : undefined,
    });
    this.mayPass = mayPass;
  }
}

export interface RefusalOf {
  messages: readonly string[];
  status: number;
  kind: TokenKind;
}

/** Sources: internal/auth/authz/error.go and internal/graph/apierror/apierror.go of nais/api, July 2026. */
export function refusalOf({ messages, status, kind }: RefusalOf): EtlError {
  const said = messages.join("; ");
  if (status === 401 || messages.includes("Unauthorized"))
    return refused("nais' API does not know who asks", unknownCure[kind]);
  const [, permission] = /you need the "([^"]+)" authorization/.exec(said) ?? [];
  if (permission !== undefined || said.includes("not authorized to perform this action"))
    return refused(
      permission === undefined
        ? "nais' API does not let this account do that"
        : `the permission \`${permission}\` is missing`,
      deniedCure[kind],
    );
  if (said.includes("do not have permission to access this resource"))
    return refused("the cluster does not let this account do that", deniedCure[kind]);
  if (status >= 500 || status === 429) return new ApiFailure(`nais' API answers ${status}: ${said}`, true);
  if (/server errored out|transient error/.test(said)) return new ApiFailure(said, true);
  return new ApiFailure(said, false);
}

function refused(message: string, hint: string): EtlError {
  return new EtlError({ code: "failed", part: "nais", message, hint });
}

const serviceAccount =
  "Make a service account of the team in Nais Console (Settings → Service accounts) with the role `Team member` and a token, and give that as the secret NAIS_API_TOKEN.";

const unknownCure: Record<TokenKind, string> = {
  given: `NAIS_API_TOKEN is not valid, or has expired. ${serviceAccount}`,
  github: `GitHub's token counts only where the repository is one of the team's: add it in Nais Console (the team → Repositories). Or: ${serviceAccount}`,
};

const deniedCure: Record<TokenKind, string> = {
  given:
    "The token's service account needs the role `Team member` in this team: Nais Console, Settings → Service accounts. Of another team it may do nothing.",
  github: `GitHub's own tokens may read and deploy, but not start runs or change jobs. ${serviceAccount}\nOr with kubectl, which uses your own account: --with kubectl`,
};

/** Whether the API does not know a field that it was asked for: another version than the one we know. */
export function isUnknownField(error: unknown): boolean {
  return error instanceof ApiFailure && /Cannot query field|Unknown type|Unknown argument/.test(error.message);
}

export function mayPass(error: unknown): boolean {
  return error instanceof ApiFailure && error.mayPass;
}

/** As the API words what is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiFailure && /not found/i.test(error.message);
}
