/** Options of the commands with which a pipeline is written, tested and run. */
import type { Command } from "commander";
import type { ImportOptions } from "../commands/import.ts";
import type { Context } from "../util/context.ts";
import { collect, command, keyValue, wholeNumber, type To } from "./command.ts";

export function addDevelopCommands(program: Command, to: To, context: Context): void {
  command(program, {
    usage: "init [folder]",
    description: "write a new pipeline that runs, with its tests and its GitHub workflow",
    example: "nais-etl init apps-per-env --environment dev-gcp,prod-gcp",
  })
    .option("--template <name>", "sql, typescript, python or weather", "sql")
    .option("--name <name>", "the pipeline's name; by default the folder's")
    .option(
      "--environment <names>",
      "clusters that the workflow deploys to; by default those of targets:, or prod-gcp",
      collect,
    )
    .option("--action <reference>", "the Action that it runs: OWNER/nais-etl@COMMIT")
    .option("--workflow", "only the workflow, .gitignore and .dockerignore, for a pipeline that is there")
    .action(
      to(async (options, [folder]) =>
        (await import("../commands/init.ts")).init({ ...options, ...(folder && { dir: folder }) }, context),
      ),
    );
  command(program, {
    usage: "import",
    description: "write a pipeline from an existing Naisjob and Python script",
    example: "nais-etl import --naisjob .nais/naisjob.yaml --script main.py -o apps-per-env",
  })
    .requiredOption("--script <file>", "the Python script")
    .option("--naisjob <file>", "its manifest")
    .option("--requirements <file>", "its requirements.txt")
    .option("--dockerfile <file>", "its Dockerfile")
    .option("--workflow <file>", "the GitHub workflow that deploys it")
    .option("-o, --output <folder>", "write to this folder; by default this one")
    .option("--dry-run", "print what would be written, and write nothing")
    .option("--json", "print files and what is left to do as JSON")
    .action(
      to(async (options) =>
        (await import("../commands/import.ts")).importPipeline(options as unknown as ImportOptions, context),
      ),
    );
  command(program, {
    usage: "run",
    description: "run the pipeline; on a laptop on samples, into a local warehouse",
    example: "nais-etl run --interval 2022-01-20 --param line=102",
  })
    .option("--target <name>", "local, or a cluster's name")
    .option("--interval <label>", "2022-01-20, 2022-01-20T07 or 2022-01")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--select <models>", "only these models and what they read", collect)
    .option("--limit <rows>", "read at most so many rows of each source", wholeNumber)
    .option("--force", "publish also what is published already")
    .option("--rerun", "load this interval again")
    .option("--wait-lock <duration>", "wait for another run of this pipeline: 10m")
    .option("--allow-schema-change", "let a destination lose or retype columns")
    .option("--json", "print the run record")
    .action(to(async (options) => (await import("../commands/run.ts")).run(options, context)));
  command(program, {
    usage: "test",
    description: "test the transformations: given rows, expected rows",
    example: "nais-etl test --select apps_per_env",
  })
    .option("--select <names>", "only tests of these models, or with this in their name", collect)
    .option("--new <model>", "write a first test of a model, from the samples")
    .option("--param <name=value>", "with --new: a parameter; may be repeated", keyValue)
    .option("--watch", "go on: after each change, run the tests that it concerns")
    .option("--mutate", "change each query in many small ways, and list what no test notices")
    .option("--min-score <percent>", "exit 3 when fewer mutants are killed; implies --mutate", wholeNumber)
    .option("--junit <file>", "write the results as JUnit XML, too")
    .option("--json", "print the results as JSON")
    .action(to(async (options) => (await import("../commands/test.ts")).test(options, context)));
  command(program, {
    usage: "show <model>",
    description: "run up to a model and show its first rows",
    example: "nais-etl show apps_per_env --limit 5",
  })
    .option("--where <condition>", "only rows for which this SQL condition holds")
    .option("--limit <rows>", "how many rows", wholeNumber)
    .option("--interval <label>", "2022-01-20, 2022-01-20T07 or 2022-01")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--json", "print rows as JSON")
    .action(
      to(async (options, [model]) =>
        (await import("../commands/show.ts")).show({ ...options, model: model! }, context),
      ),
    );
  command(program, {
    usage: "query <sql>",
    description: "ask the local warehouse",
    example: 'nais-etl query "FROM apps_aggregated.apps_per_env"',
  })
    .option("--json", "print rows as JSON")
    .action(
      to(async (options, [sql]) => (await import("../commands/query.ts")).query({ ...options, sql: sql! }, context)),
    );
  command(program, {
    usage: "sample [sources...]",
    description: "write samples of sources from the real thing, for local runs",
    example: "nais-etl sample apps --target prod-gcp --interval 2022-01-20",
  })
    .option("--target <name>", "a cluster's name of targets:; by default the file itself")
    .option("--rows <count>", "rows of each source, at most; 100 by default", wholeNumber)
    .option("--key <column>", "the column that rows of several sources belong together by")
    .option("--interval <label>", "2022-01-20, 2022-01-20T07 or 2022-01")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--force", "write over samples that are there")
    .option("--json", "print what was written as JSON")
    .action(
      to(async (options, sources) => (await import("../commands/sample.ts")).sample({ ...options, sources }, context)),
    );
}
