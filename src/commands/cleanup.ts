/** `nais-etl cleanup`: what a pipeline has deployed is listed, and with --yes deleted; data only where that is said, too. */
import { chooseKubectl } from "../ship/follow/choose-platform.ts";
import { deployedThings, type Thing } from "../ship/follow/kubectl/deployed-things.ts";
import type { Kubectl } from "../ship/kubectl.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { nameJob, type DeployedJobOptions } from "./deployed-job.ts";

export interface CleanupOptions extends DeployedJobOptions {
  yes?: boolean | undefined;
  /** Lets data go that the platform deletes with the job. */
  datasets?: boolean | undefined;
  json?: boolean | undefined;
}

export async function cleanup(options: CleanupOptions, context: Context): Promise<void> {
  if (options.with === "nais")
    throw new EtlError({
      code: "usage",
      message: "--with nais: nais' API does not say what was deployed",
      hint: "Use kubectl: `nais kubeconfig` sets it up.",
    });
  const { name, team, target } = await nameJob(options, context);
  const kubectl = await chooseKubectl({ team, target, kubeContext: options.context }, context);
  const { things, left } = await deployedThings(kubectl, name);
  const { yes = false, datasets = false, json = false } = options;
  const data = things.flatMap((thing) => thing.data);
  if (!json) print({ things, left, name, team, isDone: yes }, context);
  tellData({ data, kept: things.flatMap((thing) => thing.kept), datasets }, context);
  if (yes && data.length > 0 && !datasets) throw dataLost(name, data);
  if (yes)
    for (const { kind, name: one, isOwned } of things)
      if (!isOwned) await remove({ kubectl, kind, name: one }, context);
  if (json) context.print(JSON.stringify({ job: name, team, target, deleted: yes, things, left }, undefined, 2));
  else if (!yes && things.length > 0)
    context.log.info("\nNothing was deleted. To delete it: the same command with --yes");
}

interface Print {
  things: Thing[];
  left: Thing[];
  name: string;
  team: string;
  isDone: boolean;
}

function print({ things, left, name, team, isDone }: Print, context: Context): void {
  if (things.length === 0) context.print(`nothing of ${name} is deployed in ${team}`);
  else context.print([`${isDone ? "deleting" : "would delete"} in ${team}:`, ...things.map(lineOf)].join("\n"));
  if (left.length > 0)
    context.print(
      ["\nnot deployed by nais-etl: left", ...left.map(({ kind, name: one }) => `  ${kind}/${one}`)].join("\n"),
    );
}

function lineOf({ kind, name, note, isOwned }: Thing): string {
  const notes = [...(isOwned ? ["goes with the job"] : []), ...(note === undefined ? [] : [note])];
  return `  ${kind}/${name}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

interface Data {
  data: string[];
  kept: string[];
  datasets: boolean;
}

function tellData({ data, kept, datasets }: Data, { log }: Context): void {
  if (data.length > 0 && datasets)
    log.problem({
      severity: "warning",
      message: `with the job, the platform deletes ${data.join(", ")}, and all that is in it: cascadingDelete`,
    });
  if (kept.length > 0)
    log.info(
      `${kept.join(", ")}: stays, without cascadingDelete, unless it is empty: the platform deletes an empty one with its job.${datasets ? "\nTo delete it with all its tables: bq rm -r -d PROJECT:DATASET" : ""}`,
    );
}

function dataLost(name: string, data: readonly string[]): EtlError {
  return new EtlError({
    code: "failed",
    message: `with ${name}, the platform would delete ${data.join(", ")} and all data in it: nothing was deleted`,
    hint: "It was deployed with `cascadingDelete: true`. To keep the data: deploy without it first. To lose it: --datasets.",
  });
}

interface Remove {
  kubectl: Kubectl;
  kind: string;
  name: string;
}

/** It waits until it is gone, so that the platform does not make anew what belongs to it. */
async function remove({ kubectl, kind, name }: Remove, context: Context): Promise<void> {
  const args = ["delete", `${kind}/${name}`, "--ignore-not-found", "--timeout=5m"];
  context.log.info(kubectl.inWords(args));
  await context.effect("cleanup.delete", () => kubectl.run(args));
}
