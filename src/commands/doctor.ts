/** `nais-etl doctor`: whether all that a run needs is there, and what to do where it is not. */
import { examine } from "../etl/doctor/doctor.ts";
import type { Finding, Section } from "../etl/doctor/finding.ts";
import { findPipeline } from "../spec/find.ts";
import { localTarget } from "../spec/target.ts";
import type { Context } from "../util/context.ts";
import { count } from "../util/error.ts";
import { jobNeeds } from "./job-needs.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface DoctorOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  json?: boolean;
}

/** @returns 0 where nothing is bad, else 1 */
export async function doctor(options: DoctorOptions, context: Context): Promise<number> {
  const target = options.target ?? context.env["NAIS_CLUSTER_NAME"] ?? localTarget;
  const pipeline = await loadPipeline({ file: await findPipeline(options, context), target }, context);
  const { sections: found, email } = await examine(pipeline, context);
  const isPod = context.env["NAIS_POD_NAME"] !== undefined;
  const needs = target === localTarget || isPod ? [] : jobNeeds(pipeline, email);
  const sections = [...found, ...(needs.length === 0 ? [] : [{ title: "The job in the cluster", findings: needs }])];
  const bad = sections.flatMap(({ findings }) => findings).filter(({ state }) => state === "bad");
  const { name } = pipeline.spec;
  if (options.json)
    context.print(JSON.stringify({ pipeline: name, target, ok: bad.length === 0, sections }, undefined, 2));
  else
    context.print([`${name} on target ${target}`, ...sections.map(textOf(context)), summary(bad.length)].join("\n\n"));
  return bad.length === 0 ? 0 : 1;
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
