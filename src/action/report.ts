/** How it went: what the log, the annotations, the outputs, the comment and the summary are made from. */
import type { Problem } from "../util/error.ts";
import type { DeployResult } from "../commands/deploy.ts";
import type { Plan } from "../commands/plan-form.ts";
import type { Event } from "./event.ts";
import type { Inputs } from "./inputs.ts";
import type { StepName } from "./step-names.ts";

export interface Report {
  /** Undefined where it could not be read. */
  event?: Event;
  /** Undefined where one of them is wrong. */
  inputs?: Inputs;
  /** Which nais-etl did the work. */
  cli?: string;
  /** The steps that were to be taken. */
  steps: StepName[];
  /** Asked for, and not done on this event. */
  leftOut: StepName[];
  /** Of those that were taken; the last may have failed. */
  results: StepResult[];
  /** Of the workflow itself. */
  warnings: Problem[];
  /** What failed and why, and what to do. */
  failure?: string;
}

export interface StepResult {
  step: StepName;
  passed: boolean;
  /** What came out, or why nothing did. */
  sentence: string;
  /** What to do about it. */
  hint?: string;
  seconds: number;
  /** With files as the repository names them. */
  problems: Problem[];
  tests?: TestResult[];
  pipelines?: PipelineResult[];
  manifests?: Manifest[];
  image?: PushedImage;
  plans?: PlanPart[];
  deployment?: DeployResult;
  runs?: RunOutcome[];
}

export type RunOutcome = DeployResult["runs"][number];

/** What of a plan is read: of another version, parts may be missing. */
export type PlanPart = Pick<Plan, "pipeline"> & Partial<Plan>;

export interface TestResult {
  name: string;
  model: string;
  /** From the top of the repository. */
  file: string;
  line: number;
  passed: boolean;
  message: string;
  /** The rows that differ, as a table. */
  diff: string[];
}

export interface PipelineResult {
  name: string;
  schedule?: Schedule;
}

export interface Schedule {
  cron: string;
  timeZone: string;
  words: string;
  nextRuns: { utc: string; local: string }[];
}

export interface Manifest {
  /** Absolute. */
  file: string;
  /** From the top of the workspace. */
  path: string;
  text: string;
}

export interface PushedImage {
  /** `name:tag@sha256:…`. */
  name: string;
  digest: string;
  /** What is fetched, in bytes; undefined where the registry does not say it. */
  bytes?: number;
  /** Path of the list of what is in it, from the top of the workspace. */
  sbom?: string;
  /** Where a person finds it; undefined where that is not known. */
  url?: string;
}
