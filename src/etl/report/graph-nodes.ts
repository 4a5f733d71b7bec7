/** The graph of a run: sources, models and outputs, how each went, and who reads whom. */
import { count } from "../../util/error.ts";
import type { ModelRecord, RunRecord } from "../record/run-record.ts";
import { formatSeconds } from "./format.ts";

/** `idle`: the run did not come so far. */
export type NodeState = "done" | "warned" | "failed" | "skipped" | "idle";

export interface GraphNode {
  id: string;
  kind: "source" | "model" | "output";
  name: string;
  state: NodeState;
  /** What it did, in a few words. */
  note: string;
}

/** Ids: rows go from the first to the second. */
export type Edge = [from: string, to: string];

export interface RunGraphShape {
  nodes: GraphNode[];
  edges: Edge[];
}

export function graphOf(record: RunRecord): RunGraphShape {
  const { graph } = record;
  const models = Object.keys(graph.models);
  const read = [...Object.values(graph.models).flat(), ...Object.values(graph.outputs)];
  const sources = new Set(
    [...read, ...record.sources.map(({ name }) => name)].filter((name) => !models.includes(name)),
  );
  const idOf = (name: string) => (models.includes(name) ? `model:${name}` : `source:${name}`);
  const published = Object.keys(graph.outputs);
  return {
    nodes: [
      ...[...sources].map((name) => sourceNode(name, record)),
      ...models.map((name) => modelNode(name, record)),
      ...published.map((name) => outputNode(name, record)),
    ],
    edges: [
      ...Object.entries(graph.models).flatMap(([name, reads]) => reads.map((it): Edge => [idOf(it), `model:${name}`])),
      ...published.map((name): Edge => [idOf(graph.outputs[name]!), `output:${name}`]),
    ],
  };
}

function outputNode(name: string, { outputs }: RunRecord): GraphNode {
  const output = outputs.find((one) => one.name === name);
  const base = { id: `output:${name}`, kind: "output" as const, name };
  if (output?.status === "published") return { ...base, state: "done", note: count(output.rows ?? 0, "row") };
  return output?.status === "skipped"
    ? { ...base, state: "skipped", note: "skipped" }
    : { ...base, state: "idle", note: "not published" };
}

function sourceNode(name: string, record: RunRecord): GraphNode {
  const source = record.sources.find((one) => one.name === name);
  const base = { id: `source:${name}`, kind: "source" as const, name };
  if (!source) return { ...base, state: "idle", note: "not read" };
  if (source.status === "failed") return { ...base, state: "failed", note: "failed" };
  const amount = source.rows === undefined ? "read by its models" : count(source.rows, "row");
  return { ...base, ...checked(name, record, `${amount} · ${formatSeconds(source.seconds)}`) };
}

function modelNode(name: string, record: RunRecord): GraphNode {
  const model = record.models.find((one) => one.name === name);
  const base = { id: `model:${name}`, kind: "model" as const, name };
  if (!model) return { ...base, state: "idle", note: "not run" };
  if (model.status === "failed" || model.status === "skipped")
    return { ...base, state: model.status, note: model.status };
  return { ...base, ...checked(name, record, `${amountOf(model)} · ${formatSeconds(model.seconds)}`) };
}

function amountOf({ kind, rows }: ModelRecord): string {
  return kind === "view" || rows === undefined ? "view" : count(rows, "row");
}

/** A table that is there, but failed a check, is where the run ended. */
function checked(name: string, { checks }: RunRecord, note: string): Pick<GraphNode, "state" | "note"> {
  const of = checks.filter(({ table }) => table === name);
  const failed = of.filter(({ status }) => status === "fail").length;
  if (failed > 0) return { state: "failed", note: `${count(failed, "check")} failed` };
  const warned = of.filter(({ status }) => status === "warn").length;
  return warned > 0 ? { state: "warned", note: `${note} · ${count(warned, "warning")}` } : { state: "done", note };
}
