/** The steps of a run with their rows and seconds, and when each ran. */
import { formatBytes } from "../../util/bytes.ts";
import type { RunRecord } from "../record/run-record.ts";
import { formatRows, formatSeconds, formatTime } from "./format.ts";
import { graphOf, type GraphNode, type NodeState } from "./graph-nodes.ts";
import { html, type Html } from "./html.ts";
import { marks, stateWords } from "./marks.ts";

export interface Step {
  kind: string;
  name: string;
  state: NodeState;
  /** Where its rows went, or why it did nothing. */
  note: string;
  rows: number | undefined;
  /** Its rows are computed by who reads them. */
  isView: boolean;
  bytes: number | undefined;
  begins: number | undefined;
  seconds: number | undefined;
}

/** In the order in which they began; those that did not, at the end. */
export function stepsOf(record: RunRecord): Step[] {
  const states = new Map(graphOf(record).nodes.map((node) => [node.id, node]));
  const steps = [...sourceSteps(record, states), ...modelSteps(record, states)];
  const began = steps.toSorted((a, b) => (a.begins ?? Infinity) - (b.begins ?? Infinity));
  return withEnds([...began, ...outputSteps(record, states)], record);
}

/** A gap is told of from this share of the run on. */
const toldGap = 0.05;

/** What a run does before its first step and after its last, where that took a part of its time. */
function withEnds(steps: Step[], { seconds }: RunRecord): Step[] {
  const timed = steps.filter(({ begins }) => begins !== undefined);
  if (timed.length === 0) return steps;
  const first = Math.min(...timed.map(({ begins }) => begins!));
  const last = Math.max(...timed.map((step) => step.begins! + (step.seconds ?? 0)));
  const gap = (name: string, note: string, [from, to]: [number, number]): Step[] => {
    if (to - from < toldGap * seconds) return [];
    const step = { kind: "run", state: "done" as const, rows: undefined, isView: false, bytes: undefined };
    return [{ ...step, name, note, begins: from, seconds: to - from }];
  };
  return [
    ...gap("start", "the lock, secrets, what is published already", [0, first]),
    ...steps,
    ...gap("end", "columns are looked at", [last, seconds]),
  ];
}

type States = ReadonlyMap<string, GraphNode>;

function sourceSteps({ sources }: RunRecord, states: States): Step[] {
  return sources.map(({ name, rows, bytes, begins, seconds }) => {
    const state = states.get(`source:${name}`)?.state ?? "done";
    return { kind: "source", name, state, note: "", rows, isView: false, bytes, begins, seconds };
  });
}

function modelSteps({ models }: RunRecord, states: States): Step[] {
  return models.map(({ name, kind, rows, bytes, begins, seconds, because, attempts, kept_at, status }) => {
    const state = states.get(`model:${name}`)?.state ?? (status === "done" ? "done" : "failed");
    const tries = attempts === undefined ? "" : `in ${attempts} attempts`;
    const kept = kept_at === undefined ? tries : `kept from the run of ${formatTime(kept_at)}`;
    const note = because === undefined ? kept : `because ${because} failed`;
    return {
      kind: "model",
      name,
      state,
      note,
      rows,
      isView: kind === "view",
      bytes,
      begins,
      seconds: status === "skipped" ? undefined : seconds,
    };
  });
}

/** All are published at once: the first has the time of all. */
function outputSteps({ outputs, publishing }: RunRecord, states: States): Step[] {
  let untimed = publishing;
  return outputs.map(({ name, rows, write, destination, reason }) => {
    const state = states.get(`output:${name}`)?.state ?? "done";
    const note = state === "skipped" && reason !== undefined ? reason : `${write} → ${destination}`;
    const time = state === "skipped" ? undefined : untimed;
    if (time) untimed = undefined;
    return {
      kind: "output",
      name,
      state,
      note,
      rows,
      isView: false,
      bytes: undefined,
      begins: time?.begins,
      seconds: time?.seconds,
    };
  });
}

export function stepsTable(record: RunRecord): Html {
  const rows = stepsOf(record).map(
    (
      step,
    ) => html`<tr class="${step.state}"><td>${marks[step.state]} ${stateWords[step.state]}</td><td class="quiet wide">${step.kind}</td><th scope="row">${step.name}${step.note ? html`<small>${step.note}</small>` : undefined}</th><td class="number">${amountOf(step)}</td><td class="number wide">${step.bytes === undefined ? "" : formatBytes(step.bytes)}</td><td class="number">${step.seconds === undefined ? "–" : formatSeconds(step.seconds)}</td><td class="time">${bar(step, record.seconds)}</td></tr>
`,
  );
  return html`<div class="scroll"><table class="steps"><thead><tr><th scope="col">How</th><th scope="col" class="wide">Kind</th><th scope="col">Step</th><th scope="col" class="number">Rows</th><th scope="col" class="number wide">Size</th><th scope="col" class="number">Time</th><th scope="col" class="time">When, of ${formatSeconds(record.seconds)}</th></tr></thead><tbody>
${rows}</tbody></table></div>`;
}

export function amountOf({ kind, isView, rows }: Step): string {
  if (kind === "run") return "";
  return isView ? "view" : formatRows(rows);
}

/** Across the width of the column: the whole run. */
const scale = 1000;
const thinnest = 6;

function bar({ kind, begins, seconds, state }: Step, whole: number): Html | undefined {
  if (begins === undefined || seconds === undefined || whole <= 0) return undefined;
  const start = Math.min(scale - thinnest, (begins / whole) * scale);
  const width = Math.min(scale - start, Math.max(thinnest, (seconds / whole) * scale));
  const said = `from ${formatSeconds(begins)}, for ${formatSeconds(seconds)}`;
  return html`<svg class="bar ${kind} ${state}" viewBox="0 0 ${scale} 10" preserveAspectRatio="none" role="img"><title>${said}</title><rect x="${Math.round(start)}" y="0" width="${Math.round(width)}" height="10"/></svg>`;
}
