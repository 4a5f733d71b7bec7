import { expect, test } from "vitest";
import { createTurns } from "../../../../src/etl/engine/duckdb/turns.ts";

test("who works alone waits for those who work, and all others wait for it, also where it fails", async () => {
  const turns = createTurns();
  const said: string[] = [];
  const waiting: (() => void)[] = [];
  const work = (name: string) => async () => {
    said.push(`${name} begins`);
    await new Promise<void>((resolve) => waiting.push(resolve));
    said.push(`${name} ends`);
    if (name === "alone") throw new Error(name);
  };
  const all = [
    turns.together(work("first")),
    turns.together(work("second")),
    turns.alone(work("alone")),
    turns.alone(work("also alone")),
    turns.together(work("last")),
  ];
  const ended = Promise.allSettled(all);
  while (said.length < 10) {
    await new Promise(setImmediate);
    waiting.shift()?.();
  }
  expect((await ended).map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  const inTurn = ["first begins, second begins, first ends, second ends", "alone begins, alone ends"];
  expect(said.join(", ")).toBe([...inTurn, "also alone begins, also alone ends", "last begins, last ends"].join(", "));
});
