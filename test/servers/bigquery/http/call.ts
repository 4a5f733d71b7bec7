/** One request of the REST API on its way through the server. */
import type { Fault, SeenRequest } from "../options.ts";
import type { State } from "../state.ts";

export interface Call {
  state: State;
  /** `tables.insert` and the like, as Google's discovery document names them. */
  method: string;
  /** Parts of the path: projectId, datasetId, tableId, jobId. */
  path: Record<string, string>;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
  principal: string;
  seen: SeenRequest;
  /** File with what came beside the JSON. */
  media?: string;
  /** A fault that is the job's and not the request's. */
  jobFault?: Fault;
}

/** What a handler gives back: a JSON body, or nothing (204). */
export type Handler = (call: Call) => Promise<unknown>;

/** A boolean among the parameters. Python writes `True`. */
export const isTrue = (query: URLSearchParams, name: string) => query.get(name)?.toLowerCase() === "true";

/** An int64 or a count among the parameters. */
export function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : Number(text);
}
