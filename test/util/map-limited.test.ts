import { expect, test } from "vitest";
import { mapLimited } from "../../src/util/map-limited.ts";

test("results stand in the order of the items, and only a few are under way at once", async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimited(
    Array.from({ length: 200 }, (_, i) => i),
    async (i) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, i % 3));
      running--;
      return i * 2;
    },
  );
  expect(results).toEqual(Array.from({ length: 200 }, (_, i) => i * 2));
  expect(most).toBe(32);
});

test("the first failure is thrown, after what was under way has ended", async () => {
  let ended = 0;
  const act = async (i: number) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    ended++;
    if (i === 3) throw new Error("three");
  };
  await expect(mapLimited([0, 1, 2, 3, 4], act)).rejects.toThrow("three");
  expect(ended).toBe(5);
});

test("nothing is made of nothing", async () => {
  expect(await mapLimited([], async () => 1)).toEqual([]);
});
