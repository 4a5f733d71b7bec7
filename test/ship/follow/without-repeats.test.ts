import { expect, test } from "vitest";
import type { LogLine } from "../../../src/ship/follow/platform.ts";
import { withoutRepeats } from "../../../src/ship/follow/without-repeats.ts";
import { generator } from "../../support/random.ts";

const begin = Date.parse("2026-11-05T10:00:00Z");
const lineAt = (milliseconds: number, text: string): LogLine => ({
  time: new Date(begin + milliseconds).toISOString(),
  pod: "a",
  text,
});

/** A server that breaks off after some lines, and begins anew where it is asked to. */
async function read(all: readonly LogLine[], breaks: number[]): Promise<LogLine[]> {
  const told: LogLine[] = [];
  const open = async function* (since = ""): AsyncGenerator<LogLine> {
    const end = breaks.shift() ?? all.length;
    for (const line of all.slice(0, end)) if (since === "" || line.time! >= since) yield line;
    if (end < all.length) throw new Error("broken");
  };
  for await (const line of withoutRepeats({ open, again: async (error) => error !== undefined })) told.push(line);
  return told;
}

test("each line comes as often as it was written, wherever the stream breaks", async () => {
  const random = generator(3);
  for (let trial = 0; trial < 50; trial++) {
    let clock = 0;
    const all = Array.from({ length: 200 }, () => {
      clock += Math.floor(random() * 3) * Math.floor(random() * 2000);
      return lineAt(clock, `text ${Math.floor(random() * 3)}`);
    });
    const breaks = Array.from({ length: 5 }, () => Math.floor(random() * 200)).toSorted((a, b) => a - b);
    expect(await read(all, breaks)).toEqual(all);
  }
});

test("of a long log nothing comes twice, though most of it is forgotten", async () => {
  const all = Array.from({ length: 30_000 }, (_, i) => lineAt(i * 20, `line ${i}`));
  expect(await read(all, [12_000, 20_001])).toEqual(all);
});

test("a line that comes late, behind younger ones, is told", async () => {
  const streams = [
    [lineAt(0, "one"), lineAt(9000, "three")],
    [lineAt(0, "one"), lineAt(5000, "two, late"), lineAt(9000, "three"), lineAt(9500, "four")],
  ];
  const told: string[] = [];
  const open = async function* (): AsyncGenerator<LogLine> {
    yield* streams.shift() ?? [];
  };
  for await (const { text } of withoutRepeats({ open, again: async () => streams.length > 0 })) told.push(text);
  expect(told).toEqual(["one", "three", "two, late", "four"]);
});
