/** What is asked of where jobs run: nais' own API and kubectl both answer it. */
import { EtlError, type EtlErrorOptions } from "../../util/error.ts";

/** There is no such job: it was never deployed there, or is gone. */
export class NoJob extends EtlError {
  constructor(options: Omit<EtlErrorOptions, "code">) {
    super({ ...options, code: "failed" });
  }
}

/** Over are `succeeded`, `failed`, and `gone`: deleted, by someone or because its time to live is over. */
export type RunPhase = "pending" | "running" | "succeeded" | "failed" | "unknown" | "gone";

export interface JobPlatform {
  /** How a person calls it: `kubectl` or `nais`. */
  readonly name: string;
  /** With these, a command asks about the same job in the same cluster: `--pipeline orders --target prod-gcp`. */
  readonly flags?: (job: string) => readonly string[];
  /** @throws {NoJob} */
  job(name: string): Promise<JobState>;
  /** Starts a run of a job that is deployed. @throws {EtlError} `failed`, saying which permission is missing */
  trigger(wanted: Trigger): Promise<StartedRun>;
  runState(run: StartedRun): Promise<RunState>;
  /** Ends where no more lines will come, or the signal is aborted. No line comes twice, however often the connection breaks. */
  log(run: StartedRun, options: LogOptions): AsyncIterable<LogLine>;
  /** Whether asking again may help. */
  mayPass(error: unknown): boolean;
}

export interface Trigger {
  job: string;
  /** A DNS label of at most 63 characters: {@link import("./run-name.ts").nameRun}. */
  runName: string;
  /** Variables of this run alone, over those of the manifest. */
  env?: Readonly<Record<string, string>>;
  /** Says what it would do, and does nothing. */
  dryRun?: boolean;
}

export interface StartedRun {
  job: string;
  name: string;
}

export interface JobState {
  name: string;
  schedule: { cron: string; timeZone: string } | undefined;
  /** Its schedule does not fire. */
  isSuspended: boolean;
  image: string | undefined;
  /** What the platform says is wrong with it. */
  problems: string[];
  /** Newest first. */
  runs: RunState[];
}

export interface RunState {
  name: string;
  phase: RunPhase;
  trigger: "schedule" | "manual" | undefined;
  /** ISO, in UTC. */
  created: string | undefined;
  started: string | undefined;
  ended: string | undefined;
  image: string | undefined;
  /** Why it failed, in the platform's words. */
  message: string | undefined;
  /** Oldest first; those whose pods are there still. */
  attempts: Attempt[];
  /** How many tries it has; undefined where the platform does not say. */
  mostAttempts: number | undefined;
  /** What keeps it from going on, or has made it fail. */
  troubles: Trouble[];
}

/** A pod of a run, or a restart of its container. */
export interface Attempt {
  pod: string;
  phase: "pending" | "running" | "succeeded" | "failed" | "unknown";
  started: string | undefined;
  ended: string | undefined;
  /** Of the job's own container. */
  exitCode: number | undefined;
}

export interface Trouble {
  what: string;
  cure: string;
}

export interface LogOptions {
  signal: AbortSignal;
  /** Goes on until the run is over; else ends with what is there. */
  follow: boolean;
  /** Only this one, counted from 1. */
  attempt?: number | undefined;
}

export interface LogLine {
  /** RFC 3339, as exact as the platform has it. */
  time: string | undefined;
  pod: string;
  text: string;
}

export function isOver(phase: RunPhase): boolean {
  return phase === "succeeded" || phase === "failed" || phase === "gone";
}
