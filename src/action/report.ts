/** How it went: what the log, the annotations, the outputs and the summary are made from. */
import type { Problem } from "../util/error.ts";
import type { Event } from "./event.ts";
import type { StepName } from "./inputs.ts";

export interface Report {
  event: Event;
  /** Which nais-etl did the work. */
  cli?: string;
  /** The steps that were asked for. */
  steps: StepName[];
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
  seconds: number;
  /** With files as the repository names them. */
  problems: Problem[];
  tests?: TestResult[];
  pipelines?: PipelineResult[];
  manifests?: Manifest[];
}

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
  /** From the top of the workspace. */
  path: string;
  text: string;
}
