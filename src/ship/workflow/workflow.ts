/**
 * The GitHub workflow of a pipeline: pull requests are tested, the default branch is deployed.
 * A text behind ` # ` in a value becomes a comment.
 */
import { pins } from "./pins.ts";

export interface WorkflowFor {
  /** Of the workflow; its concurrency groups begin with it. */
  name: string;
  /** From the top of the repository; `.` where that is the pipeline's own. */
  folder: string;
  /** The file's own path, from the top of the repository. */
  file: string;
  /** Where the folder holds several in `pipelines/`: each is deployed by itself. */
  pipelines: readonly string[];
  /** Clusters, each deployed to when the one before it went well. */
  environments: readonly string[];
  /** What the models need: `npm ci`, `pip install`. */
  packages: { npm: boolean; pip: boolean };
  /** `owner/nais-etl@commit # version` */
  action: string;
}

type Job = Record<string, unknown>;
type Jobs = [name: string, job: Job][];

const isDefaultBranch = "format('refs/heads/{0}', github.event.repository.default_branch)";
/** Waiting for a rollout has a limit of its own, which is shorter. */
const minutes = { test: 15, build: 30, deploy: 60 };
const identity = "write # to log in to the registry and to deploy, without a secret";

export function makeWorkflow(of: WorkflowFor): Record<string, unknown> {
  const paths = of.folder === "." ? {} : { paths: [`${of.folder}/**`, of.file] };
  return {
    name: of.name,
    on: {
      pull_request: of.folder === "." ? null : paths,
      push: { branches: ["main", "master"], ...paths },
      workflow_dispatch: null,
    },
    permissions: {},
    jobs: Object.fromEntries([["test", testJob(of)], ...releaseJobs(of)]),
  };
}

/** Pull requests, and other branches when started by hand. A newer commit makes an older one's tests needless. */
function testJob(of: WorkflowFor): Job {
  return {
    if: `github.ref != ${isDefaultBranch}`,
    "runs-on": "ubuntu-24.04",
    "timeout-minutes": minutes.test,
    permissions: { contents: "read", "pull-requests": "write # for one comment, kept up to date" },
    concurrency: { group: `${of.name}-test-\${{ github.ref }}`, "cancel-in-progress": true },
    steps: stepsOf({ ...of, history: true }, { environment: of.environments.at(-1)!, steps: "test validate plan" }),
  };
}

/** One pipeline in one environment takes all steps in one job. Else the image is built once, and it is that one which is deployed. */
function releaseJobs(of: WorkflowFor): Jobs {
  const [first] = of.environments;
  if (of.environments.length === 1 && of.pipelines.length < 2) return [deployJob(of, first!, {})];
  const inputs = { image: "${{ needs.build.outputs.image }}", steps: "render validate deploy wait" };
  const deploys = of.environments.map((environment, i) => {
    const before = of.environments[i - 1];
    const needs = before === undefined ? "build" : ["build", jobName(before)];
    return deployJob(of, environment, { inputs, needs });
  });
  return [["build", buildJob(of)], ...deploys];
}

function buildJob(of: WorkflowFor): Job {
  return {
    if: `github.ref == ${isDefaultBranch}`,
    "runs-on": "ubuntu-24.04",
    "timeout-minutes": minutes.build,
    permissions: { contents: "read", "id-token": "write # to log in to the registry, without a secret" },
    outputs: { image: "${{ steps.pipeline.outputs.image }}" },
    steps: stepsOf(of, { steps: "test build push" }, { id: "pipeline" }),
  };
}

interface Deploy {
  inputs?: Record<string, string>;
  needs?: string | string[];
}

/** Two never run at once, and none is cut off: a deploy that has begun is finished. */
function deployJob(of: WorkflowFor, environment: string, { inputs, needs }: Deploy): [string, Job] {
  const isOne = of.pipelines.length < 2;
  const pipeline = "${{ matrix.pipeline }}";
  const job = {
    if: `github.ref == ${isDefaultBranch}`,
    ...(needs !== undefined && { needs }),
    "runs-on": "ubuntu-24.04",
    "timeout-minutes": minutes.deploy,
    permissions: { contents: "read", "id-token": identity },
    ...(!isOne && { strategy: { "fail-fast": false, matrix: { pipeline: [...of.pipelines] } } }),
    concurrency: { group: [of.name, ...(isOne ? [] : [pipeline]), environment].join("-"), "cancel-in-progress": false },
    steps: stepsOf(of, { environment, ...(!isOne && { pipeline }), ...inputs }),
  };
  return [jobName(environment), job];
}

function jobName(environment: string): string {
  return `deploy-${environment}`;
}

interface StepsFor extends WorkflowFor {
  /** All commits, and not the newest alone. */
  history?: boolean;
}

function stepsOf(of: StepsFor, inputs: Record<string, string>, own: Job = {}): Job[] {
  const { folder, packages, action, history } = of;
  const inFolder = folder === "." ? {} : { "working-directory": folder };
  const depth = history && { "fetch-depth": "0 # all commits: `plan` compares with the default branch" };
  return [
    { uses: pins.checkout, with: { ...depth, "persist-credentials": false } },
    ...(packages.npm
      ? [
          { uses: pins.setupNode, with: { "node-version": 24, "package-manager-cache": false } },
          { run: "npm ci", ...inFolder },
        ]
      : []),
    ...(packages.pip
      ? [
          { uses: pins.setupPython, with: { "python-version": "3.13" } },
          { run: "python -m pip install -r requirements.txt", ...inFolder },
        ]
      : []),
    { ...own, uses: action, with: { ...inFolder, ...inputs } },
  ];
}
