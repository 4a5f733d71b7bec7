/** What the commands on the command line have in common, and how their options are read. */
import { InvalidArgumentError, type Command } from "commander";

export type Options = Record<string, unknown>;

export type To = (
  act: (options: Options, args: string[]) => Promise<number | void>,
) => (...received: unknown[]) => Promise<void>;

export function command(
  program: Command,
  { usage, description, example }: { usage: string; description: string; example: string },
): Command {
  return program
    .command(usage)
    .description(description)
    .option("-C, --dir <folder>", "the pipeline's folder; by default this one")
    .option("--pipeline <name>", "which pipeline, where there are several")
    .option("--debug", "show stack traces")
    .option("--verbose", "show more")
    .addHelpText("after", `\nExample:\n  ${example}`);
}

export const collect = (value: string, previous: string[] = []) => [
  ...previous,
  ...value.split(",").map((part) => part.trim()),
];

/** As it is: commas have a meaning of their own there. */
export const repeat = (value: string, previous: string[] = []) => [...previous, value];

export function keyValue(value: string, previous: Record<string, string> = {}): Record<string, string> {
  const [key = "", ...rest] = value.split("=");
  if (rest.length === 0 || key === "") throw new InvalidArgumentError("Write it as name=value.");
  return { ...previous, [key]: rest.join("=") };
}

export function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It is not a whole number.");
  return Number(value);
}
