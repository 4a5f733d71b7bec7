import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { render } from "../../src/commands/render.ts";
import { carryOutDeploy, deploy } from "../../src/commands/deploy.ts";
import { deployChecked } from "../../src/commands/deploy-checked.ts";
import type { DeployOptions } from "../../src/commands/deploy-plan.ts";
import type { Context } from "../../src/util/context.ts";
import { EtlError } from "../../src/util/error.ts";
import { startDeployServer, type DeployServer } from "../servers/deploy/start.ts";
import { startNaisApi } from "../servers/nais-api/server.ts";
import { startOidcServer, type OidcServer } from "../servers/github-oidc.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
let server: DeployServer;
let tokens: OidcServer;
beforeEach(async () => {
  tokens = await startOidcServer({ repository: "navikt/trial" });
  server = await startDeployServer({ tokens });
});
afterEach(async () => {
  server.stop();
  await tokens.stop();
  await folder.remove();
});

const pipeline = `name: orders
team: my-team
schedule: { cron: "0 6 * * *" }
targets: { dev-gcp: { schedule: null } }
`;
const image = `europe-north1-docker.pkg.dev/nais-management-1234/my-team/orders:1@sha256:${"a".repeat(64)}`;

/** As in a job of a workflow; the clock goes. */
function context(env: Record<string, string> = {}): Context {
  const workflow = {
    GITHUB_ACTIONS: "true",
    GITHUB_REPOSITORY: "navikt/trial",
    GITHUB_SHA: "abc123",
    GITHUB_RUN_ID: "77",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_ACTOR: "kari",
    DEPLOY_SERVER: server.address,
    // Nobody answers there: what cannot be asked is done without.
    NAIS_ETL_API: "http://127.0.0.1:9",
    ...tokens.env,
  };
  return { ...folder.context, env: { ...workflow, ...env }, now: () => new Date() };
}

const intervals = { retry: 20, reopen: 40, grace: 120 };
const usual: DeployOptions = { target: "prod-gcp", image, intervals, timeout: "20s" };

describe("a pipeline", () => {
  test("is rendered, sent, and followed until the cluster has acted on it", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    await deploy({ ...usual, json: true }, context({ TENANT_NAME: "nav" }));
    expect(JSON.parse(folder.printed.join(""))).toMatchObject({
      passed: true,
      links: {
        workflow: "https://github.com/navikt/trial/actions/runs/77",
        workloads: [
          {
            resource: "Naisjob/orders",
            url: "https://console.nav.cloud.nais.io/team/my-team/prod-gcp/job/orders",
          },
        ],
      },
      target: "prod-gcp",
      team: "my-team",
      with: "nais",
      repository: "navikt/trial",
      revision: "abc123",
      image,
      deployment: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown, code: 0, state: "success" },
      resources: [
        { resource: "Naisjob/orders", state: "complete", errors: [] },
        { resource: "PrometheusRule/orders", state: "complete", errors: [] },
      ],
    });
    const [job] = server.deployed()[0]!;
    expect(job!["spec"]).toMatchObject({
      image,
      schedule: "0 6 * * *",
      env: [
        { name: "NAIS_ETL_REVISION", value: "abc123" },
        { name: "NAIS_ETL_DEPLOYMENT", value: "77-1" },
      ],
    });
    expect(server.calls[0]!.request["triggerUrl"]).toBe("https://github.com/navikt/trial/actions/runs/77");
  });

  test("rolls with every run of a workflow, and every attempt of one", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    await deploy(usual, context());
    await deploy(usual, context({ GITHUB_RUN_ATTEMPT: "2" }));
    expect(folder.printed).toEqual([
      "deployed Naisjob/orders, PrometheusRule/orders in prod-gcp, team my-team",
      "deployed Naisjob/orders, PrometheusRule/orders in prod-gcp, team my-team",
    ]);
  });

  test("takes the part of targets: that bears the cluster's name", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    await deploy({ ...usual, target: "dev-gcp", wait: "none" }, context());
    expect(server.deployed()[0]![0]!["spec"].schedule).toBeUndefined();
  });

  test("without an image, or a cluster, is not sent", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    expect(await problemsOf(() => deploy({ target: "dev-gcp" }, context()))).toMatchObject([
      { hint: expect.stringContaining("nais-etl build --push") as unknown },
    ]);
    expect(await problemsOf(() => deploy({ image }, context()))).toMatchObject([
      { hint: expect.stringContaining("--target dev-gcp") as unknown },
    ]);
    expect(server.calls).toEqual([]);
  });

  test("whose model would be refused in the pod is not sent, and what only lacks a package here is", async () => {
    const contract = "models: { kept: { columns: { n: INT64 } } }\n";
    folder = await makeFolder({
      "pipeline.yaml": `${pipeline}${contract}`,
      "models/kept.sql": "SELECT 1 AS renamed\n",
    });
    const problems = await problemsOf(() => deployChecked(usual, context()));
    expect(problems.map(({ rule }) => rule)).toEqual(["contract", "contract"]);
    expect(server.calls).toEqual([]);
    await folder.write("models/kept.sql", "SELECT CAST(1 AS BIGINT) AS n\n");
    await folder.write("models/other.ts", 'import "nowhere-to-be-found";\nexport const columns = { n: "INT64" };\n');
    await deployChecked(usual, context());
    expect(server.deployed()).toHaveLength(1);
  });

  test("with an image in GitHub's registry is refused before anything is sent, unless it is allowed", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    const order = { ...usual, image: "ghcr.io/navikt/orders:1" };
    expect(await problemsOf(() => deploy(order, context()))).toMatchObject([
      { message: expect.stringContaining("only from the registry of team `my-team`") as unknown },
    ]);
    expect(server.calls).toEqual([]);
    await deploy({ ...order, allowGhcr: true }, context());
    expect(server.calls.length).toBeGreaterThan(0);
  });

  test("is deployed with the others of its repository, unless they belong to several teams", async () => {
    const other = "name: stock\nteam: other\nschedule: { cron: 0 6 * * * }\n";
    folder = await makeFolder({ "pipelines/orders/pipeline.yaml": pipeline, "pipelines/stock/pipeline.yaml": other });
    expect(await problemsOf(() => deploy(usual, context()))).toMatchObject([
      { message: "the pipelines here belong to several teams: my-team, other" },
    ]);
    await folder.write("pipelines/stock/pipeline.yaml", other.replace("other", "my-team"));
    await deploy(usual, context());
    expect(server.deployed()[0]!.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      "Naisjob/orders",
      "PrometheusRule/orders",
      "Naisjob/stock",
      "PrometheusRule/stock",
    ]);
  });

  test("that cannot be a Naisjob is refused with exit code 2, and nothing is sent", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline.replace("0 6 * * *", "0 45 * * *") });
    const error = await deploy(usual, context()).catch((thrown: unknown) => thrown);
    expect((error as EtlError).exitCode).toBe(2);
    expect(server.calls).toEqual([]);
  });
});

describe("what fails", () => {
  test("ends with exit code 4, every problem, and the platform's code in the JSON", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    server.world.failing["Naisjob/orders"] = "unknown time zone Europe/Olso";
    const error = (await deploy({ ...usual, json: true }, context()).catch((thrown: unknown) => thrown)) as EtlError;
    expect(error).toBeInstanceOf(EtlError);
    expect(error.exitCode).toBe(4);
    expect(error.problems).toMatchObject([{ message: expect.stringContaining("Europe/Olso") as unknown }]);
    expect(JSON.parse(folder.printed.join(""))).toMatchObject({
      passed: false,
      deployment: { code: 1, state: "failure" },
      resources: [{ resource: "Naisjob/orders", state: "failed" }, {}],
    });
  });

  test("is returned to whoever asks for the outcome itself", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    server.world.repositories = {};
    expect(await carryOutDeploy(usual, context())).toMatchObject({
      passed: false,
      deployment: { code: 4, state: "refused" },
      problems: [{ rule: "deploy-refused" }],
    });
  });
});

const own = `apiVersion: nais.io/v1
kind: Naisjob
metadata:
  name: orders{{#if cron.schedule}}{{else}}-run-on-deploy{{/if}}
  namespace: my-team
  labels: { team: my-team }
spec:
  image: {{image}}
{{#if cron.schedule}}
  schedule: "{{cron.schedule}}"
  timeZone: Europe/Oslo
{{/if}}
{{#unless quiet}}
  backoffLimit: 2
{{/unless}}
  concurrencyPolicy: Forbid
  env:
    {{#each env}}
    - name: {{@key}}
      value: "{{this}}"
    {{/each}}
    - name: MODE
      value: "{{run-mode.name}}"
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: orders-alerts
  namespace: my-team
  labels: { team: my-team }
spec:
  groups:
    - name: orders
      rules:
        - alert: OrdersFailed
          expr: kube_job_failed{job_name=~"^orders-[0-9]+", namespace="my-team"} > 0
          labels: { namespace: my-team, severity: critical }
          annotations: { summary: "\\{{ $labels.job_name }} failed", consequence: stale, action: look }
`;
const variables = `cron: { schedule: "30 7 * * *" }
run-mode: { name: full }
env: { DATASET: sales, REGION: "<north & south>" }
`;

describe("a manifest of the team's own", () => {
  test("is filled in with VAR and VARS, and sent as it is", async () => {
    folder = await makeFolder({ ".nais/naisjob.yaml": own, ".nais/vars.yaml": variables });
    const files = { resource: [".nais/naisjob.yaml"], varsFile: ".nais/vars.yaml" };
    await deploy({ ...usual, image: undefined, ...files, var: [`image=${image}`] }, context());
    const [job, rule] = server.deployed()[0]!;
    expect(job).toMatchObject({
      metadata: { name: "orders" },
      spec: {
        image,
        schedule: "30 7 * * *",
        backoffLimit: 2,
        env: [
          { name: "DATASET", value: "sales" },
          { name: "REGION", value: "&lt;north &amp; south&gt;" },
          { name: "MODE", value: "full" },
        ],
      },
    });
    expect(rule!["spec"].groups[0].rules[0].annotations.summary).toBe("{{ $labels.job_name }} failed");
  });

  test("takes --image for its variable of that name", async () => {
    folder = await makeFolder({ "n.yaml": own, "v.yaml": variables });
    await deploy({ ...usual, resource: ["n.yaml"], varsFile: "v.yaml" }, context());
    expect(server.deployed()[0]![0]!["spec"].image).toBe(image);
  });

  test("deploys from the variables that the platform's own action is given", async () => {
    folder = await makeFolder({ "n.yaml": own, "v.yaml": variables });
    const env = { CLUSTER: "dev-gcp", RESOURCE: "n.yaml", VAR: `image=${image},quiet=true`, VARS: "v.yaml" };
    await deploy({ intervals, timeout: "20s" }, context(env));
    expect(server.calls[0]!.request).toMatchObject({ cluster: "dev-gcp", team: "my-team" });
    expect(server.deployed()[0]![0]!["spec"].backoffLimit).toBeUndefined();
  });

  test("that nais-etl rendered rolls with each deploy, as the pipeline itself does", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    await render({ output: ".nais" }, folder.context);
    const order = { ...usual, resource: [".nais/orders.yaml"] };
    await deploy(order, context());
    await deploy(order, context({ GITHUB_RUN_ATTEMPT: "2" }));
    expect(folder.printed).toEqual([expect.stringMatching(/^deployed/), expect.stringMatching(/^deployed/)]);
    expect(server.deployed().map(([job]) => job!["spec"].env)).toEqual([
      [
        { name: "NAIS_ETL_REVISION", value: "abc123" },
        { name: "NAIS_ETL_DEPLOYMENT", value: "77-1" },
      ],
      [
        { name: "NAIS_ETL_REVISION", value: "abc123" },
        { name: "NAIS_ETL_DEPLOYMENT", value: "77-2" },
      ],
    ]);
  });

  test("that names no image gets one beside it", async () => {
    const bare = own.replace(/^ {2}image: .*\n/m, "");
    folder = await makeFolder({ "n.yaml": bare, "v.yaml": variables });
    await deploy({ ...usual, resource: ["n.yaml"], varsFile: "v.yaml" }, context());
    expect(server.deployed()[0]![0]).toMatchObject({
      apiVersion: "nais.io/v1",
      kind: "Image",
      metadata: { name: "orders", namespace: "my-team" },
      spec: { image },
    });
  });

  test("that the cluster has already is said to be unchanged", async () => {
    folder = await makeFolder({ "n.yaml": own, "v.yaml": variables });
    const order = { ...usual, resource: ["n.yaml"], varsFile: "v.yaml" };
    await deploy(order, context());
    await deploy(order, context());
    expect(folder.printed[1]).toBe("unchanged Naisjob/orders, PrometheusRule/orders-alerts in prod-gcp, team my-team");
    expect(folder.logged.join("")).toContain("the cluster has the same specification already");
  });

  test("with a variable that nobody gives is not sent", async () => {
    folder = await makeFolder({ "n.yaml": own });
    const rules = (await problemsOf(() => deploy({ ...usual, resource: ["n.yaml"] }, context()))).map(
      ({ rule }) => rule,
    );
    expect(rules).toContain("template-variable");
    expect(server.calls).toEqual([]);
  });
});

test("the run of a job without schedule is followed to its end, by nais' own API", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  const api = await startNaisApi((token) => tokens.verify(token)?.aud === "api.nais.io");
  try {
    const runs = [{ name: "orders-1", states: ["FAILED" as const] }];
    api.jobs = [{ team: "my-team", environment: "dev-gcp", name: "orders", runs }];
    const runIntervals = { look: 5, appear: 20_000 };
    const deployed = carryOutDeploy({ ...usual, target: "dev-gcp", runIntervals }, context({ NAIS_ETL_API: api.url }));
    await expect.poll(() => server.deployed().length, { timeout: 10_000 }).toBe(1);
    runs.unshift({ name: "orders-2", states: ["FAILED"] });
    expect(await deployed).toMatchObject({
      passed: false,
      deployment: { code: 0, state: "success" },
      runs: [{ job: "orders", run: "orders-2", state: "failed" }],
      problems: [{ rule: "run-failed", message: expect.stringContaining("orders-2") as unknown }],
    });
  } finally {
    await api.stop();
  }
});

test("a dry run prints what would be sent, and asks nobody", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await deploy({ ...usual, dryRun: true }, context());
  expect(folder.printed.join("")).toMatch(/^# Would be sent to prod-gcp, team my-team, with nais: Naisjob\/orders/);
  expect(folder.printed.join("")).toContain("kind: Naisjob");
  await deploy({ ...usual, dryRun: true, json: true }, context());
  expect(JSON.parse(folder.printed[1]!)).toMatchObject({ dryRun: true, resources: [{ kind: "Naisjob" }, {}] });
  expect([server.calls, tokens.audiences, folder.effects]).toEqual([[], [], []]);
});

test.each([
  [{ wait: "rollot" }, "--wait"],
  [{ with: "naiss" }, "--with"],
  [{ timeout: "10" }, "--timeout"],
])("options that are none are refused: %o", async (options, name) => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  expect((await problemsOf(() => deploy({ ...usual, ...options }, context())))[0]!.message).toContain(name);
});
