import { describe, expect, test } from "vitest";
import { layOutLayers } from "../../../src/etl/report/graph-layers.ts";
import { graphOf, type Edge, type GraphNode } from "../../../src/etl/report/graph-nodes.ts";
import { placeSlots, type Box } from "../../../src/etl/report/graph-place.ts";
import { graphSvg } from "../../../src/etl/report/graph-svg.ts";
import { generator } from "../../support/random.ts";
import { checkOf, goodRecord, recordOf } from "./records.ts";

interface Drawn {
  ids: string[];
  edges: Edge[];
  outputs: string[];
}

/** Each node reads a few of those before it; the last few are outputs. */
function randomGraph(seed: number): Drawn {
  const random = generator(seed);
  const size = 3 + Math.floor(random() * 40);
  const ids = Array.from({ length: size }, (_, i) => `n${i}`);
  const outputs = ids.slice(-Math.ceil(size / 6));
  const edges = ids.flatMap((id, i): Edge[] => {
    const before = ids.slice(0, i).filter((other) => !outputs.includes(other));
    if (outputs.includes(id)) return before.length === 0 ? [] : [[before[Math.floor(random() * before.length)]!, id]];
    return before.filter(() => random() < 2.5 / size).map((other): Edge => [other, id]);
  });
  return { ids, edges, outputs };
}

function draw({ ids, edges, outputs }: Drawn) {
  const layered = layOutLayers({ ids, edges, last: new Set(outputs) });
  const placed = placeSlots({ ...layered, widthOf: (id) => 120 + ((id.length * 7) % 40) });
  const boxOf = (id: string) => placed.boxes.get(layered.slots.get(id)!)!;
  return { ...layered, ...placed, boxOf };
}

const touches = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

describe("a graph of up to 40 nodes", () => {
  test.each(seeds)("has no two nodes, and no passing edge, on top of each other (%i)", (seed) => {
    const boxes = [...draw(randomGraph(seed)).boxes.values()];
    const both = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => touches(a, b)));
    expect(both).toEqual([]);
  });

  test.each(seeds)("stands inside of its picture (%i)", (seed) => {
    const { boxes, width, height } = draw(randomGraph(seed));
    for (const box of boxes.values()) {
      expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
    }
  });

  test.each(seeds)("goes from left to right, outputs last (%i)", (seed) => {
    const graph = randomGraph(seed);
    const { boxOf } = draw(graph);
    for (const [from, to] of graph.edges) expect(boxOf(from).x + boxOf(from).width).toBeLessThan(boxOf(to).x);
    const end = Math.max(...graph.ids.map((id) => boxOf(id).x));
    for (const id of graph.outputs) expect(boxOf(id).x).toBe(end);
  });

  test.each(seeds)("leads every edge from column to column, to where it ends (%i)", (seed) => {
    const graph = randomGraph(seed);
    const { slots, columns } = draw(graph);
    for (const slot of columns.flat()) for (const next of slot.to) expect(next.column).toBe(slot.column + 1);
    for (const [from, to] of graph.edges) {
      const way = [slots.get(from)!];
      for (const slot of way) way.push(...slot.to.filter(({ id }) => id === undefined));
      expect(way.some((slot) => slot.to.includes(slots.get(to)!))).toBe(true);
    }
  });
});

test("two chains that would cross are drawn apart", () => {
  const edges: Edge[] = [
    ["a", "y"],
    ["b", "x"],
    ["x", "p"],
    ["y", "q"],
  ];
  const { boxOf } = draw({ ids: ["a", "b", "x", "y", "p", "q"], edges, outputs: ["p", "q"] });
  const above = (one: string, other: string) => boxOf(one).y < boxOf(other).y;
  expect([above("y", "x"), above("q", "p")]).toEqual([above("a", "b"), above("a", "b")]);
  // And straight.
  expect(boxOf("a").y).toBe(boxOf("q").y);
});

test("an empty graph, a single node and a circle are drawn, too", () => {
  expect(draw({ ids: [], edges: [], outputs: [] }).boxes.size).toBe(0);
  expect(draw({ ids: ["a"], edges: [["gone", "a"]], outputs: [] }).boxes.size).toBe(1);
  const circle: Edge[] = [
    ["a", "b"],
    ["b", "a"],
  ];
  expect(draw({ ids: ["a", "b"], edges: circle, outputs: [] }).slots.size).toBe(2);
});

const stateOf = (id: string, record = goodRecord): Partial<GraphNode> | undefined => {
  const node = graphOf(record).nodes.find((one) => one.id === id);
  return node && { state: node.state, note: node.note };
};

describe("a node of the graph", () => {
  test("says what came of it", () => {
    expect(stateOf("source:apps")).toEqual({ state: "done", note: "1,708 rows · 1.1 s" });
    expect(stateOf("model:stg_apps")).toEqual({ state: "done", note: "view · 0.02 s" });
    expect(stateOf("model:apps_per_env")).toEqual({ state: "warned", note: "4 rows · 0.80 s · 1 warning" });
    expect(stateOf("output:apps_per_env")).toEqual({ state: "done", note: "4 rows" });
  });

  test("is failed where a check of its table failed, and what comes after it is not reached", () => {
    const { graph, sources, models } = goodRecord;
    const failed = recordOf({
      graph,
      sources,
      models: [models[0]!, models[1]!],
      checks: [checkOf({ status: "fail" })],
      outputs: [{ name: "apps_per_env", status: "not_published", destination: "d", write: "replace", rows: undefined }],
    });
    expect(stateOf("model:apps_per_env", failed)).toEqual({ state: "failed", note: "1 check failed" });
    expect(stateOf("output:apps_per_env", failed)).toEqual({ state: "idle", note: "not published" });
  });

  test("is there when the run ended before anything was read", () => {
    const states = graphOf(recordOf({ graph: goodRecord.graph })).nodes.map(({ id, state }) => `${id} ${state}`);
    expect(states).toEqual([
      "source:apps idle",
      "model:stg_apps idle",
      "model:apps_per_env idle",
      "output:apps_per_env idle",
    ]);
  });

  test("is as wide as its name, whatever letters that has", () => {
    for (const name of ["mmmmmmmmmm", "illlillill", "MODELLNAVN", "fødselsår", "模型模型"]) {
      const svg = graphSvg({ nodes: [{ id: "m", kind: "model", name, state: "done", note: "" }], edges: [] }).text;
      const [, width = ""] = /<rect[^>]*width="([\d.]+)"/.exec(svg)!;
      const [, start = "", length = ""] = /class="name" x="([\d.]+)"[^>]*textLength="([\d.]+)"/.exec(svg)!;
      expect(svg).toContain(`>${name}</text>`);
      expect(Number(start) + Number(length), name).toBeLessThanOrEqual(6 + Number(width));
    }
  });

  test("is drawn with a name that is cut where it is too long, and whole in its title", () => {
    const name = "a_model_with_a_name_that_nobody_would_ever_want_to_type";
    const svg = graphSvg({ nodes: [{ id: "m", kind: "model", name, state: "done", note: "view" }], edges: [] }).text;
    expect(svg).toContain(`<title>model ${name}: done, view</title>`);
    expect(svg).toMatch(/class="name"[^>]*>a_model_with_a[a-z_]*…</);
  });
});
