/** What a statement is translated in, made from a job's configuration. */
import type { State } from "../state.ts";
import type { Context } from "./scope.ts";
import type { Typed } from "./typed.ts";

interface Parts {
  project: string;
  principal: string;
  /** Where tables must lie; anywhere, where it is undefined. */
  location: string | undefined;
  defaultDataset?: { project: string; dataset: string };
  parameters?: Map<string, Typed>;
  now?: Date;
}

export function makeContext(state: State, { parameters = new Map(), now = new Date(), ...parts }: Parts): Context {
  let count = 0;
  return {
    ...parts,
    state,
    parameters,
    now,
    with: new Map(),
    reads: new Map(),
    isTrusted: false,
    depth: 0,
    fresh: (prefix) => `${prefix}${(count += 1)}`,
  };
}
