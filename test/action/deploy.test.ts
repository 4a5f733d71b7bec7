import { afterEach, beforeEach, expect, test } from "vitest";
import { startDeployServer, type DeployServer } from "../servers/deploy/start.ts";
import { startOidcServer, type OidcServer } from "../servers/github-oidc.ts";
import { ownCli, pushed, startJob, type Job } from "./drive.ts";

// A deploy of an image that an earlier job has pushed. From tests to a run that fails: test/e2e/action.test.ts.

let tokens: OidcServer;
let platform: DeployServer;
let job: Job;

const image = `europe-north1-docker.pkg.dev/p/nais-analyse/apps:1@sha256:${"0a".repeat(32)}`;

beforeEach(async () => {
  tokens = await startOidcServer({ repository: "team/pipelines" });
  platform = await startDeployServer({ tokens, world: { repositories: { "nais-analyse": ["team/pipelines"] } } });
  job = await startJob({
    "pipeline.yaml": [
      "name: apps",
      "team: nais-analyse",
      "schedule: { cron: 30 7 * * * }",
      "sources: { apps: { type: bigquery, table: p.d.apps, columns: { name: STRING }, sample: apps.csv } }",
      "outputs: { names: { type: bigquery, table: apps.names } }",
      "",
    ].join("\n"),
    "models/names.sql": "SELECT name FROM apps\n",
    "apps.csv": "name\na\n",
    "naisjob.yaml": [
      "apiVersion: nais.io/v1",
      "kind: Naisjob",
      "metadata: { name: own, namespace: nais-analyse, labels: { team: nais-analyse } }",
      'spec: { image: "{{image}}", schedule: "{{cron}}", timeZone: Europe/Oslo }',
      "",
    ].join("\n"),
  });
});
afterEach(async () => {
  platform.stop();
  await Promise.all([tokens.stop(), job.remove()]);
});

function deploy(inputs: Record<string, string>) {
  const given = { cli: ownCli, environment: "prod-gcp", image, "deploy-server": platform.address, ...inputs };
  return job.drive({ event: "push", payload: pushed, inputs: given, env: tokens.env });
}

test("the rendered manifest names the image, the commit and this attempt", async () => {
  const { status, outputs, log } = await deploy({ steps: "render validate deploy wait" });
  expect(status, log).toBe(0);
  const [job] = platform.deployed()[0]!;
  expect(job!.spec).toMatchObject({ image, schedule: "30 7 * * *" });
  expect(job!.spec.env).toEqual(
    expect.arrayContaining([
      { name: "NAIS_ETL_REVISION", value: "1a2b3c4d5e6f708192a3b4c5d6e7f80910111213" },
      { name: "NAIS_ETL_DEPLOYMENT", value: "99-1" },
    ]),
  );
  expect(outputs["deployment"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(outputs).not.toHaveProperty("run");
});

test("a team's own manifest is filled in, validated and sent as it is", async () => {
  const own = { steps: "validate deploy", resource: "naisjob.yaml", var: "cron=30 6 * * *" };
  const { status, summary, log } = await deploy(own);
  expect(status, log).toBe(0);
  expect(platform.deployed()[0]!.map(({ spec }) => spec)).toEqual([
    { image, schedule: "30 6 * * *", timeZone: "Europe/Oslo" },
  ]);
  expect(summary).toContain("<td>Naisjob/own</td><td>complete</td>");
});

test("one that the platform would refuse is sent nowhere", async () => {
  const own = { steps: "validate deploy", resource: "naisjob.yaml", var: "cron=30 45 * * *" };
  const { status, annotations, summary } = await deploy(own);
  expect(status).toBe(1);
  expect(annotations[0]).toMatchObject({ name: "error", properties: { file: "naisjob.yaml", line: "4" } });
  expect(summary).toContain("<td>deploy</td><td>– not taken</td>");
  expect(platform.calls).toEqual([]);
});

test("what the cluster says of a resource stands in the summary, and ends the job", async () => {
  platform.world.failing["Naisjob/apps"] = "no such time zone";
  const { status, annotations, summary } = await deploy({ steps: "render deploy wait" });
  expect(status).toBe(1);
  expect(annotations.at(-1)!.text).toMatch(/^deploy failed: [\s\S]*no such time zone/);
  expect(summary).toMatch(/<td>Naisjob\/apps<\/td><td>failed<\/td><td>[^<]*no such time zone/);
  expect(summary).toContain("<td>wait</td><td>– not taken</td>");
});
