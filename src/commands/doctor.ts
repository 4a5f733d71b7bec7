/** `nais-etl doctor`: whether all that a run needs is there, and what to do where it is not. */
import { basename, dirname } from "node:path";
import { examine } from "../etl/doctor/doctor.ts";
import type { Finding, Section } from "../etl/doctor/finding.ts";
import { findPipeline, pipelineFile, foundAt } from "../spec/find.ts";
import { localTarget } from "../spec/target.ts";
import type { Context } from "../util/context.ts";
import { count, EtlError } from "../util/error.ts";
import { imageFindings } from "./image-findings.ts";
import { jobNeeds } from "./job-needs.ts";
import { loadPipeline, targetOf } from "./load-pipeline.ts";
import { repositoryFindings } from "./repository-findings.ts";

export interface DoctorOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  json?: boolean;
}

/** @returns 0 where nothing is bad, else 1 */
export async function doctor(options: DoctorOptions, context: Context): Promise<number> {
  const target = targetOf(options, context);
  const file = await findPipeline(options, context);
  // In the pod there is no repository, only the image that was made of it.
  const isPod = context.env["NAIS_POD_NAME"] !== undefined;
  const repository = isPod ? [] : await repositoryFindings(foundAt(file), context);
  const { name, sections: found } = await examineRun({ file, target, isPod, repository }, context);
  const images = isPod ? [] : await imageFindings(context);
  const sections = [
    { title: "Repository", findings: repository },
    ...found,
    { title: "Images", findings: images },
  ].filter(({ findings }) => findings.length > 0);
  const bad = sections.flatMap(({ findings }) => findings).filter(({ state }) => state === "bad");
  if (options.json)
    context.print(JSON.stringify({ pipeline: name, target, ok: bad.length === 0, sections }, undefined, 2));
  else
    context.print([`${name} on target ${target}`, ...sections.map(textOf(context)), summary(bad.length)].join("\n\n"));
  return bad.length === 0 ? 0 : 1;
}

interface ExamineRun {
  file: string;
  target: string;
  isPod: boolean;
  repository: Finding[];
}

/** What a run needs. Of a file that cannot be loaded, that stands among the repository's findings already. */
async function examineRun({ file, target, isPod, repository }: ExamineRun, context: Context) {
  const pipeline = await loadPipeline({ file, target }, context).catch((error: unknown) => {
    const isTold = repository.some(({ name, state }) => name === pipelineFile && state === "bad");
    if (error instanceof EtlError && error.code === "invalid" && isTold) return undefined;
    throw error;
  });
  if (!pipeline) return { name: basename(dirname(file)), sections: [] };
  const { sections, email } = await examine(pipeline, context);
  const needs = target === localTarget || isPod ? [] : jobNeeds(pipeline, email);
  return { name: pipeline.spec.name, sections: [...sections, { title: "The job in the cluster", findings: needs }] };
}

function summary(bad: number): string {
  return bad === 0 ? "All is well." : `${count(bad, "thing")} to mend.`;
}

const marks = { good: "✓", bad: "✗", note: "·" };
/** Green, red, dim. */
const colours = { good: 32, bad: 31, note: 2 };

function textOf({ isTerminal, env }: Context): (section: Section) => string {
  const hasColour = isTerminal && !env["NO_COLOR"];
  const mark = (state: Finding["state"]) =>
    hasColour ? `\u001B[${colours[state]}m${marks[state]}\u001B[0m` : marks[state];
  return ({ title, findings }) => {
    const width = Math.max(...findings.map(({ name }) => name.length));
    const lines = findings.flatMap(({ name, state, message, cure }) => [
      `  ${mark(state)} ${name.padEnd(width)}  ${message}`,
      ...(cure?.split("\n").map((line) => `      ${line}`) ?? []),
    ]);
    return [title, ...lines].join("\n");
  };
}
