/** What each step is given, and what it tells. */
import type { Call } from "./call.ts";
import type { Inputs } from "./inputs.ts";
import type { Places } from "./places.ts";
import type { StepResult } from "./report.ts";
import type { Runner } from "./runner.ts";

export interface Work {
  inputs: Inputs;
  runner: Runner;
  places: Places;
  call: Call;
}

export type StepOutcome = Omit<StepResult, "step" | "seconds">;
export type Step = (work: Work) => Promise<StepOutcome>;
