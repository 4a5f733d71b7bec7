/** What the workflow asks for. Defaults stand in action.yml alone. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import * as core from "@actions/core";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import type { Runner } from "./runner.ts";

/** In the order in which they are taken. */
export const stepNames = ["test", "validate", "render"] as const;
export type StepName = (typeof stepNames)[number];

const plannedSteps = ["plan", "build", "push", "deploy", "wait"];

export interface Inputs {
  /** Absolute path of the folder of the pipeline, or of several. */
  folder: string;
  pipeline: string | undefined;
  environment: string | undefined;
  steps: StepName[];
  cli: string | undefined;
}

/** @throws {EtlError} `usage`, naming the input. */
export async function readInputs({ workspace }: Runner): Promise<Inputs> {
  return {
    folder: await readFolder(workspace),
    pipeline: core.getInput("pipeline") || undefined,
    environment: core.getInput("environment") || undefined,
    steps: readSteps(core.getInput("steps")),
    cli: core.getInput("cli") || undefined,
  };
}

async function readFolder(workspace: string): Promise<string> {
  const given = core.getInput("working-directory");
  const folder = resolve(workspace, given);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return folder;
  throw new EtlError({
    code: "usage",
    message: `input working-directory: there is no folder ${given} in the workspace`,
    hint: "It starts at the top of the repository. The step actions/checkout must stand before this one.",
  });
}

function readSteps(given: string): StepName[] {
  const asked = given.split(/[\s,]+/).filter((name) => name !== "");
  if (asked.length === 0) {
    const hint = `Name at least one of ${stepNames.join(", ")}, or leave the input out for all.`;
    throw new EtlError({ code: "usage", message: "input steps: it names no step", hint });
  }
  for (const name of asked) if (!stepNames.some((known) => known === name)) throw unknownStep(name);
  return stepNames.filter((name) => asked.includes(name));
}

function unknownStep(name: string): EtlError {
  const isPlanned = plannedSteps.includes(name);
  return new EtlError({
    code: "usage",
    message: isPlanned ? `input steps: \`${name}\` is not supported yet` : `input steps: there is no step \`${name}\``,
    hint: isPlanned ? `Supported: ${stepNames.join(", ")}.` : didYouMean(name, stepNames),
  });
}
