/** Which states there are to go back to, for who has named none. */
import { count, EtlError } from "../../util/error.ts";
import { isPublish, type PastPublish } from "../publish/past-publish.ts";
import type { Store } from "../publish/store.ts";
import { aroundPoint } from "./corrections.ts";
import type { WantedOutput } from "./plan.ts";

interface States {
  wanted: WantedOutput[];
  /** Of all outputs, oldest first. */
  publishes: PastPublish[];
  store: Store;
}

/** Publishes that are looked for, newest first: each is asked for. */
const mostLooked = 10;

/** @returns `usage`, with what `--to` may say */
export async function withoutPoint({ wanted, publishes, store }: States): Promise<EtlError> {
  const lines: string[] = [];
  for (const one of wanted) {
    const records = publishes.filter(({ output }) => output === one.output);
    lines.push(`${one.output} → ${one.spec.table}`, ...(await statesOf(one, records, store)));
  }
  return new EtlError({
    code: "usage",
    message: "--to is missing: say which state is meant, by its run or a time",
    hint: lines.join("\n"),
  });
}

async function statesOf(wanted: WantedOutput, records: PastPublish[], store: Store): Promise<string[]> {
  const wrote = records.filter(isPublish).toReversed();
  const lines: string[][] = [];
  for (const publish of wrote.slice(1, 1 + mostLooked)) {
    const { next } = aroundPoint(records, publish.at);
    const found = await store.past.find({ ...wanted, publish, next, moment: undefined });
    const id = wrote.find(({ runId }) => runId === publish.runId) === publish ? publish.runId : publish.execution;
    if (found) lines.push([`--to ${id}`, publish.at.toISOString(), count(found.rows, "row"), found.from]);
  }
  const reach = await store.past.reach(wanted.output);
  return [
    ...aligned(lines),
    ...(reach ? [`  --to TIME: any since ${reach.toISOString()}, as far back as time travel reaches`] : []),
    ...(lines.length === 0 && !reach ? ["  no earlier state: `keep: 3` on the output keeps the last three"] : []),
  ];
}

function aligned(lines: string[][]): string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines.map((line) => `  ${line.map((cell, i) => cell.padEnd(widths[i]!)).join("  ")}`.trimEnd());
}
