/**
 * Hosts that only the run knows, which an environment variable names: whether the pipeline says under `egress:` that it
 * needs them. The cluster opens nothing else; a run on a laptop is refused in the same way, so that it shows before the
 * deploy.
 */
import {
  egressEntries,
  egressOf,
  hasUnknownHost,
  isOpenToAll,
  isReachable,
  parseAddress,
  type Endpoint,
} from "../spec/egress.ts";
import { endpointsOf, type Address } from "../spec/endpoints.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { Pipeline } from "../spec/pipeline.ts";
import { findReferences } from "../spec/reference.ts";
import { localTarget } from "../spec/target.ts";
import type { Problem } from "../util/error.ts";
import type { RunState } from "./run-state.ts";
import { partToRead, resolveReferences, type Needed } from "./values.ts";

type Asking = Pick<RunState, "pipeline" | "values" | "context">;

/** Of the parts that a run needs. Every variable that they name must be set. */
export function undeclaredHosts(asking: Asking, needed: Needed): Problem[] {
  const { pipeline } = asking;
  const { endpoints } = egressOf(pipeline.spec, pipeline.where);
  const open = endpointsOf(partsOf(pipeline, needed)).filter(
    (address) => hasUnknownHost(address) && !isSecret(address),
  );
  return open.flatMap((address) => {
    const text = resolveReferences(address.text, { ...asking, path: address.path });
    const endpoint = parseAddress({ ...address, text });
    const where = pipeline.where(address.path);
    if (!("kind" in endpoint)) return [{ ...endpoint, where }];
    if (isLoopback(endpoint) || isOpenToAll(endpoint) || isReachable(endpoint, endpoints)) return [];
    return [{ ...undeclared(endpoint, address, pipeline), where }];
  });
}

/** Whether the pipeline says that it needs a host: what a redirect may lead to. */
export function reachableHosts({ spec, where }: LoadedPipeline): (url: URL) => boolean {
  const { endpoints } = egressOf(spec, where);
  return (url) => {
    const endpoint = parseAddress({ text: url.origin });
    return "kind" in endpoint && (isLoopback(endpoint) || isOpenToAll(endpoint) || isReachable(endpoint, endpoints));
  };
}

/** On target local everything is published to files, and nobody is told. */
function partsOf(pipeline: LoadedPipeline, { sources = [], outputs = [] }: Needed): Pipeline {
  const { spec, target } = pipeline;
  const read = Object.fromEntries(sources.map((name) => [name, partToRead(spec.sources![name]!, pipeline)]));
  if (target === localTarget) return { name: spec.name, sources: read };
  return { ...spec, sources: read, outputs: Object.fromEntries(outputs.map((name) => [name, spec.outputs![name]!])) };
}

/** It is read later than this is asked, and its host is not to be shown. */
function isSecret({ text }: Address): boolean {
  const { references } = findReferences(text, () => ({ file: "" }));
  return references.some(({ kind }) => kind === "secret");
}

/** The pod itself, which no policy stands before. */
function isLoopback({ kind, host }: Endpoint): boolean {
  return kind === "ipv4" ? host.startsWith("127.") : host === "localhost";
}

function undeclared(endpoint: Endpoint, { text }: Address, { spec }: LoadedPipeline): Omit<Problem, "where"> {
  const entries = egressEntries(endpoint);
  return {
    severity: "error",
    rule: "egress-undeclared",
    message: `\`${text}\` leads to ${entries.join(", ")}, which is not under \`egress:\`: on nais it cannot be reached`,
    hint: `Add it: egress: [${[...(spec.egress ?? []), ...entries].join(", ")}]`,
  };
}
