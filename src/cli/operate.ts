/** Options of the commands that look after what is published, and say what is well. */
import type { Command } from "commander";
import type { Context } from "../util/context.ts";
import { collect, command, keyValue, wholeNumber, type To } from "./command.ts";

export function addOperateCommands(program: Command, to: To, context: Context): void {
  command(program, {
    usage: "backfill",
    description: "run the intervals that are missing, each on its own",
    example: "nais-etl backfill --from 2022-01-01 --to 2022-01-31 --target prod-gcp",
  })
    .option("--from <interval>", "the first: 2022-01-20, 2022-01-20T07 or 2022-01; by default the first ever published")
    .option("--to <interval>", "the last, which is run, too; by default the last whose scheduled run has been due")
    .option("--target <name>", "local, or a cluster's name")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--rerun", "those that are published already, too")
    .option(
      "--parallel <count>",
      "work on so many at a time, 16 at most; they publish in order. 1 by default",
      wholeNumber,
    )
    .option("--max-failures <count>", "leave the rest after so many that failed; 3 by default", wholeNumber)
    .option("--wait-lock <duration>", "wait so long for another run or backfill of this pipeline; 1h by default")
    .option("--allow-schema-change", "let a destination lose or retype columns")
    .option("--dry-run", "say which intervals would run, and run none")
    .option("--json", "print what became of each interval as JSON")
    .action(to(async (options) => (await import("../commands/backfill.ts")).backfill(options, context)));
  command(program, {
    usage: "plan",
    description: "say what a change would do: to columns, rows, costs and manifests; nothing is changed by it",
    example: "nais-etl plan --target prod-gcp --against main",
  })
    .option("--target <name>", "a cluster's name, or local; by default the file itself")
    .option("--against <commit>", "compare with it; by default where this branch left the default branch")
    .option("--interval <label>", "2022-01-20, 2022-01-20T07 or 2022-01")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--resource <file>", "a manifest of your own that is deployed as it is; may be repeated", collect)
    .option("--var <name=value>", "a variable of its template; may be repeated", collect)
    .option("--vars-file <file>", "a YAML file of such variables")
    .option("--markdown", "print it as Markdown, for a comment")
    .option("--json", "print it as JSON")
    .action(to(async (options) => (await import("../commands/plan.ts")).plan(options, context)));
  command(program, {
    usage: "rollback [outputs...]",
    description: "bring tables back to how a run left them, or to a time",
    example: "nais-etl rollback apps_per_env --to 2022-01-19 --target prod-gcp",
  })
    .option(
      "--to <run>",
      "a run's id, or a time: 2022-01-20, 2022-01-20T07:30, or 90m ago; without it, those that there are are listed",
    )
    .option("--target <name>", "local, or a cluster's name")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--wait-lock <duration>", "wait for another run of this pipeline: 10m")
    .option("--yes", "do it without asking")
    .option("--dry-run", "show what would be brought back, and change nothing")
    .option("--json", "print it as JSON")
    .action(
      to(async (options, outputs) =>
        (await import("../commands/rollback.ts")).rollback({ ...options, outputs }, context),
      ),
    );
  command(program, {
    usage: "why [run]",
    description: "say why a run failed, by default the last, and the command that mends it",
    example: "nais-etl why --target prod-gcp",
  })
    .option("--target <name>", "local, or a cluster's name: its runs are read where it publishes")
    .option("--markdown", "print it as Markdown")
    .option("--json", "print it as JSON")
    .action(
      to(async (options, [run]) =>
        (await import("../commands/why.ts")).why({ ...options, ...(run !== undefined && { run }) }, context),
      ),
    );
  command(program, {
    usage: "report [run]",
    description: "open the report of a run, by default the last, or print it",
    example: "nais-etl report 2022-01-20 --target prod-gcp --markdown",
  })
    .option("--target <name>", "local, or a cluster's name: its runs are read where it publishes")
    .option("--markdown", "print it as Markdown, with counts alone")
    .option("-o, --output <file>", "write it to this file")
    .option("--json", "print the run record")
    .action(
      to(async (options, [run]) =>
        (await import("../commands/report.ts")).report({ ...options, ...(run !== undefined && { run }) }, context),
      ),
    );
  command(program, {
    usage: "doctor",
    description: "say what is well and what is not, of the repository and of all that a run needs",
    example: "nais-etl doctor --target prod-gcp",
  })
    .option("--target <name>", "local, or a cluster's name")
    .option("--json", "print the findings as JSON")
    .action(to(async (options) => (await import("../commands/doctor.ts")).doctor(options, context)));
}
