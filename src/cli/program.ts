/** What can be typed: each command's options, and the module that carries it out. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { BackfillCommandOptions } from "../commands/backfill.ts";
import type { ImportOptions } from "../commands/import.ts";
import type { RollbackCommandOptions } from "../commands/rollback.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { version } from "../util/version.ts";

type Options = Record<string, unknown>;

export interface Program {
  /** @returns the exit code */
  run(args: string[]): Promise<number>;
}

export function createProgram(context: Context): Program {
  const program = new Command("nais-etl")
    .description("Tested, nightly data pipelines on nais from one pipeline.yaml")
    .version(version(), "-V, --version", "print the version")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nStart:  nais-etl init my-pipeline && cd my-pipeline && nais-etl test && nais-etl run\nExit codes: 0 done, 1 failed, 2 wrong usage or invalid file, 3 a test or check failed, 4 deploy failed, 5 locked, 130/143 stopped",
    );
  let exitCode = 0;
  const to =
    (act: (options: Options, args: string[]) => Promise<number | void>) =>
    async (...received: unknown[]) => {
      const command = received.at(-1) as Command;
      exitCode =
        (await act(
          command.optsWithGlobals(),
          command.processedArgs.flat().filter((arg) => arg !== undefined) as string[],
        )) ?? 0;
    };
  addDevelopCommands(program, to, context);
  addShipCommands(program, to, context);
  addOperateCommands(program, to, context);
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => context.print(text.trimEnd()), writeErr: () => undefined })
      .showHelpAfterError(false);
  return {
    async run(args) {
      if (args.length === 0) {
        program.outputHelp();
        return 2;
      }
      await program.parseAsync(args, { from: "user" }).catch(usageError);
      return exitCode;
    },
  };
}

/** Commander's way of ending: help and version are no errors; the rest is wrong usage. */
function usageError(error: unknown): void {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return;
  const [message = "", ...hints] = error.message.replace(/^error: /, "").split("\n");
  throw new EtlError({
    code: "usage",
    message,
    hint: [
      ...hints.map((hint) => hint.replace(/^\(|\)$/g, "")),
      "See nais-etl --help, or nais-etl COMMAND --help.",
    ].join("\n"),
  });
}

type To = (
  act: (options: Options, args: string[]) => Promise<number | void>,
) => (...received: unknown[]) => Promise<void>;

function command(
  program: Command,
  { usage, description, example }: { usage: string; description: string; example: string },
): Command {
  return program
    .command(usage)
    .description(description)
    .option("-C, --dir <folder>", "the pipeline's folder; by default this one")
    .option("--pipeline <name>", "which pipeline, where there are several")
    .option("--debug", "show stack traces")
    .option("--verbose", "show more")
    .addHelpText("after", `\nExample:\n  ${example}`);
}

const collect = (value: string, previous: string[] = []) => [
  ...previous,
  ...value.split(",").map((part) => part.trim()),
];

/** As it is: commas have a meaning of their own there. */
const repeat = (value: string, previous: string[] = []) => [...previous, value];

function keyValue(value: string, previous: Record<string, string> = {}): Record<string, string> {
  const [key = "", ...rest] = value.split("=");
  if (rest.length === 0 || key === "") throw new InvalidArgumentError("Write it as name=value.");
  return { ...previous, [key]: rest.join("=") };
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It is not a whole number.");
  return Number(value);
}

function addDevelopCommands(program: Command, to: To, context: Context): void {
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
    .option("--workflow", "only the workflow and .gitignore, for a pipeline that is there")
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
  command(program, {
    usage: "doctor",
    description: "say what is well and what is not, of the repository and of all that a run needs",
    example: "nais-etl doctor --target prod-gcp",
  })
    .option("--target <name>", "local, or a cluster's name")
    .option("--json", "print the findings as JSON")
    .action(to(async (options) => (await import("../commands/doctor.ts")).doctor(options, context)));
}

function addOperateCommands(program: Command, to: To, context: Context): void {
  command(program, {
    usage: "backfill",
    description: "run the intervals that are missing, each on its own",
    example: "nais-etl backfill --from 2022-01-01 --to 2022-02-01 --target prod-gcp",
  })
    .requiredOption("--from <interval>", "the first: 2022-01-20, 2022-01-20T07 or 2022-01")
    .option("--to <interval>", "the first that is left out; by default up to the last that is complete")
    .option("--target <name>", "local, or a cluster's name")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--rerun", "those that are published already, too")
    .option("--max-failures <count>", "leave the rest after so many that failed; 3 by default", wholeNumber)
    .option("--wait-lock <duration>", "wait so long for another run of this pipeline; 1h by default")
    .option("--allow-schema-change", "let a destination lose or retype columns")
    .option("--dry-run", "say which intervals would run, and run none")
    .option("--json", "print what became of each interval as JSON")
    .action(
      to(async (options) =>
        (await import("../commands/backfill.ts")).backfill(options as unknown as BackfillCommandOptions, context),
      ),
    );
  command(program, {
    usage: "plan",
    description: "say what a change would do: to columns, rows, costs and manifests; nothing is changed by it",
    example: "nais-etl plan --target prod-gcp --against main",
  })
    .option("--target <name>", "a cluster's name, or local; by default the file itself")
    .option("--against <commit>", "compare with it; by default where this branch left the default branch")
    .option("--interval <label>", "2022-01-20, 2022-01-20T07 or 2022-01")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--markdown", "print it as Markdown, for a comment")
    .option("--json", "print it as JSON")
    .action(to(async (options) => (await import("../commands/plan.ts")).plan(options, context)));
  command(program, {
    usage: "rollback <outputs...>",
    description: "bring tables back to how a run left them, or to a time",
    example: "nais-etl rollback apps_per_env --to 2022-01-19 --target prod-gcp",
  })
    .option(
      "--to <run>",
      "a run's id, or a time: 2022-01-20, 2022-01-20T07:30, or 90m ago; without it, they are listed",
    )
    .option("--target <name>", "local, or a cluster's name")
    .option("--param <name=value>", "a parameter; may be repeated", keyValue)
    .option("--wait-lock <duration>", "wait for another run of this pipeline: 10m")
    .option("--yes", "do it without asking")
    .option("--dry-run", "show what would be brought back, and change nothing")
    .option("--json", "print it as JSON")
    .action(
      to(async (options, outputs) =>
        (await import("../commands/rollback.ts")).rollback(
          { ...(options as unknown as RollbackCommandOptions), outputs },
          context,
        ),
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
}

function addShipCommands(program: Command, to: To, context: Context): void {
  command(program, {
    usage: "validate [files...]",
    description: "find what is wrong, before anyone else does",
    example: "nais-etl validate",
  })
    .option("--target <name>", "check this target; by default all")
    .option("--var <name=value>", "a variable of the manifests' templates; may be repeated", collect)
    .option("--vars-file <file>", "a YAML file of such variables")
    .option("--profile <name>", "of Dockerfiles: nais, or airflow for KNADA's Airflow")
    .option("--format <name>", "text, or github for annotations")
    .option("--json", "print the problems as JSON")
    .action(
      to(async (options, files) => (await import("../commands/validate.ts")).validate({ ...options, files }, context)),
    );
  command(program, {
    usage: "explain [files...]",
    description: "say what the cluster will make of a pipeline or a manifest",
    example: "nais-etl explain",
  })
    .option("--target <name>", "this cluster's part of targets:")
    .option("--image <reference>", "the image; by default the variable {{image}}")
    .option("--var <name=value>", "a variable of the manifests' templates; may be repeated", collect)
    .option("--vars-file <file>", "a YAML file of such variables")
    .option("--json", "print it as JSON")
    .action(
      to(async (options, files) => (await import("../commands/explain.ts")).explain({ ...options, files }, context)),
    );
  command(program, {
    usage: "render",
    description: "print the manifests, or write them with -o",
    example: "nais-etl render -o .nais/",
  })
    .option("--target <name>", "naisjob, or a cluster's name of targets:")
    .option("-o, --output <folder>", "write them to this folder")
    .option("--image <reference>", "the image; by default the variable {{image}}")
    .option("--json", "print them as JSON")
    .option("--revision <sha>", "the commit that is deployed; by default the variable {{revision}}")
    .option("--deployment <name>", "what no two deploys share, so that the platform acts on each")
    .action(to(async (options) => (await import("../commands/render.ts")).render(renderOptions(options), context)));
  command(program, {
    usage: "build",
    description: "build the pipeline's image, and push it with --push",
    example: "nais-etl build --registry gar --push",
  })
    .option("--image <address>", "where it belongs, without a tag: ghcr.io/owner/name")
    .option("--registry <name>", "gar, ghcr, or a host with a path")
    .option("--project <id>", "with gar: the platform's project; by default NAIS_MANAGEMENT_PROJECT_ID")
    .option("--tag <tag>", "its version; may be repeated; by default the minute and the commit", repeat)
    .option("--dockerfile <file>", "by default the Dockerfile in the folder, else one is generated")
    .option("--context <folder>", "the folder that is built; by default the repository's")
    .option("--base <image>", "what a generated Dockerfile begins with; by default the runtime image of this version")
    .option("--build-arg <name=value>", "an ARG of the Dockerfile; may be repeated", keyValue)
    .option("--secret <id=name>", "a secret of the build, from a variable or a file; may be repeated", repeat)
    .option("--stage <name>", "the stage of the Dockerfile to stop at")
    .option("--platform <name>", "by default linux/amd64, as the clusters are")
    .option("--cache-from <place>", "where layers may be taken from; may be repeated", repeat)
    .option("--cache-to <place>", "where layers are kept; may be repeated", repeat)
    .option("--pull", "fetch the base anew")
    .option("--builder <name>", "docker buildx, docker, buildah or podman; by default the first that is here")
    .option("--check", "run it as its pod would, on the samples: read-only, user 1069, no network, the pod's memory")
    .option("--push", "push it, and ask the registry whether it has it")
    .option("--sbom [file]", "write what the image holds, as CycloneDX; by default to sbom.cdx.json")
    .option("--sign [how]", "sign what was pushed, and the list of --sbom, with a key; or keyless, in a public log")
    .option("--sign-key <key>", "cosign's key: a file, env://NAME or an address; by default COSIGN_KEY")
    .option("--dry-run", "print what would be built")
    .option("--json", "print the image and its digest as JSON")
    .option("--list", "print what was built here, and with --registry what is there; nothing is built")
    .action(
      to(async ({ list, ...options }) =>
        list
          ? (await import("../commands/list-images.ts")).listImages(buildOptions(options), context)
          : (await import("../commands/build.ts")).build(buildOptions(options), context),
      ),
    );
  addRunCommands(program, to, context);
  command(program, {
    usage: "deploy",
    description: "send the manifests to a cluster, and wait for what becomes of them",
    example: "nais-etl deploy --target prod-gcp --image europe-north1-docker.pkg.dev/PROJECT/TEAM/NAME:1@sha256:…",
  })
    .option("--target <name>", "the cluster, and its part of targets:")
    .option("--image <reference>", "the image, as the build printed it")
    .option("--resource <file>", "a manifest of your own, instead of the pipeline's; may be repeated", collect)
    .option("--var <name=value>", "a variable of the manifests' templates; may be repeated", collect)
    .option("--vars-file <file>", "a YAML file of such variables")
    .option(
      "--wait <how>",
      "rollout, until the cluster has acted on it; run, for a run of each job, too; or none",
      "rollout",
    )
    .option("--timeout <duration>", "how long to wait for the cluster", "10m")
    .option("--run-timeout <duration>", "how long to wait for a run; by default to its end")
    .option("--with <way>", "nais, nais-api (the HTTP API to come) or kubectl", "nais")
    .option("--team <name>", "who deploys; by default the resources' own team")
    .option("--repository <owner/name>", "by default this one")
    .option("--revision <sha>", "the commit; by default this one")
    .option("--trigger-url <address>", "the page that tells of this deploy; by default the workflow's run")
    .option("--server <host:port>", "the deploy service; by default the organisation's")
    .option("--console <address>", "Nais Console, for nais-api; by default the organisation's")
    .option("--allow-ghcr", "let nais try an image of ghcr.io")
    .option("--context <name>", "with kubectl: the cluster, as kubeconfig calls it")
    .option("--namespace <name>", "with kubectl: by default the resources' own")
    .option("--force-conflicts", "with kubectl: take over fields that somebody else has set")
    .option("--dry-run", "print what would be sent")
    .option("--json", "print what became of it as JSON")
    .action(to(async (options) => (await import("../commands/deploy.ts")).deploy(options, context)));
  command(program, {
    usage: "schema [model]",
    description: "print the columns in another format",
    example: "nais-etl schema apps_per_env --format bigquery",
  })
    .option("--types", "write models/types.d.ts: what TypeScript models read and make")
    .option("--format <name>", "bigquery, duckdb, postgres, cql, json-schema, typescript, odcs, markdown, pipeline")
    .option("--target <name>", "local, or a cluster's name of targets:")
    .option("-o, --output <folder>", "write to this folder")
    .action(
      to(async (options, [model]) => (await import("../commands/schema.ts")).schema({ ...options, model }, context)),
    );
}

/** Which job, in which cluster, and by what it is asked. */
function jobCommand(program: Command, texts: Parameters<typeof command>[1]): Command {
  return command(program, texts)
    .option("--target <name>", "the cluster, such as prod-gcp")
    .option("--with <name>", "nais, its API, or kubectl; by default nais where there is a token for it")
    .option("--context <name>", "with kubectl: the cluster's name in kubeconfig, by default the target's")
    .option("--team <name>", "the namespace; by default the pipeline's team")
    .option("--job <name>", "the job; by default the pipeline's name");
}

function addRunCommands(program: Command, to: To, context: Context): void {
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

function buildOptions({ tag, stage, ...options }: Options): Options {
  return { ...options, tags: tag, target: stage };
}

const renderTargets = ["naisjob", "kubernetes", "argo", "airflow"];

/** `--target` is a kind of manifest (naisjob, argo …) or, as everywhere, a part of `targets:`. */
function renderOptions({ target, ...options }: Options): Options {
  return renderTargets.includes(String(target))
    ? { ...options, renderTarget: target }
    : { ...options, ...(target !== undefined && { target }) };
}
