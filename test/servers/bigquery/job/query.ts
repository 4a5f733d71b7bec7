import { notHere } from "../api-error.ts";
import type { NewJob } from "../methods/jobs.ts";
import type { State } from "../state.ts";
import type { Job } from "./job.ts";
type Json = Record<string, any>;
export const queryLocation = (state: State, _query: Json, _project: string): string => state.options.location;
export async function dryRun(_parts: NewJob, _configuration: Json): Promise<Json> {
  throw notHere("SQL yet");
}
export async function prepareQuery(_state: State, _job: Job): Promise<() => Promise<void>> {
  throw notHere("SQL yet");
}
