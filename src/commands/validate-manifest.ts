/** What `validate` asks of a manifest that a team wrote itself. */
import { relative } from "node:path";
import { lintManifests } from "../ship/manifest/lint.ts";
import { fieldsAt } from "../ship/manifest/rule.ts";
import { scheduleReportOf, type ScheduleReport } from "../ship/schedule.ts";
import type { Context } from "../util/context.ts";
import type { Problem } from "../util/error.ts";
import { readText } from "./read-text.ts";

export interface ManifestReport {
  file: string;
  resources: { kind: string; name: string }[];
  /** Of the Naisjobs in it. */
  schedules: ScheduleReport[];
  problems: Problem[];
}

export async function reportOnManifest(
  { path, variables }: { path: string; variables: Record<string, unknown> },
  { cwd, now }: Context,
): Promise<ManifestReport> {
  const file = relative(cwd, path) || path;
  const text = await readText(path, file);
  const { problems, resources } = lintManifests({ text, file, variables });
  const jobs = resources.filter(({ kind }) => kind === "Naisjob");
  const schedules = jobs.flatMap(({ value }) => scheduleReportOf(fieldsAt(value, "spec") ?? {}, now()) ?? []);
  return { file, problems, schedules, resources: resources.map(({ kind, name }) => ({ kind, name })) };
}
