import { expect, test } from "vitest";
import { createTurns, type Turns } from "../../../../src/etl/engine/duckdb/turns.ts";

/** What begins and ends, each ending as soon as all that can begin have begun. */
async function follow(most: number, asked: [keyof Turns, string][]): Promise<string> {
  const turns = createTurns(most);
  const said: string[] = [];
  const waiting: (() => void)[] = [];
  const work = (name: string) => async () => {
    said.push(name);
    await new Promise<void>((resolve) => waiting.push(resolve));
    said.push(`/${name}`);
    if (name === "fails") throw new Error(name);
  };
  const ended = Promise.allSettled(asked.map(([how, name]) => turns[how](work(name))));
  while (said.length < 2 * asked.length) {
    await new Promise(setImmediate);
    waiting.shift()?.();
  }
  const failed = (await ended).filter(({ status }) => status === "rejected").length;
  expect(failed).toBe(asked.filter(([, name]) => name === "fails").length);
  return said.join(" ");
}

test("who works alone waits for those who work, and all others wait for it, also where it fails", async () => {
  const asked: [keyof Turns, string][] = [
    ["together", "a"],
    ["together", "b"],
    ["alone", "fails"],
    ["alone", "c"],
    ["together", "d"],
  ];
  expect(await follow(9, asked)).toBe("a b /a /b fails /fails c /c d /d");
});

test("no more work together than may", async () => {
  const asked: [keyof Turns, string][] = "a b c d".split(" ").map((name) => ["together", name]);
  expect(await follow(2, asked)).toBe("a b /a c /b d /c /d");
  expect(await follow(1, asked)).toBe("a /a b /b c /c d /d");
});
