/** Values of inputs, which GitHub knows as texts only. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { durationPattern } from "../spec/duration.ts";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import { maskSecret } from "./log.ts";

export function refuse(input: string, message: string, hint: string): EtlError {
  return new EtlError({ code: "usage", message: `input ${input}: ${message}`, hint });
}

/** Masked before anyone gets it. */
export function secret(text: string): string {
  if (text !== "") maskSecret(text);
  return text;
}

export function listed(text: string, separator: RegExp): string[] {
  const parts = text.split(separator).map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

export function chosen<T extends string>(input: string, text: string, choices: readonly T[]): T {
  const found = choices.find((one) => one === text);
  if (found !== undefined) return found;
  throw refuse(input, `\`${text}\` is none of ${choices.join(", ")}`, didYouMean(text, choices));
}

export function duration(input: string, text: string): string {
  if (durationPattern.test(text)) return text;
  throw refuse(input, `\`${text}\` is no length of time`, "Write it with its unit: 90s, 10m, 1h.");
}

export function yesOrNo(input: string, text: string): boolean {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  throw refuse(input, `\`${text}\` is neither true nor false`, "Write true or false.");
}

/** `NAME=value`, one a line. What is wrong is told by its line: it may be a secret. */
export function pairs(input: string, text: string): Record<string, string> {
  const lines = listed(text, /\n/);
  const wrong = lines.findIndex((line) => !/^[A-Za-z_]\w*=/.test(line));
  if (wrong >= 0) throw refuse(input, `line ${wrong + 1} is not NAME=value`, "Write one NAME=value a line.");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s) as [string, string]));
}

export function fileIn(workspace: string, text: string): string | undefined {
  return text === "" ? undefined : resolve(workspace, text);
}

export async function folderIn(workspace: string, input: string, text: string): Promise<string> {
  const folder = resolve(workspace, text);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return folder;
  const hint = "It starts at the top of the repository. The step actions/checkout must stand before this one.";
  throw refuse(input, `there is no folder ${text} in the workspace`, hint);
}
