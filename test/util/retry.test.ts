import { expect, test } from "vitest";
import { retry, type Verdict } from "../../src/util/retry.ts";
import { plainContext } from "../support/context.ts";

const later: Verdict = { again: "later" };

/** Fails so many times; gives what it waited, in milliseconds, with a clock that runs while it waits. */
async function tries(
  failures: number,
  options: { judge?: () => Verdict; within?: number; random?: () => number } = {},
) {
  const waits: number[] = [];
  const start = Date.UTC(2026, 10, 5);
  let time = start;
  let tried = 0;
  const outcome = await retry(
    async (attempt) => {
      tried++;
      if (attempt < failures) throw new Error(`failure ${attempt}`);
      return "done";
    },
    {
      context: { ...plainContext(), now: () => new Date(time) },
      what: "a try",
      judge: options.judge ?? (() => later),
      random: options.random ?? (() => 1),
      ...(options.within !== undefined && { within: options.within }),
      pause: async (milliseconds) => {
        waits.push(milliseconds);
        time += milliseconds;
      },
    },
  ).catch((error: unknown) => (error as Error).message);
  return { outcome, waits, tried };
}

test("what passes by itself is tried again, after pauses that double up to half a minute", async () => {
  const { outcome, waits } = await tries(9);
  expect(outcome).toBe("done");
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000]);
});

test("pauses differ by chance, down to half of what they may be", async () => {
  expect((await tries(3, { random: () => 0 })).waits).toEqual([125, 250, 500]);
});

test("what is refused for good is not tried again", async () => {
  expect(await tries(1, { judge: () => ({ again: "never" }) })).toEqual({ outcome: "failure 0", waits: [], tried: 1 });
});

test("a server that says how long to wait is waited for", async () => {
  expect((await tries(1, { judge: () => ({ again: "later", least: 7000 }) })).waits).toEqual([7000]);
});

test("nothing is tried beyond the time that is given, and the last failure is told", async () => {
  const { outcome, waits } = await tries(99, { within: 2000 });
  expect(outcome).toBe("failure 3");
  expect(waits).toEqual([250, 500, 1000]);
});

test("after twelve tries it is over, whatever the time", async () => {
  expect((await tries(99, { within: 1e9 })).tried).toBe(12);
});

test("a run that is told to stop ends its wait with that reason", async () => {
  const stop = new AbortController();
  const trying = retry(() => Promise.reject(new Error("busy")), {
    context: { ...plainContext(), signal: stop.signal },
    what: "a try",
    judge: () => ({ again: "later", least: 60_000 }),
  });
  stop.abort(new Error("stopped by SIGTERM"));
  await expect(trying).rejects.toThrow("stopped by SIGTERM");
});
