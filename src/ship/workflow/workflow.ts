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

const isDefaultBranch = "format('refs/heads/{0}', github.event.repository.default_branch)";
/** Waiting for a rollout has a limit of its own, which is shorter. */
const minutes = { test: 15, deploy: 60 };

export function makeWorkflow(of: WorkflowFor): Record<string, unknown> {
  const paths = of.folder === "." ? {} : { paths: [`${of.folder}/**`, of.file] };
  const deploys = of.environments.map((environment, i) => deployJob(of, environment, of.environments[i - 1]));
  return {
    name: of.name,
    on: {
      pull_request: of.folder === "." ? null : paths,
      push: { branches: ["main", "master"], ...paths },
      workflow_dispatch: null,
    },
    permissions: {},
    jobs: Object.fromEntries([["test", testJob(of)], ...deploys]),
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
    steps: stepsOf(of, { environment: of.environments.at(-1)! }),
  };
}

/** Two never run at once, and none is cut off: a deploy that has begun is finished. */
function deployJob(of: WorkflowFor, environment: string, before: string | undefined): [string, Job] {
  const isOne = of.pipelines.length < 2;
  const pipeline = "${{ matrix.pipeline }}";
  const job = {
    if: `github.ref == ${isDefaultBranch}`,
    ...(before !== undefined && { needs: jobName(before) }),
    "runs-on": "ubuntu-24.04",
    "timeout-minutes": minutes.deploy,
    permissions: { contents: "read", "id-token": "write # to log in to the registry and to deploy, without a secret" },
    ...(!isOne && { strategy: { "fail-fast": false, matrix: { pipeline: [...of.pipelines] } } }),
    concurrency: { group: [of.name, ...(isOne ? [] : [pipeline]), environment].join("-"), "cancel-in-progress": false },
    steps: stepsOf(of, { environment, ...(!isOne && { pipeline }) }),
  };
  return [jobName(environment), job];
}

function jobName(environment: string): string {
  return `deploy-${environment}`;
}

function stepsOf({ folder, packages, action }: WorkflowFor, inputs: Record<string, string>): Job[] {
  const inFolder = folder === "." ? {} : { "working-directory": folder };
  return [
    { uses: pins.checkout, with: { "persist-credentials": false } },
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
    { uses: action, with: { ...inFolder, ...inputs } },
  ];
}
