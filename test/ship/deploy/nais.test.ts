import { status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deployToNais, type DeployToNais } from "../../../src/ship/deploy/nais/deploy.ts";
import type { DeployOutcome } from "../../../src/ship/deploy/outcome.ts";
import type { Resource } from "../../../src/ship/deploy/resource.ts";
import { createLogger } from "../../../src/util/log.ts";
import { startDeployServer, type DeployServer } from "../../servers/deploy/start.ts";
import { startOidcServer, type OidcServer } from "../../servers/github-oidc.ts";
import { plainContext } from "../../support/context.ts";
import { problemsOf } from "../../support/folder.ts";

let server: DeployServer;
let tokens: OidcServer;
beforeEach(async () => {
  tokens = await startOidcServer({ repository: "navikt/trial" });
  server = await startDeployServer({ tokens });
});
afterEach(async () => {
  server.stop();
  await tokens.stop();
});

function job(name: string, spec: object = { image: "x", schedule: "0 6 * * *" }): Resource {
  const metadata = { name, namespace: "my-team", labels: { team: "my-team" } };
  return { apiVersion: "nais.io/v1", kind: "Naisjob", metadata, spec };
}

const alerts: Resource = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name: "one", namespace: "my-team" },
  spec: { groups: [{ name: "one", rules: [{ expr: "1 > 0", for: "2m", "no value": null, n: 1.5, yes: true }] }] },
};

const now = () => new Date();
const late = () => new Date(Date.now() - 40_000);

interface Deployed {
  outcome: DeployOutcome;
  logged: string[];
}

async function deploy(
  order: Partial<DeployToNais> = {},
  env: Record<string, string> = tokens.env,
  clock = now,
): Promise<Deployed> {
  const logged: string[] = [];
  const log = createLogger({ write: (line) => logged.push(line), format: "text", verbose: true, colour: false, now });
  const context = { ...plainContext({ env }), now: clock, log };
  const outcome = await deployToNais(
    {
      resources: [job("one"), alerts],
      cluster: "dev-gcp",
      team: "my-team",
      origin: { repository: "navikt/trial", revision: "abc", actor: "kari", url: "https://github.example/run/1" },
      server: server.address,
      timeout: 20_000,
      wait: true,
      mayBeUnchanged: false,
      intervals: { retry: 20, reopen: 40, grace: 300 },
      ...order,
    },
    context,
  );
  return { outcome, logged };
}

const states = ({ resources }: DeployOutcome) => resources.map(({ resource, state }) => `${resource} ${state}`);

describe("a deploy that goes well", () => {
  test("tells each status, and ends with code 0", async () => {
    const { outcome, logged } = await deploy();
    expect(outcome).toMatchObject({ passed: true, code: 0, state: "success", problems: [] });
    expect(states(outcome)).toEqual(["Naisjob/one complete", "PrometheusRule/one complete"]);
    expect(logged.join("")).toContain("[deploy] in_progress: Naisjob/one (Synchronized)");
    expect(outcome.statuses.map(({ state }) => state)).toEqual([
      "queued",
      ...Array.from({ length: outcome.statuses.length - 2 }, () => "in_progress"),
      "success",
    ]);
  });

  test("sends the resources as they are, with who, whence and until when", async () => {
    await deploy();
    const { request, metadata } = server.calls[0]!;
    const { time, deadline } = request;
    expect(request).toMatchObject({
      ID: "",
      cluster: "dev-gcp",
      team: "my-team",
      gitRefSha: "abc",
      repository: { owner: "navikt", name: "trial" },
      GithubEnvironment: "dev-gcp:my-team",
      deployerUsername: "kari",
      triggerUrl: "https://github.example/run/1",
    });
    expect(deadline.seconds - time.seconds).toBe(20);
    expect(metadata).toMatchObject({ team: "my-team", jwt: expect.stringMatching(/^ey/) as unknown });
    const [sent, rule] = server.deployed()[0]!;
    expect({ ...sent, metadata: undefined }).toEqual({ ...job("one"), metadata: undefined });
    expect(sent!["metadata"].annotations).toMatchObject({
      "deploy.nais.io/github-sha": "abc",
      "kubernetes.io/change-cause": "nais deploy: commit abc: https://github.example/run/1",
    });
    expect(rule!["spec"]).toEqual(alerts["spec"]);
  });

  test("asks GitHub for a token of audience hookd, once, and shows it to nobody", async () => {
    const { logged } = await deploy();
    expect(tokens.audiences).toEqual(["hookd"]);
    const token = server.calls[0]!.metadata["jwt"] as string;
    expect(logged.join("")).not.toContain(token);
  });

  test("is only sent where nobody waits", async () => {
    const { outcome } = await deploy({ wait: false });
    expect(outcome).toMatchObject({ passed: true, code: 0, state: "queued" });
    expect(server.calls.map(({ method }) => method)).toEqual(["deploy"]);
  });
});

describe("the connection", () => {
  test.each([
    ["unavailable", status.UNAVAILABLE],
    ["internal errors", status.INTERNAL],
  ])("%s are tried again until they pass", async (_name, code) => {
    server.faults.push(...Array.from({ length: 4 }, () => ({ on: "deploy" as const, code, details: "later" })));
    const { outcome, logged } = await deploy();
    expect(outcome).toMatchObject({ passed: true, code: 0 });
    expect(logged.filter((line) => line.includes("later; trying again"))).toHaveLength(4);
  });

  test("what stays unavailable is a timeout, with the reason", async () => {
    server.faults.push(
      ...Array.from({ length: 100 }, () => ({ on: "deploy" as const, code: 14 as const, details: "no" })),
    );
    const { outcome } = await deploy({ timeout: 300 });
    expect(outcome).toMatchObject({ passed: false, code: 9, state: "timeout" });
    expect(outcome.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("not done within"),
      "[deploy] no",
    ]);
  });

  test.each([
    ["ends", {}],
    ["is cut", { code: status.UNAVAILABLE, details: "closing transport" }],
    ["breaks", { code: status.INTERNAL, details: "stream terminated" }],
    ["breaks in a way that has no name", { code: status.UNKNOWN, details: "eh" }],
    ["is torn with its connection", { torn: true as const }],
  ])("a stream that %s in mid-way is opened again", async (_name, how) => {
    server.world.pace = 60;
    server.faults.push({ on: "status", after: 2, ...how }, { on: "status", after: 1, ...how });
    const { outcome } = await deploy();
    expect(outcome).toMatchObject({ passed: true, code: 0, state: "success" });
    expect(server.calls.filter(({ method }) => method === "status").length).toBeGreaterThan(2);
    const told = outcome.statuses.map(({ message }) => message);
    expect(told.length).toBe(new Set(told).size);
  });

  test("a final status that was missed is read by opening the stream again", async () => {
    server.faults.push({ on: "status", missesFinal: true });
    expect((await deploy()).outcome).toMatchObject({ passed: true, state: "success" });
  });

  test("an answer that was lost is asked for again, and the same specification is known for it", async () => {
    server.world.isPatient = false;
    server.faults.push({ on: "deploy", lost: true });
    const { outcome } = await deploy();
    expect(outcome).toMatchObject({ passed: true, state: "unchanged" });
    expect(server.deployed()).toHaveLength(2);
  });

  test("a deployment that the platform lost is sent again", async () => {
    server.world.pace = 100;
    const deployed = deploy();
    await expect.poll(() => server.calls.some(({ method }) => method === "status")).toBe(true);
    server.loseAll();
    const { outcome, logged } = await deployed;
    expect(outcome).toMatchObject({ passed: true });
    expect(logged.join("")).toContain("lost this deployment; sending it again");
    expect(server.deployed()).toHaveLength(2);
    const asked = server.calls
      .filter(({ method }) => method === "status")
      .map(({ request }) => request["ID"] as string);
    expect(new Set(asked).size).toBe(2);
    expect(outcome.id).toBe(asked.at(-1));
  });
});

describe("success is the number zero on the wire", () => {
  test("a message without any field is no success", async () => {
    server.world.failing["Naisjob/one"] = "no";
    server.faults.push({ on: "status", empty: true });
    expect((await deploy()).outcome).toMatchObject({ passed: false, code: 1, state: "failure" });
  });

  test("an answer without any field is no deployment", async () => {
    server.faults.push({ on: "deploy", empty: true });
    const { outcome } = await deploy();
    expect(outcome).toMatchObject({ passed: false, code: 4, state: "refused" });
    expect(outcome.problems[0]!.message).toContain("without naming a deployment");
  });
});

describe("a specification that the cluster has already", () => {
  test("is said to be unchanged, long before the timeout", async () => {
    await deploy();
    const { outcome } = await deploy({ timeout: 600_000, mayBeUnchanged: true });
    expect(outcome).toMatchObject({ passed: true, code: 0, state: "unchanged" });
    expect(states(outcome)).toContain("Naisjob/one unchanged");
    expect(outcome.problems).toMatchObject([{ severity: "warning", rule: "deploy-unchanged" }]);
  });

  test("among others that changed is told apart", async () => {
    await deploy();
    const { outcome } = await deploy({ resources: [job("two"), job("one")], timeout: 600_000, mayBeUnchanged: true });
    expect(outcome).toMatchObject({ passed: true, state: "unchanged" });
    expect(states(outcome)).toEqual(["Naisjob/two complete", "Naisjob/one unchanged"]);
  });

  test("does not hide that another one failed", async () => {
    await deploy();
    server.world.failing["Naisjob/two"] = "schedule is none";
    const { outcome } = await deploy({ resources: [job("two"), job("one")], timeout: 600_000, mayBeUnchanged: true });
    expect(outcome).toMatchObject({ passed: false, code: 1 });
    expect(outcome.problems[0]!.message).toBe("[deploy] Naisjob/two: FailedSynchronization: schedule is none");
  });

  test("is waited for where something in it changes with each deploy: the cluster is only slow", async () => {
    server.world.ignored.add("Naisjob/one");
    const { outcome, logged } = await deploy({ timeout: 1200 });
    expect(outcome).toMatchObject({ passed: false });
    expect([1, 9]).toContain(outcome.code);
    expect(logged.join("")).toContain("the cluster has not said anything yet");
  });
});

describe("what the cluster refuses", () => {
  test("every error of every resource is told, each once", async () => {
    server.world.failing = { "Naisjob/one": "unknown time zone Europe/Olso", "Naisjob/two": "Expected 5 fields" };
    const { outcome } = await deploy({ resources: [job("one"), job("two"), job("three")] });
    expect(outcome).toMatchObject({ passed: false, code: 1, state: "failure" });
    expect(outcome.problems.map(({ message }) => message)).toEqual([
      "[deploy] Naisjob/one: FailedSynchronization: unknown time zone Europe/Olso",
      "[deploy] Naisjob/two: FailedSynchronization: Expected 5 fields",
    ]);
    expect(states(outcome)).toEqual(["Naisjob/one failed", "Naisjob/two failed", "Naisjob/three complete"]);
  });

  test("a manifest that the API server does not take is told with the cure", async () => {
    server.world.refused["Naisjob/one"] = 'strict decoding error:\n| unknown field "spec.resources.limit"';
    const { outcome } = await deploy();
    expect(outcome).toMatchObject({ passed: false, code: 1 });
    expect(outcome.problems).toMatchObject([
      {
        message: expect.stringContaining("Naisjob/one: creating resource: strict decoding error") as unknown,
        hint: expect.stringContaining("nais-etl validate") as unknown,
      },
    ]);
    expect(states(outcome)).toEqual(["Naisjob/one failed", "PrometheusRule/one sent"]);
  });

  test("what is not done in time is a timeout, with the last that was heard", async () => {
    server.world.pace = 400;
    const { outcome } = await deploy({ timeout: 1000 });
    expect(outcome).toMatchObject({ passed: false, code: 9, state: "timeout" });
    expect(outcome.problems[0]!.message).toContain("the last that was heard");
  });
});

describe("who deploys", () => {
  test("a token is asked for again before it ends", async () => {
    tokens.lifetime = 61;
    server.world.pace = 500;
    server.faults.push(...Array.from({ length: 3 }, () => ({ on: "status" as const, after: 1 })));
    expect((await deploy({ timeout: 20_000 })).outcome.passed).toBe(true);
    expect(tokens.audiences.length).toBeGreaterThan(1);
  });

  test("a token that the server calls expired is replaced", async () => {
    server.faults.push({ on: "deploy", code: status.UNAUTHENTICATED, details: "authentication token has expired" });
    expect((await deploy()).outcome.passed).toBe(true);
    expect(tokens.audiences).toHaveLength(2);
  });

  test("a repository that the team has not let in is refused, with the cure", async () => {
    server.world.repositories = {};
    const { outcome } = await deploy();
    expect(outcome).toMatchObject({ passed: false, code: 4, state: "refused" });
    expect(outcome.problems).toMatchObject([
      {
        message: '[deploy] repo "navikt/trial" not authorized by team "my-team"',
        hint: expect.stringContaining("Nais Console → my-team → Repositories") as unknown,
      },
    ]);
    expect(states(outcome)).toEqual(["Naisjob/one unsent", "PrometheusRule/one unsent"]);
  });

  test("a misspelt cluster is not waited for", async () => {
    const { outcome } = await deploy({ cluster: "prod-gpc", timeout: 60_000 });
    expect(outcome).toMatchObject({ passed: false, code: 4 });
    expect(outcome.problems[0]).toMatchObject({
      message: "[deploy] cluster 'prod-gpc' is offline",
      hint: expect.stringContaining("Did you mean `prod-gcp`?") as unknown,
    });
  });

  test("a cluster that is not connected for the moment is waited for", async () => {
    server.world.clusters = [];
    setTimeout(() => server.world.clusters.push("dev-gcp"), 80);
    expect((await deploy()).outcome.passed).toBe(true);
  });

  const key = "0123456789abcdef".repeat(4); // nais-etl-ignore credential: made up

  test("a deploy key signs the time, on both calls", async () => {
    server.world.apiKeys["my-team"] = key;
    const { outcome, logged } = await deploy({ apiKey: key }, {});
    expect(outcome.passed).toBe(true);
    expect(server.calls.map(({ metadata }) => Object.keys(metadata).toSorted())).toEqual(
      server.calls.map(() => expect.arrayContaining(["authorization", "team", "timestamp"]) as unknown),
    );
    expect(logged.join("")).not.toContain(key);
  });

  test("a deploy key of another team is refused, with the cure", async () => {
    server.world.apiKeys["my-team"] = "ff";
    const { outcome } = await deploy({ apiKey: key }, {});
    expect(outcome).toMatchObject({
      code: 4,
      problems: [{ hint: expect.stringContaining("not one of team `my-team`") as unknown }],
    });
  });

  test("a signature whose time is wrong is refused, with the cure", async () => {
    server.world.apiKeys["my-team"] = key;
    const { outcome } = await deploy({ apiKey: key, timeout: 100_000 }, {}, late);
    expect(outcome).toMatchObject({
      code: 4,
      problems: [{ message: "[deploy] signature expired", hint: expect.stringContaining("clock") as unknown }],
    });
  });

  test("a deploy key that is none is not shown", async () => {
    const [problem] = await problemsOf(() => deploy({ apiKey: "no-hex" }, {}));
    expect(problem).toMatchObject({ message: expect.stringContaining("not hexadecimal") as unknown });
    expect(problem!.message).not.toContain("no-hex");
  });

  test("without either, the YAML to add is shown", async () => {
    const [problem] = await problemsOf(() => deploy({}, { GITHUB_ACTIONS: "true" }));
    expect(problem!.hint).toContain("permissions:\n  contents: read\n  id-token: write");
    expect(problem!.hint).toContain("NAIS_DEPLOY_APIKEY");
  });
});

test("more than the service takes is refused, with the cure", async () => {
  const large = job("one", { image: "x", env: [{ name: "TEXT", value: "x".repeat(5 * 1024 * 1024) }] });
  const { outcome } = await deploy({ resources: [large] });
  expect(outcome).toMatchObject({ code: 4, problems: [{ hint: expect.stringContaining("several parts") as unknown }] });
});

test("a server that cannot be reached is unavailable in the end", async () => {
  server.stop();
  const { outcome } = await deploy({ timeout: 300 });
  expect(outcome).toMatchObject({ passed: false, code: 9 });
  expect(outcome.problems[1]!.hint).toContain("DEPLOY_SERVER");
});

test("an address that is none is refused", async () => {
  expect(await problemsOf(() => deploy({ server: "http://deploy.example" }))).toMatchObject([
    { hint: expect.stringContaining("DEPLOY_SERVER") as unknown },
  ]);
});
