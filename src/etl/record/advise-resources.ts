/** What to ask the platform for, from what a run has used. */
import { amountOf, bytesOf, effectiveResource } from "../../spec/resources.ts";

export interface Usage {
  /** Most memory at any time, in bytes. */
  peak: number;
  /** Of all cores together. */
  cpuSeconds: number;
  /** How long the run took. */
  seconds: number;
}

/** As in a Naisjob's `resources`. */
export interface Resources {
  /** Without `cpu` where a run was too short to tell. */
  requests: { cpu?: string; memory: string };
  limits: { memory: string };
}

const mebibyte = 1024 ** 2;
/** In which amounts are told: no run is the same as the one before it. */
const memoryStep = 32;
const cpuStep = 50;
/** The mean of a shorter run is mostly that of its start. */
const leastSeconds = 60;
/** What a run uses for a while is no reason to keep more than one core free for it. */
const mostCpu = 1000;
/** Above this share of the limit, a night with a few more rows is killed; the alert on memory says so at 95 %. */
const nearLimit = 0.9;
/** Below this share of a limit that somebody raised, it may come down. */
const farFromLimit = 0.4;

/**
 * A request is what the cluster keeps free: the peak, and the mean CPU. The limit is left alone unless the peak came
 * near it, or stays far below one that was raised: the engine takes the memory that it is given before it spills.
 */
export function adviseResources({ peak, cpuSeconds, seconds }: Usage, naisjobSpec: unknown): Resources {
  const limit = bytesOf(effectiveResource(naisjobSpec, "limits", "memory"))! / mebibyte;
  const memory = roundUp(peak / mebibyte, memoryStep);
  const advised = memory > limit * nearLimit ? roundUp(memory * 1.5, 128) : (farBelow(memory, limit) ?? limit);
  const cpu = seconds < leastSeconds ? undefined : roundUp((1000 * cpuSeconds) / seconds, cpuStep);
  return {
    requests: {
      ...(cpu !== undefined && { cpu: `${Math.min(cpu, mostCpu)}m` }),
      memory: `${Math.min(memory, advised)}Mi`,
    },
    limits: { memory: `${advised}Mi` },
  };
}

function farBelow(memory: number, limit: number): number | undefined {
  const usual = bytesOf(effectiveResource({}, "limits", "memory"))! / mebibyte;
  return limit > usual && memory < limit * farFromLimit ? Math.max(usual, roundUp(memory * 1.5, 128)) : undefined;
}

function roundUp(amount: number, step: number): number {
  return Math.max(step, Math.ceil(amount / step) * step);
}

/** Whether what is asked for is so far from it that a word is due: half of it or less, twice or more; or a limit that should change. */
export function differsMuch({ requests, limits }: Resources, naisjobSpec: unknown): boolean {
  const asked = (part: "requests" | "limits", key: "cpu" | "memory") =>
    amountOf(effectiveResource(naisjobSpec, part, key), key)!;
  const far = (["cpu", "memory"] as const).some((key) => {
    const advised = requests[key];
    if (advised === undefined) return false;
    const ratio = amountOf(advised, key)! / asked("requests", key);
    return ratio <= 0.5 || ratio >= 2;
  });
  return far || bytesOf(limits.memory) !== asked("limits", "memory");
}

/** As it is written under `nais:`. */
export function formatResources({ requests, limits }: Resources): string {
  const cpu = requests.cpu === undefined ? "" : `cpu: ${requests.cpu}, `;
  return `{ requests: { ${cpu}memory: ${requests.memory} }, limits: { memory: ${limits.memory} } }`;
}
