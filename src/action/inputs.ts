/** What the workflow asks for. Defaults stand in action.yml alone. */
import { resolve } from "node:path";
import * as core from "@actions/core";
import { chosen, duration, fileIn, folderIn, listed, pairs, secret, yesOrNo } from "./input-values.ts";
import type { Runner } from "./runner.ts";
import { readSteps, type StepName } from "./step-names.ts";
import { refuseUnknown } from "./unknown-inputs.ts";

const waits = ["rollout", "run", "none"] as const;
const signs = ["", "keyless", "key"] as const;
const ways = ["nais", "nais-api", "kubectl"] as const;

export interface Inputs {
  /** Absolute path of the folder of the pipeline, or of several. */
  folder: string;
  pipeline: string | undefined;
  team: string | undefined;
  environment: string | undefined;
  /** Undefined where the event decides. */
  steps: StepName[] | undefined;
  comment: boolean;
  deploy: DeployInputs;
  image: ImageInputs;
  build: BuildInputs;
  cli: string | undefined;
  token: string | undefined;
}

export interface ImageInputs {
  registry: string;
  /** Whole address; with a version where it is built already. */
  address: string | undefined;
  tags: string[];
  suffix: string | undefined;
  user: string | undefined;
  password: string | undefined;
  allowGhcr: boolean;
}

export interface DeployInputs {
  wait: (typeof waits)[number];
  /** `10m`. */
  timeout: string;
  runTimeout: string | undefined;
  with: (typeof ways)[number];
  server: string | undefined;
  key: string | undefined;
  apiToken: string | undefined;
  /** A team's own manifests, absolute. */
  resource: string[];
  var: string[];
  varsFile: string | undefined;
}

/** Paths are absolute. */
export interface BuildInputs {
  dockerfile: string | undefined;
  context: string | undefined;
  base: string | undefined;
  buildArg: Record<string, string>;
  secret: string[];
  target: string | undefined;
  platform: string;
  builder: string | undefined;
  cacheFrom: string[];
  cacheTo: string[];
  /** Whether the image is run as its pod would before it is pushed. */
  check: boolean;
  sbom: string | undefined;
  sign: Exclude<(typeof signs)[number], ""> | undefined;
}

/** @throws {EtlError} `usage`, naming the input. */
export async function readInputs(runner: Runner): Promise<Inputs> {
  const inputs = {
    pipeline: optional(input("pipeline")),
    team: optional(input("team")),
    environment: optional(input("environment")),
    steps: readSteps(input("steps")),
    comment: yesOrNo("comment", input("comment")),
    deploy: readDeploy(runner),
    image: readImage(),
    cli: optional(input("cli")),
    token: optional(secret(input("github-token"))),
    build: readBuild(runner),
  };
  const folder = input("working-directory");
  refuseUnknown(runner.env, [...asked]);
  return { ...inputs, folder: await folderIn(runner.workspace, "working-directory", folder) };
}

/** All inputs that there are: whatever else the workflow gives is unknown. */
const asked = new Set<string>();

function input(name: string): string {
  asked.add(name);
  return core.getInput(name);
}

function readImage(): ImageInputs {
  return {
    registry: input("registry"),
    address: optional(input("image")),
    tags: listed(input("tag"), /[\s,]+/),
    suffix: optional(input("suffix")),
    user: optional(input("registry-user")),
    password: optional(secret(input("registry-password"))),
    allowGhcr: yesOrNo("allow-ghcr", input("allow-ghcr")),
  };
}

function readDeploy({ workspace }: Runner): DeployInputs {
  return {
    wait: chosen("wait", input("wait"), waits),
    timeout: duration("timeout", input("timeout")),
    runTimeout: optionalDuration("run-timeout", input("run-timeout")),
    with: chosen("deploy-with", input("deploy-with"), ways),
    server: optional(input("deploy-server")),
    key: optional(secret(input("deploy-key"))),
    apiToken: optional(secret(input("nais-api-token"))),
    resource: listed(input("resource"), /[\n,]/).map((file) => resolve(workspace, file)),
    var: listed(input("var"), /[\n,]/),
    varsFile: fileIn(workspace, input("vars-file")),
  };
}

function readBuild({ workspace }: Runner): BuildInputs {
  return {
    dockerfile: fileIn(workspace, input("dockerfile")),
    context: fileIn(workspace, input("context")),
    base: optional(input("base")),
    buildArg: pairs("build-args", input("build-args")),
    secret: listed(input("build-secrets"), /\n/),
    target: optional(input("stage")),
    platform: input("platform"),
    builder: optional(input("builder")),
    cacheFrom: listed(input("cache-from"), /\n/),
    cacheTo: listed(input("cache-to"), /\n/),
    check: yesOrNo("check", input("check")),
    sbom: fileIn(workspace, input("sbom")),
    sign: chosen("sign", input("sign"), signs) || undefined,
  };
}

function optionalDuration(name: string, text: string): string | undefined {
  return text === "" ? undefined : duration(name, text);
}

function optional(text: string): string | undefined {
  return text === "" ? undefined : text;
}
