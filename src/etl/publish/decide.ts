/** Which outputs a run publishes, which are there already, and what an earlier run has left to do. */
import { resolve } from "node:path";
import { throwProblems, type Problem } from "../../util/error.ts";
import { placeOf } from "../../spec/consistency.ts";
import type { Output } from "../../spec/output.ts";
import { repeatExit } from "../repeat-exit.ts";
import type { OutputRecord } from "../record/run-record.ts";
import { runningRow } from "../record/run-row.ts";
import type { RunState } from "../run-state.ts";
import { resolveReferences } from "../values.ts";
import { clearStaged } from "./clear-staged.ts";
import { hasQuarantine } from "./quarantine.ts";
import { withStore } from "./open-store.ts";
import { settleFiles } from "./settle-files.ts";
import { asidePath } from "./stage-file.ts";
import type { FilePlace, Published } from "./store.ts";

export interface OutputDecision {
  name: string;
  spec: Output;
  record: OutputRecord;
  /** Where it is written, if it is a file. */
  place: FilePlace | undefined;
}

/**
 * The first thing that a run does with its store: it finishes what a killed run had committed and removes what it had not,
 * decides what there is to publish, and leaves word of itself, and of the files that it will write aside.
 * @throws {EtlError} `invalid` when an output cannot be published in the way that is asked for; what an earlier pod of this
 *   Job has ended with, where that is so for this one too
 */
export async function decideOutputs(state: RunState, names: string[]): Promise<OutputDecision[]> {
  const { pipeline, values, context, identity, record } = state;
  const outputs = names.map((name) => ({
    name,
    spec: resolveReferences(pipeline.spec.outputs![name]!, { values, pipeline, context, path: ["outputs", name] }),
  }));
  throwProblems([...outputs.flatMap((output) => forceProblems(output, state)), ...sameDestination(outputs, state)]);
  return withStore(state, async (store) => {
    repeatExit(await store.ended(identity.execution));
    await settleFiles(await store.pendingFiles(), context);
    const published = await store.published(identity.id);
    if (isOvertaken(state, published)) throw new Overtaken();
    state.quarantined = hasQuarantine(published);
    record.generation = generationOf(published, state);
    const filled = isFilled(names, published, state) ? "published meanwhile" : undefined;
    const decisions = outputs.map((output) => decide(output, reasonToSkip(output, published, state) ?? filled, state));
    const open = decisions.filter((decision) => decision.record.status !== "skipped");
    await store.begin(
      runningRow(record, context.log),
      open.flatMap(({ place }) => place ?? []),
    );
    // An earlier process of this run may have been killed when all was published.
    if (open.length === 0) await clearStaged(store, context);
    return decisions;
  });
}

interface Named {
  name: string;
  spec: Output;
}

/** Another run has published, or taken back, what this one has worked for ahead: what it has read may be older. */
export class Overtaken extends Error {
  override name = "Overtaken";
}

function isOvertaken({ options: { ahead } }: RunState, published: Published[]): boolean {
  return ahead !== undefined && textOf(ahead.published) !== textOf(published);
}

function textOf(published: Published[]): string {
  const parts = published.map(({ output, execution, generation, undone }) => [output, execution, generation, undone]);
  return JSON.stringify(parts.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Before its turn: notes the generation of a run, by what is published. @returns whether it has anything to make */
export function lookAhead(state: RunState, names: string[], published: Published[]): boolean {
  state.record.generation = generationOf(published, state);
  return names.some(
    (name) => reasonToSkip({ name, spec: state.pipeline.spec.outputs![name]! }, published, state) === undefined,
  );
}

/** One more than that of any other execution, where it is forced: a restart of this one finds the same. */
function generationOf(published: Published[], state: RunState): number {
  const { execution } = state.identity;
  const others = published.filter((earlier) => !isForced(state) || earlier.execution !== execution);
  const newest = Math.max(0, ...others.map(({ generation }) => generation));
  return isForced(state) ? newest + 1 : newest;
}

/** A backfill is for what is missing: what another run has published since it was planned, is not, however it is written. */
function isFilled(names: string[], published: Published[], state: RunState): boolean {
  const there = published.filter(({ undone }) => !undone).map(({ output }) => output);
  return state.options.backfill === true && !isForced(state) && names.every((name) => there.includes(name));
}

function decide({ name, spec }: Named, reason: string | undefined, state: RunState): OutputDecision {
  const base = { name, destination: placeOf(spec), write: spec.write ?? "replace", rows: undefined };
  const record: OutputRecord = reason ? { ...base, status: "skipped", reason } : { ...base, status: "not_published" };
  return { name, spec, record, place: filePlace({ name, spec }, state) };
}

function reasonToSkip({ name, spec }: Named, published: Published[], state: RunState): string | undefined {
  const earlier = published.find(({ output }) => output === name);
  if (!earlier || earlier.undone) return undefined;
  const { identity, record } = state;
  if (earlier.execution === identity.execution && earlier.generation === record.generation)
    return "already published by this Job";
  if (isForced(state)) return undefined;
  if (spec.skip_if === "loaded") return "already loaded";
  return spec.write === "append" ? "already appended" : undefined;
}

function filePlace({ name, spec }: Named, { pipeline, identity }: RunState): FilePlace | undefined {
  if (spec.type !== "file") return undefined;
  const path = resolve(pipeline.folder, spec.path);
  return { output: name, path, aside: asidePath(path, identity.execution) };
}

export function isForced({ options }: RunState): boolean {
  return options.force || options.rerun;
}

/** A forced append must know which rows it replaces. */
function forceProblems({ name, spec }: Named, state: RunState): Problem[] {
  if (!isForced(state) || spec.write !== "append" || (state.identity.interval && spec.partition)) return [];
  return [
    {
      severity: "error",
      rule: "forced-append",
      message: `\`outputs.${name}\` cannot be appended again by force: which rows to replace is not known`,
      hint: "Give the pipeline an `interval:` and the output a `partition:`.",
      where: state.pipeline.where(["outputs", name]),
    },
  ];
}

/** Different in the file, the same once `${env:…}` and `${param:…}` are filled in: one would overwrite the other. */
function sameDestination(outputs: Named[], { pipeline }: RunState): Problem[] {
  return outputs.flatMap(({ name, spec }, i): Problem[] => {
    const other = outputs.slice(0, i).find((earlier) => placeOf(earlier.spec) === placeOf(spec));
    if (!other) return [];
    return [
      {
        severity: "error",
        rule: "same-destination",
        message: `\`outputs.${name}\` writes to ${placeOf(spec)}, as \`outputs.${other.name}\` does`,
        hint: "Give each output a destination of its own.",
        where: pipeline.where(["outputs", name]),
      },
    ];
  });
}
