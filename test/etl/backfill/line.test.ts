import { setImmediate as tick } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openLine, type Place } from "../../../src/etl/backfill/line.ts";

interface Seen {
  /** What each did, in this order. */
  events: string[];
  most: number;
}

interface Lined {
  atOnce: number;
  signal?: AbortSignal;
  /** Fails before its turn. */
  broken?: string;
}

/** A line of a, b, c and d, who work at once and then wait for their turn. */
function line({ atOnce, signal = new AbortController().signal, broken }: Lined) {
  const seen: Seen = { events: [], most: 0 };
  let there = 0;
  const work = async (item: string, place: Place | undefined) => {
    seen.most = Math.max(seen.most, ++there);
    try {
      seen.events.push(`${item} works`);
      await tick();
      if (item === broken) throw new Error(`${item} is broken`);
      await place?.turn();
      seen.events.push(`${item} ends`);
      return item;
    } finally {
      there--;
    }
  };
  return { ...openLine({ items: ["a", "b", "c", "d"], atOnce, signal, work }), seen };
}

async function endAll(of: ReturnType<typeof line>): Promise<string[]> {
  const ended: string[] = [];
  for (let i = 0; i < 4; i++) {
    of.fill();
    ended.push(await of.next().catch((error: Error) => error.message));
  }
  return ended;
}

describe("those who stand in line", () => {
  test("end in their order, and no more of them work at a time than may", async () => {
    const of = line({ atOnce: 3 });
    expect(await endAll(of)).toEqual(["a", "b", "c", "d"]);
    expect(of.seen.most).toBe(3);
    expect(of.seen.events.slice(0, 4)).toEqual(["a works", "b works", "c works", "a ends"]);
    expect(of.seen.events.filter((event) => event.endsWith("ends"))).toEqual(["a ends", "b ends", "c ends", "d ends"]);
  });

  test("work one after the other where only one may: nobody begins before the one in front has ended", async () => {
    const of = line({ atOnce: 1 });
    expect(await endAll(of)).toEqual(["a", "b", "c", "d"]);
    expect(of.seen.events.slice(0, 3)).toEqual(["a works", "a ends", "b works"]);
  });

  test("are heard in their turn, who fail before it, and the others come to theirs", async () => {
    expect(await endAll(line({ atOnce: 3, broken: "b" }))).toEqual(["a", "b is broken", "c", "d"]);
  });

  test("go home when the line is ended, before their turn", async () => {
    const of = line({ atOnce: 3 });
    of.fill();
    await of.next();
    await of.stop();
    expect(of.seen.events).toEqual(["a works", "b works", "c works", "a ends"]);
  });

  test("go home when the signal says so, with its reason", async () => {
    const stopping = new AbortController();
    const of = line({ atOnce: 2, signal: stopping.signal });
    of.fill();
    stopping.abort(new Error("stopped"));
    await expect(of.next()).rejects.toThrow("stopped");
    await of.stop();
    expect(of.seen.events).toEqual(["a works", "b works"]);
  });
});
