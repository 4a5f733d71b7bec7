/** Options of the commands that bring a pipeline into a cluster. */
import type { Command } from "commander";
import type { Context } from "../util/context.ts";
import { collect, command, keyValue, repeat, type Options, type To } from "./command.ts";

export function addShipCommands(program: Command, to: To, context: Context): void {
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
    .action(to(async (options) => (await import("../commands/deploy-checked.ts")).deployChecked(options, context)));
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
