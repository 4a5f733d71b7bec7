/** A run that ended without a word, and what it takes: memory and disk. */
import { count } from "../../util/error.ts";
import { bytesOf, effectiveResource, formatMemory } from "../../spec/resources.ts";
import { localTarget } from "../../spec/target.ts";
import { again, changedAgain, type Case, type Rule } from "./case.ts";

/** Nobody could say what happened to it: the most probable is told, with what speaks for it. */
export const killed: Rule = (about) => {
  const told = clusterSays(about);
  if (told && !told.isMemory)
    return {
      kind: "killed",
      what: `it was killed: ${told.what}. Nothing is half-published`,
      first: told.cure,
      mend: again,
    };
  const evidence = memoryEvidence(about);
  if (told)
    return {
      kind: "memory",
      what: `it was killed for its memory: ${told.what}. Nothing is half-published`,
      first: moreMemory(about),
      mend: changedAgain,
    };
  if (evidence !== undefined)
    return {
      kind: "memory",
      what: `it was killed without a word, most probably for its memory: ${evidence}. Nothing is half-published`,
      first: moreMemory(about),
      mend: changedAgain,
    };
  return {
    kind: "killed",
    what: "it was killed without a word: nothing speaks for its memory, so its pod was evicted or deleted, or the machine went away. Nothing is half-published",
    ...whenAgain(about),
    mend: again,
  };
};

/** Only kubectl says what ended a pod. */
function clusterSays({ cluster, run }: Case): { what: string; cure: string; isMemory: boolean } | undefined {
  const own = cluster?.runs.find(({ name }) => name === run?.record.execution);
  const trouble = own?.troubles.at(-1);
  return trouble && { ...trouble, isMemory: /more memory than it may/.test(trouble.what) };
}

const nearLimit = 0.85;

function memoryEvidence(about: Case): string | undefined {
  const { good, lock, run } = about;
  const limit = limitOf(about);
  const own = run && lock.peakOf(run.record.execution);
  const peak = own ?? good?.peak_memory_bytes ?? 0;
  const whose = own === undefined ? "the last good run" : "it";
  if (limit !== undefined && peak >= nearLimit * limit)
    return `${whose} came to ${formatMemory(peak)} of ${formatMemory(limit)}`;
  const cut = run?.starts.filter(({ status }) => status === "running" || status === "killed") ?? [];
  if (cut.length < 2) return undefined;
  const most = limit === undefined ? "" : `, with a limit of ${formatMemory(limit)}`;
  return `${count(cut.length, "pod")} of it went so, one after the other${most}`;
}

function whenAgain({ pipeline: { target } }: Case): { afterwards?: string } {
  if (target === localTarget) return {};
  const afterwards =
    "If it is killed again, it is its memory: give it more (nais: { resources: { limits: { memory: … } } }).";
  return { afterwards };
}

/** What is said is twice what was too little. */
export function moreMemory(about: Case): string {
  const reduce = "reduce earlier: in `query:`, or in the first model";
  if (about.pipeline.target === localTarget) return `Free memory on this machine, or ${reduce}.`;
  return `Give it more memory (${limitsOf(about)}), or ${reduce}.`;
}

/** The engine writes to disk what does not fit into its memory; of a pod's disk, a manifest cannot say how large it is. */
export function lessOnDisk(about: Case): string {
  const less = "read less: fewer `columns`, a `where`, or a `query:` that reduces";
  if (about.pipeline.target === localTarget) return `Free space in the temporary directory (TMPDIR), or ${less}.`;
  return `Give it more memory (${limitsOf(about)}): less goes to the pod's disk then. Or ${less}.`;
}

function limitsOf(about: Case): string {
  return `nais: { resources: { limits: { memory: ${formatMemory(2 * (limitOf(about) ?? usualLimit))} } } }`;
}

const usualLimit = 512 * 1024 ** 2;

/** Of the run's own container, else of the manifest; undefined where neither says it. */
function limitOf({ run, pipeline: { spec, target } }: Case): number | undefined {
  const own = run?.record.memory_limit_bytes;
  return own ?? (target === localTarget ? undefined : bytesOf(effectiveResource(spec.nais, "limits", "memory")));
}
