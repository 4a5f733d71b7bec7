/** The runs that were waited for: how each ended, and what it did, by its own record. */
import { isPlainObject } from "../../spec/value.ts";
import { formatBytes } from "../../util/bytes.ts";
import { count, formatNumber } from "../../util/error.ts";
import { code, details, escapeHtml, heading, paragraph, table } from "../html.ts";
import type { Report, RunOutcome } from "../report.ts";

const marks = { succeeded: "✅ succeeded", failed: "❌ failed", unknown: "❓ not seen to end" };

/** Of the log; more is in the step's own. */
const mostCharacters = 20_000;

export function runs({ results }: Report): string {
  return results
    .flatMap((result) => result.runs ?? [])
    .map(runOf)
    .join("");
}

function runOf(outcome: RunOutcome): string {
  const { run, state, reason, attempts, seconds, record, lastLines, whyCommand } = outcome;
  const how = [
    `<b>${marks[state]}</b>`,
    count(attempts, "attempt"),
    ...(seconds === undefined ? [] : [`${Math.round(seconds)} s`]),
    ...(reason === undefined ? [] : [escapeHtml(reason)]),
  ];
  const steps = record === undefined ? [] : kinds.flatMap(([key, kind]) => stepsOf(record[key], kind));
  return [
    heading(`Run ${run}`, 3),
    paragraph(how.join(", ")),
    ...(whyCommand === undefined
      ? []
      : [paragraph(`What happened, and the command that mends it: ${code(whyCommand)}`)]),
    ...(record === undefined ? [] : [paragraph(`Run id ${code(record.run_id)}`)]),
    ...(steps.length === 0 ? [] : [table(["", "Name", "Outcome", "Rows", "Bytes", "Time"], steps)]),
    ...(state === "succeeded" || lastLines.length === 0 ? [] : [lastOf(lastLines)]),
  ].join("");
}

const kinds = [
  ["sources", "source"],
  ["models", "model"],
  ["checks", "check"],
  ["outputs", "output"],
] as const;

/** Of a record of another version, what is not as expected is left out. */
function stepsOf(list: unknown, kind: string): string[][] {
  const items: unknown[] = Array.isArray(list) ? list : [];
  return items.filter(isPlainObject).map((item) => {
    const amount = (key: string, format: (n: number) => string) =>
      typeof item[key] === "number" ? format(item[key]) : "";
    const text = (key: string) => (typeof item[key] === "string" ? item[key] : undefined);
    return [
      kind,
      text("name") ?? text(kind) ?? "",
      text("status") ?? "",
      amount("rows", formatNumber),
      amount("bytes", formatBytes),
      amount("seconds", (seconds) => `${seconds.toFixed(2)} s`),
    ];
  });
}

function lastOf(lines: string[]): string {
  return details({ label: "The end of its log", code: lines.join("\n"), language: "text", most: mostCharacters });
}
