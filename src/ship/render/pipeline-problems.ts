/** What would go wrong with a pipeline's own Naisjob on the platform, told at its place in pipeline.yaml. */
import type { Path } from "../../spec/document.ts";
import { lastComplete } from "../../spec/interval.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { timeZoneOf, timesAfter } from "../../spec/next-scheduled.ts";
import type { Problem } from "../../util/error.ts";
import { itemsAt, numberAt, textAt } from "../manifest/rule.ts";
import { ruleProblems } from "../manifest/rules.ts";
import { renderNaisjob, type RenderNaisjobOptions } from "./naisjob.ts";

/** @throws {EtlError} `invalid`, where it cannot be rendered at all */
export function pipelineProblems(options: Omit<RenderNaisjobOptions, "image" | "revision"> & { now: Date }): Problem[] {
  const { pipeline, now } = options;
  const { manifest } = renderNaisjob(options);
  const where = (path: Path, key?: string) => pipeline.where(...sourceOf(path, key));
  const document = { value: manifest, where, commentOf: () => undefined };
  const found = ruleProblems({ document, kind: "Naisjob" });
  return [
    ...found,
    ...parallelProblems(pipeline),
    ...intervalProblems(pipeline, now),
    ...lostFiles(pipeline),
    ...unnamedSecrets(pipeline),
  ];
}

/** Where a part of the manifest comes from. */
function sourceOf([part, field, ...rest]: Path, key?: string): [Path, string?] {
  if (part === "metadata") return field === "name" ? [["name"]] : [["team"]];
  if (field === "schedule") return [["schedule", "cron"]];
  if (field === "timeZone") return [["schedule", "timeZone"]];
  return [field === undefined ? ["nais"] : ["nais", field, ...rest], key];
}

/** Two pods of one run would take each other for a restart, and steal each other's lock. */
function parallelProblems({ spec, where }: LoadedPipeline): Problem[] {
  return ["parallelism", "completions"].flatMap((key) => {
    const value = numberAt(spec.nais, key);
    if (value === undefined || value <= 1) return [];
    const hint = "Remove it: the pipeline uses all that its one pod has. For more at once, make several pipelines.";
    const message = `\`nais.${key}\` is ${value}: the pods of one run would work on the same tables`;
    return [{ severity: "error", rule: "parallel-run", message, hint, where: where(["nais", key]) }];
  });
}

/** KNADA sets KNADA_TEAM_SECRET; nais does not. */
function unnamedSecrets({ spec, where }: LoadedPipeline): Problem[] {
  const isSet = itemsAt(spec.nais, "env").some(({ item }) => textAt(item, "name") === "KNADA_TEAM_SECRET");
  return Object.entries(spec.secrets ?? {}).flatMap(([name, secret]): Problem[] => {
    if (isSet || secret.from !== "google-secret-manager" || secret.name !== undefined) return [];
    return [
      {
        severity: "warning",
        rule: "secret-team",
        message: `\`secrets.${name}\` has no \`name\`, and on nais KNADA_TEAM_SECRET, which would say it, is not set`,
        hint: "Write `name: my-secret`, or set KNADA_TEAM_SECRET under `nais: { env: … }`.",
        where: where(["secrets", name]),
      },
    ];
  });
}

/** In a pod, only /tmp can be written to, and it goes with the pod; a disk that outlives it is mounted where `nais.filesFrom` says. */
function lostFiles({ spec, where }: LoadedPipeline): Problem[] {
  const disks = itemsAt(spec.nais, "filesFrom")
    .filter(({ item }) => textAt(item, "persistentVolumeClaim") !== undefined)
    .map(({ item }) => textAt(item, "mountPath") ?? "/");
  const isKept = (path: string) => disks.some((disk) => path.startsWith(disk) || path.startsWith("${"));
  return Object.entries(spec.outputs ?? {}).flatMap(([name, output]): Problem[] => {
    if (output.type !== "file" || isKept(output.path)) return [];
    return [
      {
        severity: "warning",
        rule: "file-in-pod",
        message: `\`outputs.${name}\` writes a file in the pod, where only /tmp can be written to, and nothing outlives the run`,
        hint: "Publish to a table or a bucket; a file for the laptop goes under targets: { local: { outputs: … } }.",
        where: where(["outputs", name, "path"]),
      },
    ];
  });
}

/** As many scheduled times as show whether an interval is left out: a year of days, six weeks of hours. */
const timesLookedAt = 1000;

const hour = 3_600_000;

/** From an interval's beginning into the next one, whatever its length. */
const justOver = { hour, day: 26 * hour, month: 32 * 24 * hour };

const nightHint =
  "Schedule a run for every day. The night when clocks go forward has no time from 02:00 to 03:00: choose another hour.";

/** Each run is for the last complete interval: where two runs lie further apart, the ones between are nobody's. */
function intervalProblems({ spec, where }: LoadedPipeline, now: Date): Problem[] {
  const { schedule, interval } = spec;
  if (!schedule || !interval) return [];
  const timeZone = timeZoneOf(spec);
  let seen = 0;
  let previous: Date | undefined;
  for (const time of timesAfter(now, spec)) {
    const { start, end, label } = lastComplete(time, interval.every, timeZone);
    if (previous && start > previous) {
      const missing = lastComplete(
        new Date(previous.getTime() + justOver[interval.every]),
        interval.every,
        timeZone,
      ).label;
      const message = `\`interval: ${interval.every}\` and \`${schedule.cron}\` do not meet: no run is for ${missing}, the next one is for ${label}`;
      const isNight = interval.every === "day" && start.getTime() - previous.getTime() < 2 * justOver.day;
      const hint = isNight ? nightHint : "Schedule a run for every interval, or choose a longer one.";
      return [{ severity: "warning", rule: "interval-schedule", message, hint, where: where(["interval"]) }];
    }
    previous = end;
    if (++seen >= timesLookedAt) break;
  }
  return [];
}
