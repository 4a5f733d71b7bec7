/** What became of a deploy. Failing looks like succeeding, with problems besides. */
import type { Problem } from "../../util/error.ts";

/** Whoever sent it, the platform's deploy client would have ended with this number. */
export const platformCodes = {
  success: 0,
  failure: 1,
  error: 2,
  inactive: 3,
  noDeployment: 4,
  unavailable: 5,
  invocation: 6,
  internal: 7,
  template: 8,
  timeout: 9,
} as const;
export type PlatformCode = (typeof platformCodes)[keyof typeof platformCodes];

export interface DeployOutcome {
  passed: boolean;
  code: PlatformCode;
  /** How the deploy ended: a state of the platform's; `applied` where nobody waited; `unchanged`, or `timeout`. */
  state: string;
  /** In a sentence. */
  message: string;
  /** The platform's name for it; undefined where there is none. */
  id?: string;
  /** In the order in which they came. */
  statuses: DeployStatus[];
  resources: ResourceOutcome[];
  /** Why it failed, and what to look at where it did not. */
  problems: Problem[];
}

export interface DeployStatus {
  /** ISO 8601, where the platform says when. */
  time?: string;
  state: string;
  message: string;
}

/** `unsent` where it was not taken; then as far as it came. */
export type ResourceState = "unsent" | "sent" | "applied" | "synchronized" | "complete" | "unchanged" | "failed";

export interface ResourceOutcome {
  /** `Naisjob/apps-per-env`. */
  resource: string;
  state: ResourceState;
  /** What went wrong with it, each once. */
  errors: string[];
}
