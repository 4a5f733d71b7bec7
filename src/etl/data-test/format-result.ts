/** What a person and a program read of a test's result. */
import { styleText } from "node:util";
import { inOneLine } from "../../util/table.ts";
import { diffToJson } from "./diff.ts";
import { formatDiff } from "./format-diff.ts";
import type { TestResult } from "./test-pipeline.ts";

export interface FormatResultOptions {
  result: TestResult;
  /** How wide the models' names are, so that the tests' names stand below each other. */
  modelWidth: number;
  colour: boolean;
}

/** `✓ apps_per_env  a nonprod cluster is dev  3 ms`; of a failed test also its place, what was wrong, and the rows. */
export function formatResult({ result, modelWidth, colour }: FormatResultOptions): string {
  const { status, name, model, seconds, file, line, message = "", diff } = result;
  const paint = (style: "green" | "red" | "dim", text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const mark = status === "passed" ? paint("green", "✓") : paint("red", "✗");
  const first = `${mark} ${model.padEnd(modelWidth)}  ${inOneLine(name)}  ${paint("dim", formatTime(seconds))}`;
  if (status === "passed") return first;
  const rows = diff ? formatDiff({ diff, colour }) : [];
  const rest = [paint("dim", `${file}:${line}`), ...message.split("\n"), ...rows.map((row) => `  ${row}`)];
  return [first, ...rest.map((text) => `    ${text}`.trimEnd()), ""].join("\n");
}

/** `5 passed, 1 failed in 0.4 s`. */
export function formatSummary({
  passed,
  failed,
  seconds,
}: {
  passed: number;
  failed: number;
  seconds: number;
}): string {
  return `${passed} passed, ${failed} failed in ${formatTime(seconds, 0)}`;
}

export function resultToJson({ diff, ...result }: TestResult): object {
  return { ...result, seconds: Number(result.seconds.toFixed(4)), ...(diff && { diff: diffToJson(diff) }) };
}

/** Milliseconds below `wholeFrom` seconds. */
function formatTime(seconds: number, wholeFrom = 1): string {
  return seconds < wholeFrom ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}
