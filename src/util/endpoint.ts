/** Where a server answers: Google's own addresses, a regional or private one, or a server on this machine. */
import { isIP } from "node:net";
import { EtlError, type Where } from "./error.ts";

export interface Endpoint {
  /** Without a slash at its end. */
  url: string;
  host: string;
  port: number;
  /** A server on this machine, over plain HTTP: it is not shown who we are. */
  isLoopback: boolean;
}

export interface ParseEndpoint {
  /** As the file names it, with the part it stands in: `bigquery.api_endpoint`. */
  key: string;
  where: () => Where;
}

/**
 * @param text with or without `https://`
 * @throws {EtlError} `invalid` for what is no address, and for plain HTTP to another machine, which would read our token
 */
export function parseEndpoint(text: string, { key, where }: ParseEndpoint): Endpoint {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/" || url.search !== "")
    throw endpointError(`\`${key}\` is not an address: ${text}`, where(), "Write https://HOST.");
  const isLoopback = url.protocol === "http:" && isLoopbackHost(url.hostname);
  if (url.protocol === "http:" && !isLoopback)
    throw endpointError(
      `\`${key}\` is plain HTTP to another machine: ${text}`,
      where(),
      "Write https://: an access token would be sent where anybody can read it.",
    );
  const port = Number(url.port) || (url.protocol === "http:" ? 80 : 443);
  return { url: url.origin, host: url.hostname, port, isLoopback };
}

/** @param hostname without a port; of IPv6 with or without brackets */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function endpointError(message: string, where: Where, hint: string): EtlError {
  return new EtlError({ code: "invalid", message, where, hint });
}
