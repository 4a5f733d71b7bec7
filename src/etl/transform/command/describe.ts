/** Models that any program makes: `command: [argv]`. */
import { access, constants, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { Context } from "../../../util/context.ts";
import type { Problem, Where } from "../../../util/error.ts";
import type { DescribeProgram, DescribeRequest } from "../program/program.ts";
import { inputVariable, runCommand } from "./run-command.ts";

export const describeCommand: DescribeProgram = async (asked) => {
  const { file, pipeline } = asked;
  const { command = [], inputs = [] } = pipeline.spec.models![file.name]!;
  const path = ["models", file.name];
  return {
    description: {
      parameters: undefined,
      needsColumns: true,
      ready: () => findProgram(command, pipeline.where([...path, "command"]), asked),
      run: runCommand,
    },
    problems: twinProblems(inputs, pipeline.where([...path, "inputs"])),
  };
};

/** Names that differ in letters that a variable's name cannot have. */
function twinProblems(inputs: string[], where: Where): Problem[] {
  const seen = new Map<string, string>();
  return inputs.flatMap((name): Problem[] => {
    const variable = inputVariable(name);
    const twin = seen.get(variable);
    seen.set(variable, name);
    if (twin === undefined) return [];
    const message = `the inputs \`${twin}\` and \`${name}\` would both be named by ${variable}`;
    const hint = twin === name ? "Name it once." : "Rename one of them.";
    return [{ severity: "error", rule: "inputs", message, hint, where }];
  });
}

/** A name alone is looked for on PATH; one with a slash, from the pipeline's folder. */
async function findProgram([name = ""]: string[], where: Where, asked: DescribeRequest): Promise<Problem[]> {
  const { pipeline, programs } = asked;
  const places = name.includes("/") ? [resolve(pipeline.folder, name)] : placesOnPath(name, programs.context);
  const found = await Promise.all(places.map(judgeFile));
  if (found.includes("program")) return [];
  const isThere = found.includes("file");
  const problem: Problem = {
    severity: "error",
    rule: "command",
    message: isThere ? `${name} cannot be run: it is no program` : `there is no program \`${name}\``,
    hint: isThere ? `Let it be run: chmod +x ${name}` : missingHint(name),
    where,
  };
  return [problem];
}

function placesOnPath(name: string, { env }: Context): string[] {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name));
}

async function judgeFile(path: string): Promise<"program" | "file" | "nothing"> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return "nothing";
  return access(path, constants.X_OK).then(
    () => "program",
    () => "file",
  );
}

function missingHint(name: string): string {
  if (/\s/.test(name)) return `\`command\` is a list, and no shell looks at it: [${name.split(/\s+/).join(", ")}].`;
  if (name.includes("/")) return "It is looked for from the folder of pipeline.yaml.";
  if (/\.\w+$/.test(name)) return `A file of the pipeline is named with its folder: ./${name}.`;
  return "It is looked for on PATH. Install it, in the image too.";
}
