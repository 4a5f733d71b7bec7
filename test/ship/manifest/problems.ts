import { fragmentProblems } from "../../../src/ship/manifest/check.ts";
import type { Problem } from "../../../src/util/error.ts";

/** Problems of a part of a Naisjob's spec, without places. */
export function schemaProblemsOf(spec: unknown): Problem[] {
  return fragmentProblems(spec, () => ({ file: "naisjob.yaml" }));
}
