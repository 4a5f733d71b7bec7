/** What each step is given, and what it tells. */
import type { MadeImage } from "../commands/build.ts";
import type { SentDeploy } from "../commands/deploy.ts";
import type { Call } from "./call.ts";
import type { Inputs } from "./inputs.ts";
import type { Places } from "./places.ts";
import type { Manifest, StepResult } from "./report.ts";
import type { Runner } from "./runner.ts";
import type { StepName } from "./step-names.ts";

export interface Work {
  inputs: Inputs;
  steps: readonly StepName[];
  runner: Runner;
  places: Places;
  call: Call;
  made: Made;
}

/** What steps leave for those after them. */
export interface Made {
  image?: MadeImage;
  /** The reference that manifests are to name. */
  imageName?: string;
  manifests?: Manifest[];
  sent?: SentDeploy;
}

export type StepOutcome = Omit<StepResult, "step" | "seconds">;
export type Step = (work: Work) => Promise<StepOutcome>;
