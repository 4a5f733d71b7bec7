/**
 * What a pipeline must reach: declared under `egress:`, and derived from its sources and outputs.
 *
 * Entries are read as KNADA's allow list reads them: `host[:port]`, 443 by default, scheme and path taken off,
 * `6005-6010` a range. Unlike it, a bad host is a problem and never dropped.
 */
import type { Problem, Where } from "../util/error.ts";
import { endpointsOf, type Address } from "./endpoints.ts";
import type { Path } from "./document.ts";
import type { Pipeline } from "./pipeline.ts";

/** A place outside the pod. A `service` is a workload in the cluster: its name is `host`. */
export interface Endpoint {
  kind: "host" | "ipv4" | "service";
  host: string;
  namespace?: string;
  /** Ascending. */
  ports: number[];
}

type Locate = (path: Path) => Where;

/** A range of more ports than this is a mistake, or wants a rule of its own. */
const mostPorts = 100;
const hostPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const ipv4Pattern = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/;
const schemePorts: Record<string, number> = { http: 80, https: 443, postgres: 5432, postgresql: 5432 };

/** Every endpoint that the pipeline needs, each once, sorted; and what is wrong with the addresses. */
export function egressOf(spec: Pipeline, locate: Locate): { endpoints: Endpoint[]; problems: Problem[] } {
  const declared = (spec.egress ?? []).map((text, i): Address => ({ text, path: ["egress", i] }));
  const endpoints: Endpoint[] = [];
  const problems: Problem[] = [];
  for (const address of [...declared, ...endpointsOf(spec)]) {
    const result = hasUnknownHost(address) ? unknownHost(address, declared.length > 0) : parseAddress(address);
    if (result === undefined) continue;
    if ("kind" in result) endpoints.push(result);
    else problems.push({ where: locate(address.path), ...result });
  }
  return { endpoints: mergeEndpoints(endpoints), problems };
}

export type Finding = Omit<Problem, "where">;

/** Whether only the run will know which host an address means. What stands before an `@` or behind the host is no part of it. */
export function hasUnknownHost({ text }: Pick<Address, "text">): boolean {
  return splitAddress(text).authority.includes("${");
}

/**
 * What every pod on nais may reach besides services of its cluster: Google's APIs, Entra ID and Aiven. Google's regional
 * addresses (`*.rep.googleapis.com`) are none of those that private.googleapis.com answers for.
 * Source: https://cloud.google.com/vpc/docs/about-accessing-regional-google-apis-endpoints
 */
export function isOpenToAll({ kind, host, ports }: Endpoint): boolean {
  const isHttps = ports.length === 1 && ports[0] === 443;
  if (kind !== "host") return false;
  return (
    host.endsWith(".aivencloud.com") ||
    (isHttps && /(^|(?<!\.rep)\.)googleapis\.com$|^login\.microsoftonline\.com$|^graph\.microsoft\.com$/.test(host))
  );
}

/** Whether an endpoint is among those that are opened, with all its ports. */
export function isReachable({ kind, host, namespace, ports }: Endpoint, opened: readonly Endpoint[]): boolean {
  const same = opened.filter((one) => one.kind === kind && one.host === host && one.namespace === namespace);
  return ports.every((port) => same.some((one) => one.ports.includes(port)));
}

/** `api.example.com:8443` for each port, 443 left out. */
export function egressEntries({ host, ports }: Endpoint): string[] {
  return ports.map((port) => (port === 443 ? host : `${host}:${port}`));
}

/** A host that only the run will know cannot be opened before it. One that is declared besides may be it. */
function unknownHost({ text }: Address, hasDeclared: boolean): Finding | undefined {
  if (hasDeclared) return undefined;
  const hint = "Add the host to `egress:`, as `egress: [api.example.com]`.";
  return {
    severity: "error",
    rule: "egress-unknown",
    message: `which host \`${text}\` means is known only when the pipeline runs`,
    hint,
  };
}

/** One address, or what is wrong with it. */
export function parseAddress({ text, port, local }: Omit<Address, "path">): Endpoint | Finding {
  const { scheme, rest, authority } = splitAddress(text);
  if (/^[\d.]+\/\d+$/.test(rest))
    return bad(text, "is a range of addresses, which the platform does not open", "Name single addresses, or a host.");
  const [, name = "", range] = /^(.*?)(?::([^:]*))?$/.exec(authority) ?? [];
  const host = name.toLowerCase().replace(/\.$/, "");
  const wrong = hostProblem(host, text);
  if (wrong) return wrong;
  const ports = range === undefined ? [schemePorts[scheme?.toLowerCase() ?? ""] ?? port ?? 443] : expandPorts(range);
  if (!ports)
    return bad(
      text,
      `has a port that is none: \`${range}\``,
      `Write a port or a short range: ${host}:443, ${host}:6005-6010.`,
    );
  return { ...placeOf(host, local), ports };
}

/** `authority` is host and port, without user and password. */
function splitAddress(text: string): { scheme: string | undefined; rest: string; authority: string } {
  const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(text.trim()) ?? [];
  return { scheme, rest, authority: (rest.split(/[/?#]/)[0] ?? "").replace(/^.*@/, "") };
}

function hostProblem(host: string, text: string): Finding | undefined {
  if (host.includes("*")) return bad(text, "has a wildcard, which the platform drops", "Name each host.");
  if (host.startsWith("[") || host.includes(":"))
    return bad(text, "is an IPv6 address, which the platform cannot open", "Name the host.");
  if (/^[\d.]+$/.test(host) && !ipv4Pattern.test(host))
    return bad(text, "is not an IPv4 address", "Write four numbers from 0 to 255: 10.1.2.3.");
  if (!hostPattern.test(host) || host.length > 253)
    return bad(text, "is not a host", "Write host or host:port: data.ssb.no, db.example.com:5432.");
  return undefined;
}

function bad(text: string, why: string, hint: string): Finding {
  return { severity: "error", rule: "egress-host", message: `\`${text}\` ${why}`, hint };
}

function expandPorts(text: string): number[] | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return undefined;
  const low = Number(match[1]);
  const high = Number(match[2] ?? match[1]);
  if (low < 1 || high > 65_535 || high < low || high - low >= mostPorts) return undefined;
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

/** Names that end in `.svc` or `.svc.cluster.local` are workloads in the cluster: application, then namespace. */
function placeOf(host: string, local = false): Pick<Endpoint, "kind" | "host" | "namespace"> {
  const service = /^([^.]+)\.([^.]+)\.svc(\.cluster\.local)?$/.exec(host);
  if (service) return { kind: "service", host: service[1]!, namespace: service[2]! };
  if (ipv4Pattern.test(host)) return { kind: "ipv4", host };
  return { kind: local && !host.includes(".") ? "service" : "host", host };
}

function mergeEndpoints(endpoints: Endpoint[]): Endpoint[] {
  const byPlace = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    const key = [endpoint.kind, endpoint.host, endpoint.namespace].join(" ");
    const ports = [...(byPlace.get(key)?.ports ?? []), ...endpoint.ports];
    byPlace.set(key, { ...endpoint, ports: [...new Set(ports)].toSorted((a, b) => a - b) });
  }
  return [...byPlace].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
}
