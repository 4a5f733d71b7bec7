/** From what a pipeline must reach to the rules that let it. */
import type { Endpoint } from "../../spec/egress.ts";
import { pushgateway } from "../../spec/metric.ts";
import type { Problem, Where } from "../../util/error.ts";
import type { NaisjobSpec } from "../manifest/naisjob.ts";
import { itemsAt, numberAt, textAt } from "../manifest/rule.ts";

export function outboundOf(endpoints: Endpoint[]) {
  const external = endpoints.filter((endpoint) => !isOpen(endpoint));
  const services = endpoints.filter(({ kind }) => kind === "service");
  return {
    rules: [
      ...services.map(({ host, namespace }) => ({ application: host, ...(namespace && { namespace }) })),
      // Where a job leaves its metrics: jobs are not scraped.
      { application: pushgateway.application, namespace: pushgateway.namespace },
    ],
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

/** What every pod on nais may reach: Google's APIs, Entra ID and Aiven. */
function isOpen({ kind, host, ports }: Endpoint): boolean {
  if (kind === "service") return true;
  const isHttps = ports.length === 1 && ports[0] === 443;
  return (
    host.endsWith(".aivencloud.com") ||
    (isHttps && /(^|\.)googleapis\.com$|^login\.microsoftonline\.com$|^graph\.microsoft\.com$/.test(host))
  );
}

/** Endpoints that the pipeline needs and `nais:` closed again: ports that it gives take the place of those that were derived. */
export function lostEndpoints({
  endpoints,
  spec,
  where,
}: {
  endpoints: Endpoint[];
  spec: NaisjobSpec;
  where: Where;
}): Problem[] {
  const lost = endpoints.filter((endpoint) => !isOpen(endpoint) && !isOpened(endpoint, spec));
  return lost.map(({ host, ports }) => ({
    severity: "error",
    rule: "egress-lost",
    message: `the pipeline needs ${host}:${ports.join(", ")}, which \`nais.accessPolicy\` closes`,
    hint: `Add it there, or write it under \`egress:\`, where ports are added: egress: [${ports.map((port) => `"${host}:${port}"`).join(", ")}].`,
    where,
  }));
}

function isOpened({ kind, host, ports }: Endpoint, spec: NaisjobSpec): boolean {
  const rules = itemsAt(spec, "accessPolicy", "outbound", "external").filter(
    ({ item }) => textAt(item, kind === "ipv4" ? "ipv4" : "host") === host,
  );
  const opened = rules.flatMap(({ item }) => {
    const listed = itemsAt(item, "ports").map(({ item: port }) => numberAt(port, "port"));
    return listed.length > 0 ? listed : kind === "ipv4" ? ports : [443];
  });
  return ports.every((port) => opened.includes(port));
}
