/** Options of the commands that ask about a deployed job, and start its runs. */
import type { Command } from "commander";
import type { Context } from "../util/context.ts";
import { command, keyValue, wholeNumber, type To } from "./command.ts";

function jobCommand(program: Command, texts: Parameters<typeof command>[1]): Command {
  return command(program, texts)
    .option("--target <name>", "the cluster, such as prod-gcp")
    .option("--with <name>", "nais, its API, or kubectl; by default nais where there is a token for it")
    .option("--context <name>", "with kubectl: the cluster's name in kubeconfig, by default the target's")
    .option("--team <name>", "the namespace; by default the pipeline's team")
    .option("--job <name>", "the job; by default the pipeline's name");
}

export function addDeployedCommands(program: Command, to: To, context: Context): void {
  jobCommand(program, {
    usage: "trigger",
    description: "start a run of the deployed job, and with --wait follow it to its end",
    example: "nais-etl trigger --target prod-gcp --interval 2022-01-20 --wait",
  })
    .option("--wait", "follow it: its state and log, until it is over; exit code 4 where it fails")
    .option("--timeout <duration>", "with --wait: how long, 2h; the run itself goes on")
    .option("--interval <label>", "with kubectl: 2022-01-20, 2022-01-20T07 or 2022-01")
    .option("--param <name=value>", "with kubectl: a parameter; may be repeated", keyValue)
    .option("--allow-schema-change", "with kubectl: let a destination lose or retype columns, this once")
    .option("--name <name>", "the run's name; by default the job's, and the time")
    .option("--dry-run", "print what would be done")
    .option("--json", "print the run, or with --wait what came of it, as JSON")
    .action(to(async (options) => (await import("../commands/trigger.ts")).trigger(options, context)));
  jobCommand(program, {
    usage: "status",
    description: "show the deployed job: its schedule, its next and its last runs",
    example: "nais-etl status --target prod-gcp",
  })
    .option("--limit <runs>", "how many of its last runs; 10 by default", wholeNumber)
    .option("--json", "print it as JSON")
    .action(to(async (options) => (await import("../commands/status.ts")).status(options, context)));
  jobCommand(program, {
    usage: "logs",
    description: "print the log of a run, by default the last",
    example: "nais-etl logs --target prod-gcp --follow",
  })
    .option("--run <name>", "this run, as `status` names it")
    .option("--follow", "go on until the run is over")
    .option("--attempt <number>", "only this attempt, from 1", wholeNumber)
    .option("--json", "print time, pod and text of each line as JSON")
    .action(to(async (options) => (await import("../commands/logs.ts")).logs(options, context)));
  jobCommand(program, {
    usage: "cleanup",
    description: "list what the pipeline has deployed, and with --yes delete it; no data",
    example: "nais-etl cleanup --target dev-gcp",
  })
    .option("--yes", "delete what is listed")
    .option("--datasets", "let data go, too, that the platform deletes with the job")
    .option("--json", "print it as JSON")
    .action(to(async (options) => (await import("../commands/cleanup.ts")).cleanup(options, context)));
}
