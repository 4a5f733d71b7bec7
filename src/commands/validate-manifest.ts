/** What `validate` asks of a manifest that a team wrote itself. */
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { parse } from "yaml";
import { parseCron } from "../spec/cron.ts";
import { timeZoneProblem } from "../spec/schedule.ts";
import { isPlainObject } from "../spec/value.ts";
import { lintManifests, type LintReport } from "../ship/manifest/lint.ts";
import { textAt } from "../ship/manifest/rule.ts";
import { describeSchedule, type ScheduleReport } from "../ship/schedule.ts";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf, type Problem } from "../util/error.ts";

export interface ManifestReport {
  file: string;
  resources: { kind: string; name: string }[];
  /** Of the Naisjobs in it. */
  schedules: ScheduleReport[];
  problems: Problem[];
}

export interface VariableOptions {
  /** `NAME=value`, or `NAME` for true. */
  var?: string[] | undefined;
  /** A YAML or JSON file of variables. */
  varsFile?: string | undefined;
}

export async function reportOnManifest(
  { path, variables }: { path: string; variables: Record<string, unknown> },
  { cwd, now }: Context,
): Promise<ManifestReport> {
  const file = relative(cwd, path) || path;
  const text = await readText(path, file);
  const { problems, resources } = lintManifests({ text, file, variables });
  const schedules = resources.flatMap((resource) => scheduleOf(resource, now()));
  return { file, problems, schedules, resources: resources.map(({ kind, name }) => ({ kind, name })) };
}

/** What `--vars-file` says, with what `--var` says over it, as the deploy client takes VARS and VAR. */
export async function readVariables(
  { var: vars = [], varsFile }: VariableOptions,
  { cwd }: Context,
): Promise<Record<string, unknown>> {
  const fromFile = varsFile === undefined ? {} : await readVariablesFile(resolve(cwd, varsFile), varsFile);
  const given = vars.map((text): [string, unknown] => {
    const at = text.indexOf("=");
    return at < 0 ? [text, true] : [text.slice(0, at), text.slice(at + 1)];
  });
  return { ...fromFile, ...Object.fromEntries(given) };
}

async function readVariablesFile(path: string, shown: string): Promise<Record<string, unknown>> {
  const text = await readText(path, shown);
  try {
    const value: unknown = parse(text, { version: "1.1", merge: true }) ?? {};
    if (isPlainObject(value)) return value;
  } catch (cause) {
    throw new EtlError({
      code: "usage",
      message: `${shown} is not valid YAML: ${messageOf(cause)}`,
      hint: "Write NAME: value, a line each.",
      cause,
    });
  }
  throw new EtlError({
    code: "usage",
    message: `${shown} is not a map of names and values`,
    hint: "Write NAME: value, a line each.",
  });
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "is not there"
        : code === "ERR_ENCODING_INVALID_ENCODED_DATA"
          ? "is not UTF-8"
          : `cannot be read: ${code ?? messageOf(cause)}`;
    throw new EtlError({
      code: "usage",
      message: `${shown} ${why}`,
      hint: "Check the path, and that the file is a text in UTF-8.",
      cause,
    });
  }
}

function scheduleOf({ kind, value }: LintReport["resources"][number], now: Date): ScheduleReport[] {
  const cron = textAt(value, "spec", "schedule");
  const timeZone = textAt(value, "spec", "timeZone") ?? "UTC";
  if (kind !== "Naisjob" || !cron || !isCron(cron) || timeZoneProblem(timeZone)) return [];
  return [describeSchedule({ cron, timeZone, now })];
}

function isCron(text: string): boolean {
  try {
    parseCron(text);
    return true;
  } catch {
    return false;
  }
}
