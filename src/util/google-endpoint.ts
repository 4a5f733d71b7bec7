/** Whom our Google token is shown to: Google, a server on this machine (without it), and hosts that the environment names. */
import { parseEndpoint, type Endpoint, type ParseEndpoint } from "./endpoint.ts";
import { EtlError } from "./error.ts";

/** Hosts besides Google's own, with commas or blanks between them: said by who runs a pipeline, not by the pipeline. */
const googleHostsVariable = "NAIS_ETL_GOOGLE_HOSTS";

export interface ParseGoogleEndpoint extends ParseEndpoint {
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * An address that is asked with our token. Regional and private ones of Google end in `.googleapis.com`, too.
 * Source: https://cloud.google.com/vpc/docs/about-accessing-google-apis-endpoints
 *
 * @throws {EtlError} `invalid`, as {@link parseEndpoint}, and for a host that is neither Google's nor named by the environment
 */
export function parseGoogleEndpoint(text: string, { key, where, env }: ParseGoogleEndpoint): Endpoint {
  const endpoint = parseEndpoint(text, { key, where });
  const { host, isLoopback } = endpoint;
  if (isLoopback || host.endsWith(".googleapis.com") || namedHosts(env).includes(host)) return endpoint;
  throw new EtlError({
    code: "invalid",
    message: `\`${key}\` would send the job's Google token to ${host}, which is not Google's`,
    hint: `Write an address that ends in .googleapis.com. If ${host} may have the token, say so in the environment: ${googleHostsVariable}=${host}.`,
    where: where(),
  });
}

function namedHosts(env: ParseGoogleEndpoint["env"]): string[] {
  return (env[googleHostsVariable] ?? "").toLowerCase().split(/[\s,]+/);
}
