/**
 * What tests tell a running server and ask it, besides what Google's clients do. In one process these are function
 * calls; a server in a process of its own takes the same names and JSON at `/_control/`.
 */
import { notFound } from "./api-error.ts";
import { ensureDataset, getTable, type Table } from "./catalog/catalog.ts";
import { parseName } from "./catalog/name.ts";
import { matches } from "./fault.ts";
import type { Fault, Grant, ReplayTable, RequestMatch, SeenRequest, Violation } from "./options.ts";
import { runDirectly } from "./sql/direct.ts";
import type { State } from "./state.ts";
import { makeReplay } from "./storage/replay.ts";

/** Everything gives a promise, so that tests read the same for a server in another process. */
export interface Control {
  /** The requests that came so far, or those that match. */
  requests(match?: RequestMatch): Promise<SeenRequest[]>;
  /** Forgets the requests that came so far. Their numbers go on. */
  clearRequests(): Promise<void>;
  /** Where clients or the server went against Google's description of the API. A test expects none. */
  violations(): Promise<Violation[]>;
  /** Arms a fault. @returns its number, for {@link Control.hits} */
  fault(fault: Fault): Promise<number>;
  /** How many requests a fault has hit so far; all faults together, where no number is given. */
  hits(fault?: number): Promise<number>;
  /** Disarms all faults, and lets go what they hold. */
  clearFaults(): Promise<void>;
  /** How many requests are held by `hold` and `hold-after`. */
  held(): Promise<number>;
  /** Lets them go. */
  release(): Promise<void>;
  /** Other grants from now on; undefined: everyone may do everything. */
  setGrants(grants: Grant[] | undefined): Promise<void>;
  /** Other tokens from now on: an old one is expired. */
  setTokens(tokens: Record<string, string> | undefined): Promise<void>;
  /**
   * Runs GoogleSQL past requests, faults, grants and jobs: to fill tables and to look into them.
   * @returns the rows of the last query, each an object of the texts that the REST API has for a value
   */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Makes a dataset, which may be there already. @param name `dataset` or `project.dataset` */
  dataset(name: string, location?: string): Promise<void>;
  /** Lets a table seem to be of another kind, such as EXTERNAL, which nobody can make here. */
  setKind(table: string, kind: "TABLE" | "EXTERNAL" | "MATERIALIZED_VIEW" | "SNAPSHOT"): Promise<void>;
  /** Makes a table of which prebuilt Arrow batches are sent again and again. */
  replay(table: ReplayTable): Promise<void>;
}

type Controls = { [name in keyof Control]: (state: State, ...args: any[]) => unknown };

const controls: Controls = {
  requests: ({ requests }, match: RequestMatch = {}) => requests.filter((it) => matches(match, it)),
  clearRequests: (state) => void state.requests.splice(0),
  violations: ({ violations }) => violations,
  fault: ({ faults }, fault: Fault) => faults.add(fault),
  hits: ({ faults }, fault?: number) => faults.hits(fault ?? undefined),
  clearFaults: ({ faults }) => faults.clear(),
  held: ({ faults }) => faults.waiting(),
  release: ({ faults }) => faults.release(),
  setGrants: ({ options }, grants?: Grant[]) => setOption(options, "grants", grants),
  setTokens: ({ options }, tokens?: Record<string, string>) => setOption(options, "tokens", tokens),
  sql: (state, text: string) => runDirectly(state, text),
  dataset: (state, name: string, location?: string) => void ensureDataset(state, name, location),
  setKind: (state, table: string, kind: Table["kind"]) =>
    void (getTable(state.catalog, parseName(table, state.options.project)).kind = kind),
  replay: (state, table: ReplayTable) => makeReplay(state, table),
};

export async function control(state: State, name: string, args: unknown[]): Promise<unknown> {
  const found = controls[name as keyof Control] as Controls[keyof Control] | undefined;
  if (!found) throw notFound(`control ${name}`);
  return (await found(state, ...args)) ?? null;
}

/** The control of a server, given how it is called. */
export function makeControl(call: (name: string, args: unknown[]) => Promise<unknown>): Control {
  const entries = Object.keys(controls).map((name) => [name, (...args: unknown[]) => call(name, args)]);
  return Object.fromEntries(entries) as Control;
}

function setOption(options: Record<string, any>, name: string, value: unknown): void {
  if (value === undefined || value === null) delete options[name];
  else options[name] = value;
}
