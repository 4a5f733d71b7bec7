/** Where an answer says that what was asked for lies elsewhere: followed, but nobody else is told our secrets. */
import { HttpFault } from "./fault.ts";

export const mostRedirects = 5;

const statuses = new Set([301, 302, 303, 307, 308]);

export function isRedirect({ status, headers }: Response): boolean {
  return statuses.has(status) && headers.get("location") !== null;
}

interface Redirect {
  from: URL;
  location: string;
  /** Whether the pipeline says that it needs this host. */
  mayReach: (url: URL) => boolean;
}

/** @throws {HttpFault} for what is no address, a way out of TLS, and a host that is not under `egress:` */
export function redirectedTo({ from, location, mayReach }: Redirect): URL {
  const to = URL.parse(location, from.href);
  if (!to || !/^https?:$/.test(to.protocol)) throw refused("it sends us to something that is no address");
  if (from.protocol === "https:" && to.protocol === "http:")
    throw refused(`it sends us from https to http, at ${to.host}`, "What is sent there, anybody could read.");
  if (to.origin !== from.origin && !mayReach(to))
    throw refused(
      `it sends us to another host, ${to.host}, which is not under \`egress:\``,
      `Write the new address as \`url\`, or add it: egress: [${to.host}]. It gets no headers of yours.`,
    );
  return to;
}

function refused(message: string, hint?: string): HttpFault {
  return new HttpFault({ message, hint, verdict: { again: "never" } });
}

/** Of the pipeline's own headers another host gets those that say nothing about us. */
const harmless = new Set(["accept", "accept-language", "user-agent"]);

export function headersFor(headers: Headers, isSameOrigin: boolean): Headers {
  if (isSameOrigin) return headers;
  return new Headers([...headers].filter(([name]) => harmless.has(name)));
}
