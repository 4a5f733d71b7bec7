/** Which states there are to go back to, whose they are, and what stands now. */
import { count } from "../../util/error.ts";
import { isPublish, originOf, type PastPublish } from "../publish/past-publish.ts";
import type { Store } from "../publish/store.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { KeptRun } from "../report/history.ts";
import { madeBy } from "./afterwards.ts";
import { aroundPoint } from "./corrections.ts";
import type { WantedOutput } from "./plan.ts";

export interface OutputStates {
  output: string;
  table: string;
  /** Undefined where no run has published it. */
  now: KnownState | undefined;
  /** Newest first: what `--to` may say. */
  states: KnownState[];
  /** The first instant that `--to` may name; undefined where the store remembers what is kept alone. */
  since: string | undefined;
  /** Whether any run had published it before the one that stands. */
  hasEarlier: boolean;
  /** Why the server did not let an earlier state be read. */
  refusal: string | undefined;
}

interface KnownState {
  /** What `--to` says. */
  to: string;
  published_at: string;
  rows: number;
  /** Where the rows are from; of what stands now it is the table. */
  from: string;
  /** The run that made these rows: of a rollback, the one that it went back to. Undefined where it went to a moment. */
  run: string | undefined;
  /** Of that run, as far as its record is left. */
  revision: string | undefined;
  image: string | undefined;
}

export interface FindStates {
  wanted: WantedOutput[];
  /** Of all outputs, oldest first. */
  publishes: PastPublish[];
  runs: KeptRun[];
  store: Store;
}

/** Publishes that are looked for, newest first: each is asked for. */
const mostLooked = 10;

export async function findStates({ wanted, publishes, runs, store }: FindStates): Promise<OutputStates[]> {
  const found: OutputStates[] = [];
  for (const one of wanted) {
    const records = publishes.filter(({ output }) => output === one.output);
    const wrote = records.filter(isPublish).toReversed();
    const known = (publish: PastPublish, at: { rows: number; from: string }): KnownState => ({
      to: wrote.find(({ runId }) => runId === publish.runId) === publish ? publish.runId : publish.execution,
      published_at: publish.at.toISOString(),
      ...at,
      run: originOf(publish, publishes)?.runId,
      ...codeOf(madeBy(publish, publishes, runs)),
    });
    const states: KnownState[] = [];
    let refusal: Error | undefined;
    const refused = (error: Error) => void (refusal ??= error);
    for (const publish of wrote.slice(1, 1 + mostLooked)) {
      const { next } = aroundPoint(records, publish.at);
      const before = await store.past.find({ ...one, publish, next, moment: undefined, refused });
      if (before) states.push(known(publish, { rows: before.rows, from: before.from }));
    }
    const table = await store.past.look(one.output, one.spec);
    const now = wrote[0] && table && known(wrote[0], { rows: table.rows, from: "the table" });
    const since = (await store.past.reach(one.output))?.toISOString();
    const { output, spec } = one;
    const hasEarlier = wrote.length > 1;
    found.push({ output, table: spec.table, now, states, since, hasEarlier, refusal: refusal?.message });
  }
  return found;
}

function codeOf(record: RunRecord | undefined) {
  return { revision: record?.revision, image: record?.image };
}

/** What `--to` is likely to mean: not what stands already. A moment, where time travel knows those alone. */
export function likelyState({ now, states, since, refusal }: OutputStates): string | undefined {
  const other = states.find((state) => !isNow(state, now));
  return other?.to ?? (since !== undefined && refusal === undefined ? "TIME" : undefined);
}

export function formatStates(found: OutputStates): string[] {
  const { output, table, now, states, since, refusal } = found;
  const lines = states.map((state) => [
    `--to ${state.to}`,
    state.published_at,
    count(state.rows, "row"),
    state.from,
    notesOn(state, now),
  ]);
  const stands = now && [`run ${now.to}`, now.published_at, count(now.rows, "row"), notesOn(now, undefined)];
  return [
    `${output} → ${table}`,
    stands ? `  now: ${stands.filter(Boolean).join(", ")}` : "  now: no such table",
    ...aligned(lines),
    ...(lines.length === 0 ? [`  ${whyNone(found)}`] : []),
    ...(since && (states.length > 0 || refusal === undefined)
      ? [`  --to TIME: any since ${since}, as far back as time travel reaches`]
      : []),
  ];
}

function whyNone({ hasEarlier, refusal }: OutputStates): string {
  if (!hasEarlier) return "no earlier state: no other run has published it";
  if (refusal !== undefined) return `no earlier state can be read: ${refusal}`;
  return "no earlier state: `keep: 3` on the output keeps the last three";
}

function isNow({ run }: KnownState, now: KnownState | undefined): boolean {
  return run !== undefined && run === now?.run;
}

function notesOn(state: KnownState, now: KnownState | undefined): string {
  const { to, run, revision, image } = state;
  return [
    ...(run !== undefined && to.startsWith("rollback-") ? [`the state of run ${run}`] : []),
    ...(isNow(state, now) ? ["as it stands now"] : []),
    ...(revision === undefined ? [] : [`revision ${revision.slice(0, 7)}`]),
    ...(image === undefined ? [] : [`image ${shortImage(image)}`]),
  ].join(", ");
}

/** Registry and project are those of all; of a digest, its beginning tells it apart. */
function shortImage(image: string): string {
  return image
    .split("/")
    .at(-1)!
    .replace(/(@sha256:[0-9a-f]{7})[0-9a-f]+$/, "$1");
}

function aligned(lines: string[][]): string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines.map((line) => `  ${line.map((cell, i) => cell.padEnd(widths[i]!)).join("  ")}`.trimEnd());
}
