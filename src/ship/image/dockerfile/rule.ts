/** What a rule for Dockerfiles is: something that builds, and surprises in the pod. */
import type { Problem } from "../../../util/error.ts";
import type { Dockerfile, Line } from "./read.ts";

/** Where the image is to run: as a Naisjob, or as a task of KNADA's Airflow. */
export type Profile = "nais" | "airflow";
export const profiles = ["nais", "airflow"] as const satisfies readonly Profile[];

export interface DockerfileRule {
  /** Stable: it stands in output, in `nais-etl-ignore` comments, and is the name of its page in docs/rules/. */
  name: string;
  severity: Problem["severity"];
  /** One line. */
  title: string;
  why: string;
  cure: string;
  /** A Dockerfile that shows it, and one that does not. */
  bad: string;
  good: string;
  /** Both where it is not said. */
  profile?: Profile;
  check: (dockerfile: Dockerfile, situation: Situation) => Iterable<Finding>;
}

export interface Situation {
  profile: Profile;
  now: Date;
  /** What local runs write below the folder that is built, and that no list leaves out; none where that is not known. */
  written?: readonly string[];
  /** Whether it is the image that a pipeline runs in, and its Naisjob says no other command. */
  isPipeline?: boolean;
}

export interface Finding {
  line: Line;
  /** The word of the line that is meant. */
  word?: string;
  message: string;
  /** Instead of the rule's cure. */
  hint?: string;
  severity?: Problem["severity"];
}
