/** `os.environ.get("API", "http://localhost:8080")` before a path: which host a pipeline asks. */
import type { EnvironmentRead } from "../etl/import/value.ts";
import type { ImportedJob } from "../ship/import/naisjob.ts";
import type { Problem } from "../util/error.ts";

interface BaseAddresses {
  /** Addresses of sources. */
  urls: string[];
  environment: EnvironmentRead[];
  job: ImportedJob | undefined;
}

export interface FoundAddresses {
  /** By variable: what stands in its place; itself where the run has to be told. */
  bases: Map<string, string>;
  notes: Problem[];
}

/** Of the variables that addresses begin with, and that have a default: these are no secrets. */
export function baseAddresses({ urls, environment, job }: BaseAddresses): FoundAddresses {
  const bases = new Map<string, string>();
  const notes: Problem[] = [];
  for (const read of environment) {
    const { name, fallback = "" } = read;
    const isBase = /^https?:\/\//.test(fallback) && urls.some((url) => url.startsWith(`\${env:${name}}`));
    if (!isBase || bases.has(name) || job?.variables.includes(name)) continue;
    const { base, why, hint } = baseOf({ name, fallback }, job);
    bases.set(name, base);
    notes.push({ severity: "warning", message: `${read.text.split("\n")[0]}: ${why}`, hint, where: read.where });
  }
  return { bases, notes };
}

function baseOf({ name, fallback }: { name: string; fallback: string }, job: ImportedJob | undefined) {
  const ifSecret = `If a secret holds it: secrets: { ${name}: … }, and \${secret:${name}}.`;
  if (!isOwnMachine(fallback))
    return {
      base: fallback.replace(/\/$/, ""),
      why: "its default is the address now",
      hint: `What differs by cluster stands under \`targets:\`. ${ifSecret}`,
    };
  const hosts = job?.egress ?? [];
  if (hosts.length === 1)
    return {
      base: `https://${hosts[0]}${URL.parse(fallback)?.pathname.replace(/\/$/, "") ?? ""}`,
      why: `its default is this machine; ${hosts[0]} is taken, the one host of accessPolicy`,
      hint: `Check \`url\` of the source. ${ifSecret}`,
    };
  return {
    base: `\${env:${name}}`,
    why: "its default is this machine",
    hint: `Write the real address in \`url\` of the source, or set the variable where it runs, under \`nais: { env: … }\`. ${ifSecret}`,
  };
}

function isOwnMachine(url: string): boolean {
  return /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1\]|host\.docker\.internal)$/.test(URL.parse(url)?.hostname ?? "");
}
