/** Who may deploy: the checks of the platform's service, in its order and its words. */
import { createHmac } from "node:crypto";
import { status, type Metadata } from "@grpc/grpc-js";
import type { World } from "./options.ts";
import { issuer, type OidcServer } from "../github-oidc.ts";

export interface Refusal {
  code: number;
  details: string;
}

/** How far a signature's time may be off, and a token's end be past, in milliseconds. */
const signatureSkew = 30_000;
const tokenSkew = 5000;

interface Admit {
  metadata: Metadata;
  world: World;
  tokens: OidcServer | undefined;
  isStream: boolean;
}

export function refusalOf({ metadata, world, tokens, isStream }: Admit): Refusal | undefined {
  const get = (name: string) => String(metadata.get(name)[0] ?? "");
  const jwt = get("jwt");
  if (jwt !== "") return refuseToken({ jwt, team: get("team"), world, tokens });
  return refuseSignature({ get, world, isStream });
}

function refuseToken({
  jwt,
  team,
  world,
  tokens,
}: {
  jwt: string;
  team: string;
  world: World;
  tokens: OidcServer | undefined;
}): Refusal | undefined {
  const claims = tokens?.verify(jwt);
  if (!claims)
    return unauthenticated("invalid JWT token: could not verify message using any of the signatures or keys");
  if (claims.exp * 1000 + tokenSkew < Date.now()) return unauthenticated("authentication token has expired");
  if (claims.iss !== issuer) return unauthenticated('invalid JWT token: "iss" not satisfied: values do not match');
  if (claims.aud !== "hookd") return unauthenticated('invalid JWT token: "aud" not satisfied');
  if (team === "") return { code: status.INVALID_ARGUMENT, details: "missing team in metadata" };
  if (world.repositories[team]?.includes(claims.repository)) return undefined;
  const details = `repo "${claims.repository}" not authorized by team "${team}"`;
  return { code: status.PERMISSION_DENIED, details };
}

function unauthenticated(details: string): Refusal {
  return { code: status.UNAUTHENTICATED, details };
}

interface Signed {
  get: (name: string) => string;
  world: World;
  isStream: boolean;
}

function refuseSignature({ get, world, isStream }: Signed): Refusal | undefined {
  const [signature, timestamp, team] = [get("authorization"), get("timestamp"), get("team")];
  if (signature === "") return unauthenticated("request is not signed with API key");
  if (timestamp === "") return unauthenticated("API key signature timestamp is not provided");
  if (team === "") return unauthenticated("team is not provided in API key signature metadata");
  if (!/^(?:[0-9a-f]{2})+$/i.test(signature))
    return { code: status.INVALID_ARGUMENT, details: "wrong API key signature format" };
  if (!(Math.abs(Date.now() - Date.parse(timestamp)) < signatureSkew))
    return { code: status.DEADLINE_EXCEEDED, details: isStream ? "signature is too old" : "signature expired" };
  const key = world.apiKeys[team];
  if (key === undefined) return unauthenticated("failed authentication");
  const right = createHmac("sha256", Buffer.from(key, "hex")).update(timestamp).digest("hex");
  return signature === right ? undefined : { code: status.PERMISSION_DENIED, details: "failed authentication" };
}
