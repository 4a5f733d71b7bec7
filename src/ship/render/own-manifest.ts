/** A team's own Naisjob, where the pipeline that it runs is at hand: whether it opens what the pipeline needs. */
import { stringify } from "yaml";
import { egressEntries, egressOf } from "../../spec/egress.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Problem } from "../../util/error.ts";
import type { Resource } from "../manifest/lint.ts";
import { fieldsAt, textAt } from "../manifest/rule.ts";
import { closedEndpoints, rulesFor } from "./access.ts";

/** What a host that only the run knows is, the pipeline's own problems say. */
export function egressMissing(job: Resource, pipeline: LoadedPipeline): Problem[] {
  const spec = fieldsAt(job.value, "spec") ?? {};
  const { endpoints } = egressOf(pipeline.spec, pipeline.where);
  const closed = closedEndpoints(endpoints, spec, textAt(job.value, "metadata", "namespace") ?? "");
  if (closed.length === 0) return [];
  const names = closed.flatMap(egressEntries).join(", ");
  const { rules, external } = rulesFor(closed);
  const outbound = { ...(rules.length > 0 && { rules }), ...(external.length > 0 && { external }) };
  return [
    {
      severity: "error",
      rule: "egress-missing",
      message: `${pipeline.shownFile} needs ${names}, which this Naisjob does not open`,
      hint: `Add it:\n${stringify({ accessPolicy: { outbound } }).trimEnd()}`,
      where: job.where(placeOf(spec)),
    },
  ];
}

/** The nearest part that is there. */
function placeOf(spec: object): string[] {
  if (fieldsAt(spec, "accessPolicy", "outbound")) return ["spec", "accessPolicy", "outbound"];
  return fieldsAt(spec, "accessPolicy") ? ["spec", "accessPolicy"] : ["spec"];
}
