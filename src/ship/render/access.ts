/** From what a pipeline must reach to the rules that let it, and back. */
import { egressEntries, isOpenToAll, type Endpoint } from "../../spec/egress.ts";
import { pushgateway } from "../../spec/metric.ts";
import type { Problem, Where } from "../../util/error.ts";
import type { NaisjobSpec } from "../manifest/naisjob.ts";
import { itemsAt, numberAt, textAt, type Fields } from "../manifest/rule.ts";

/** What a Naisjob has under `accessPolicy.outbound`. */
export function outboundOf(endpoints: Endpoint[]) {
  const { rules, external } = rulesFor(endpoints);
  // Where a job leaves its metrics: jobs are not scraped.
  const metrics = { application: pushgateway.application, namespace: pushgateway.namespace };
  return { rules: [...rules, metrics], external };
}

/** The same for some endpoints alone; what is open to every pod needs none. */
export function rulesFor(endpoints: Endpoint[]) {
  const services = endpoints.filter(({ kind }) => kind === "service");
  const external = endpoints.filter((endpoint) => endpoint.kind !== "service" && !isOpenToAll(endpoint));
  return {
    rules: services.map(({ host, namespace }) => ({ application: host, ...(namespace && { namespace }) })),
    external: external.map(({ kind, host, ports }) => ({
      ...(kind === "ipv4" ? { ipv4: host } : { host }),
      ...portsOf(kind, ports),
    })),
  };
}

/** A host alone opens 443; an address alone opens every port. */
function portsOf(kind: Endpoint["kind"], ports: number[]) {
  return kind === "host" && ports.length === 1 && ports[0] === 443 ? {} : { ports: ports.map((port) => ({ port })) };
}

/** Those of the endpoints that a Naisjob does not let its pod reach. */
export function closedEndpoints(endpoints: Endpoint[], spec: NaisjobSpec | Fields, namespace: string): Endpoint[] {
  return endpoints.filter((endpoint) => !isOpenToAll(endpoint) && !isOpened(endpoint, spec, namespace));
}

/** Endpoints that the pipeline needs and `nais:` closed again: ports that it gives take the place of those that were derived. */
export function lostEndpoints({ endpoints, spec, namespace, where }: Lost): Problem[] {
  return closedEndpoints(endpoints, spec, namespace).map((endpoint) => ({
    severity: "error",
    rule: "egress-lost",
    message: `the pipeline needs ${endpoint.host}:${endpoint.ports.join(", ")}, which \`nais.accessPolicy\` closes`,
    hint: `Add it there, or write it under \`egress:\`, where ports are added: egress: [${egressEntries(endpoint).join(", ")}].`,
    where,
  }));
}

interface Lost {
  endpoints: Endpoint[];
  spec: NaisjobSpec;
  namespace: string;
  where: Where;
}

function isOpened({ kind, host, namespace, ports }: Endpoint, spec: object, own: string): boolean {
  if (kind === "service") {
    const rules = itemsAt(spec, "accessPolicy", "outbound", "rules");
    return rules.some(
      ({ item }) => textAt(item, "application") === host && (textAt(item, "namespace") ?? own) === (namespace ?? own),
    );
  }
  const rules = itemsAt(spec, "accessPolicy", "outbound", "external").filter(
    ({ item }) => textAt(item, kind === "ipv4" ? "ipv4" : "host")?.toLowerCase() === host,
  );
  const opened = rules.flatMap(({ item }) => {
    const listed = itemsAt(item, "ports").map(({ item: port }) => numberAt(port, "port"));
    return listed.length > 0 ? listed : kind === "ipv4" ? ports : [443];
  });
  return ports.every((port) => opened.includes(port));
}
