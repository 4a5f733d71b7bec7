/** A test that is ready to run: nothing about its file or its values is left to complain of. */
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { ModelNode } from "../transform/graph.ts";
import type { ProgramValues } from "../transform/program/program.ts";
import type { Bound } from "./bind-models.ts";
import type { Diff } from "./diff.ts";
import type { ExpectedRows } from "./expected.ts";
import type { GivenRelation } from "./given.ts";
import type { WantedChecks } from "./wanted-checks.ts";

export interface PlannedTest {
  test: DeclaredTest;
  /** Models to compute, each after what it reads; the tested one is the last. */
  models: ModelNode[];
  given: GivenRelation[];
  bound: Bound;
  /** Puts values in place of `$name`. */
  bind: (sql: string) => string;
  /** What programs see in their place. */
  values: ProgramValues;
  /** What the clock shows; undefined where it goes on. */
  frozen: Date | undefined;
  /** What `freshness` counts from. */
  reference: Date;
  expectation: Expectation;
}

export type Expectation =
  | ({ kind: "rows"; ordered: boolean } & ExpectedRows)
  | ({ kind: "fails" } & WantedChecks)
  | { kind: "error"; text: string }
  | { kind: "count"; count: number };

/** What was wrong; nothing, where the test passed. */
export interface Outcome {
  message?: string;
  diff?: Diff;
}
