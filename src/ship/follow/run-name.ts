/** What a run that is triggered is called. */
import { EtlError } from "../../util/error.ts";

/**
 * A pod's name is its Job's and six characters, in at most 63: by a longer name the pod could not know which Job it belongs to.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-name
 */
const longest = 57;

/** `apps-per-env-manual-20261121224501`, in UTC: a DNS label, whatever the job is called. No minute of a schedule is read from it. */
export function nameRun(job: string, now: Date): string {
  const time = now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const end = `-manual-${time}`;
  const label = job
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .slice(0, longest - end.length)
    .replaceAll(/^-+|-+$/g, "");
  return `${label || "job"}${end}`;
}

/** @throws {EtlError} `usage` where the cluster would not take it as the name of a Job of which pods are made */
export function assertRunName(name: string): void {
  if (name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return;
  throw new EtlError({
    code: "usage",
    message: `\`${name}\` cannot be the name of a run`,
    hint: "Small letters, digits and dashes, at most 63.",
  });
}
