/** How a command failed, in one sentence, with the end of what it said. */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { EtlError, messageOf } from "../../../util/error.ts";
import { shownValues } from "../../privacy.ts";
import type { Ended } from "../../../util/child.ts";
import { hideValues } from "../program/hide-values.ts";
import type { ProgramRequest } from "../program/program.ts";

interface Failed {
  argv: string[];
  /** The end of its standard error. */
  said: string;
  request: ProgramRequest;
}

const lastLines = 5;

export async function commandFailed(how: Ended | Error, failed: Failed): Promise<EtlError> {
  const { argv, request } = failed;
  const { model, pipeline } = request;
  const lines = await shownLines(failed);
  return new EtlError({
    code: "failed",
    part: `model ${model}`,
    message: `${argv[0]} ${endingOf(how)}`,
    hint: lines.length > 0 ? `It said: ${lines.join("\n")}` : hintOf(how),
    where: pipeline.where(["models", model, "command"]),
  });
}

function endingOf(how: Ended | Error): string {
  if (how instanceof Error) return `could not be started: ${messageOf(how)}`;
  return how.signal === null ? `ended with exit code ${how.exitCode}` : `was ended by ${how.signal}`;
}

function hintOf(how: Ended | Error): string | undefined {
  if (how instanceof Error) return undefined;
  if (how.signal === "SIGKILL") return "The memory was used up, perhaps: give the job more, or the program less.";
  return "It said nothing on standard error.";
}

/** Where no value may be shown, only words that stand in its own text. */
async function shownLines({ argv, said, request }: Failed): Promise<string[]> {
  const { pipeline, inputs, columns } = request;
  const lines = said
    .trimEnd()
    .split("\n")
    .slice(-lastLines)
    .filter((line) => line.trim() !== "");
  const { showValues, except } = shownValues(pipeline);
  if (showValues && except.size === 0) return lines;
  const texts = [...argv, ...inputs, ...Object.keys(columns ?? {}), ...(await sourcesOf(argv, pipeline.folder))];
  return lines.map((line) => hideValues(line, { texts }));
}

/** Larger files are no text of a program. */
const largestSource = 1024 ** 2;

/** The texts of the files that the command names. */
async function sourcesOf(argv: string[], folder: string): Promise<string[]> {
  const texts = argv.map(async (argument) => {
    const path = resolve(folder, argument);
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() && found.size <= largestSource ? readFile(path, "utf8") : "";
  });
  return Promise.all(texts);
}
