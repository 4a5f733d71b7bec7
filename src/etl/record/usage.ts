/**
 * What a run has taken: of the process, or of the whole container where models run as programs beside it (there the
 * peak counts cached pages too, so it is an upper bound).
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, …/cgroup-v1/memory.html, …/cgroup-v1/cpuacct.html
 */
import type { Context } from "../../util/context.ts";
import { firstText, memoryLimit, thisMachine, type Machine } from "../engine/limits.ts";
import type { RunRecord } from "./run-record.ts";
import { adviseResources, type Usage } from "./advise-resources.ts";

interface NoteUsage {
  record: RunRecord;
  /** Whether models ran in processes of their own. */
  hasPrograms: boolean;
  /** `nais:` of pipeline.yaml. */
  naisjobSpec: unknown;
  context: Context;
  machine?: Machine;
}

/** Of a run that came to its end on a cluster's target: what it took, and what to ask for. On samples neither means anything. */
export async function noteUsage({ record, hasPrograms, naisjobSpec, context, machine = thisMachine }: NoteUsage) {
  if (record.target === "local" || record.status !== "succeeded") return;
  const usage = hasPrograms
    ? await containerUsage(machine)
    : { peak: record.peak_memory_bytes, cpuSeconds: context.cpuSeconds() };
  if (usage === undefined || usage.peak === 0) return;
  record.cpu_seconds = usage.cpuSeconds;
  record.resources = adviseResources({ ...usage, seconds: record.seconds }, naisjobSpec);
}

/** Undefined where there is no container: a machine's memory is that of all its programs. */
async function containerUsage(machine: Machine): Promise<Omit<Usage, "seconds"> | undefined> {
  if ((await memoryLimit(machine)) === undefined) return undefined;
  const { readText } = machine;
  const peak = await firstText(readText, [
    "/sys/fs/cgroup/memory.peak",
    "/sys/fs/cgroup/memory/memory.max_usage_in_bytes",
  ]);
  const microseconds = /^usage_usec (\d+)$/m.exec((await firstText(readText, ["/sys/fs/cgroup/cpu.stat"])) ?? "")?.[1];
  const nanoseconds = await firstText(readText, ["/sys/fs/cgroup/cpuacct/cpuacct.usage"]);
  const cpuSeconds = microseconds === undefined ? Number(nanoseconds) / 1e9 : Number(microseconds) / 1e6;
  return peak === undefined || Number.isNaN(cpuSeconds) ? undefined : { peak: Number(peak), cpuSeconds };
}
