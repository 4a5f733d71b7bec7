import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createGate } from "../../../../src/etl/connectors/bigquery/gate.ts";
import { mergeStreams } from "../../../../src/etl/connectors/bigquery/merge.ts";

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const given: T[] = [];
  for await (const one of stream) given.push(one);
  return given;
}

/** Who has entered, by name. */
function enter(share: { take(bytes: number): Promise<void> }, bytes: number, name: string, entered: string[]) {
  void share.take(bytes).then(() => entered.push(name));
  return sleep(0);
}

async function* count(name: string, to: number, ended: string[], failAt = Number.POSITIVE_INFINITY) {
  try {
    for (let i = 0; i < to; i++) {
      await sleep(0);
      if (i === failAt) throw new Error(`${name} broke`);
      yield `${name}${i}`;
    }
  } finally {
    ended.push(name);
  }
}
async function* never(stop: AbortSignal): AsyncGenerator<string, void> {
  yield await new Promise((_, reject) => stop.addEventListener("abort", () => reject(new Error("stopped"))));
}

describe("a gate", () => {
  test("lets in what there is room for, in turn, and more when something is given back", async () => {
    const gate = createGate(10);
    const [a, b] = [gate.open(), gate.open()];
    const entered: string[] = [];
    await enter(a, 6, "a6", entered);
    await enter(b, 6, "b6", entered);
    await enter(a, 1, "a1", entered);
    expect(entered).toEqual(["a6"]);
    a.give(6);
    await sleep(0);
    expect(entered).toEqual(["a6", "b6", "a1"]);
  });

  test("lets in alone what is larger than all of it", async () => {
    const share = createGate(10).open();
    const entered: string[] = [];
    await enter(share, 100, "large", entered);
    await enter(share, 1, "small", entered);
    expect(entered).toEqual(["large"]);
    share.give(100);
    await sleep(0);
    expect(entered).toEqual(["large", "small"]);
  });

  test("takes back what a stream held that is gone, and lets nothing of it in later", async () => {
    const gate = createGate(10);
    const [a, b] = [gate.open(), gate.open()];
    const entered: string[] = [];
    await enter(a, 10, "a", entered);
    await enter(a, 10, "late a", entered);
    await enter(b, 10, "b", entered);
    a.close();
    await sleep(0);
    expect(entered).toEqual(["a", "b"]);
  });
});

describe("merged streams", () => {
  test("bring all that each has", async () => {
    const ended: string[] = [];
    const given = await all(mergeStreams([count("a", 3, ended), count("b", 1, ended)], () => undefined));
    expect(given.toSorted()).toEqual(["a0", "a1", "a2", "b0"]);
  });

  test("end with the first that fails, also one that waits for its server", async () => {
    const ended: string[] = [];
    const stop = new AbortController();
    const merged = mergeStreams([count("a", 9, ended, 1), never(stop.signal)], () => stop.abort());
    await expect(all(merged)).rejects.toThrow("a broke");
    expect(ended).toEqual(["a"]);
  });

  test("end when nobody wants more", async () => {
    const ended: string[] = [];
    const stop = new AbortController();
    for await (const one of mergeStreams([count("a", 9, ended), never(stop.signal)], () => stop.abort()))
      if (one === "a1") break;
    expect({ ended, stopped: stop.signal.aborted }).toEqual({ ended: ["a"], stopped: true });
  });
});
