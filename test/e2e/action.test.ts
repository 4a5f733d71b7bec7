/** The Action's whole way, as the runner starts it: a real builder and registry, the platform's deploy service as a stand-in. */
import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text as readBody } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ownCli, pushed, root, startJob, type Ended, type Job } from "../action/drive.ts";
import { startDeployServer, type DeployServer } from "../servers/deploy/start.ts";
import { startOidcServer, type OidcServer } from "../servers/github-oidc.ts";
import { json, startHttpServer } from "../servers/http.ts";
import { startNaisApi, type NaisApiServer } from "../servers/nais-api/server.ts";
import { recordLine, startLine } from "../ship/follow/cluster.ts";
import { baseImage } from "./support/base-image.ts";
import { findCosign } from "./support/cosign.ts";
import { builderEnv, emptyBase, makeEmptyBase } from "./support/empty-base.ts";
import { buildTimeout } from "./support/go.ts";
import { findKubernetes, startKubernetes, type Kubernetes } from "./support/kubernetes.ts";
import { addKinds, mustSucceed, operate } from "./support/nais-cluster.ts";
import { startRegistry, type Registry } from "./support/registry.ts";
import { freePort } from "./support/server.ts";

const missing = makeEmptyBase("skopeo");
const isThere = missing === undefined;

let registry: Registry;
let tokens: OidcServer;
let platform: DeployServer;
let api: NaisApiServer;
let job: Job;

beforeAll(async () => {
  if (isThere) registry = await startRegistry();
}, 300_000);
afterAll(() => registry?.stop());

beforeEach(async () => {
  if (!isThere) return;
  tokens = await startOidcServer({ repository: "team/pipelines" });
  platform = await startDeployServer({ tokens, world: { repositories: { "labour-market": ["team/pipelines"] } } });
  api = await startNaisApi();
  api.accounts.set(apiToken, { team: "labour-market", mayUpdate: true });
  api.jobs.push({ team: "labour-market", environment: "prod-gcp", name: "unemployment", runs: [] });
  job = await startJob();
  await cp(join(root, "examples/unemployment"), job.workspace, {
    recursive: true,
    filter: (path) => !path.includes(".nais-etl"),
  });
});
afterEach(async () => {
  if (!isThere) return;
  platform.stop();
  await Promise.all([tokens.stop(), api.stop(), job.remove()]);
});

const apiToken = "made-up-token-of-a-service-account";

/** How the run ends that is started, with what its pod says last. */
function runEnds(state: "SUCCEEDED" | "FAILED", lines: string[]) {
  const pod = () => `${api.jobs[0]!.runs[0]!.name}-abcde`;
  const time = new Date(Date.now() + 1000).toISOString();
  const ends = { startTime: new Date().toISOString(), completionTime: time, message: "the last attempt ended" };
  api.triggered = { states: ["PENDING", "RUNNING", state], ...ends };
  for (const message of lines)
    api.lines.push({
      time,
      message,
      get pod() {
        return pod();
      },
    });
}

/** On the default branch. */
function release(inputs: Record<string, string> = {}, more: Record<string, string> = {}): Promise<Ended> {
  return job.drive({
    event: "push",
    payload: pushed,
    inputs: {
      cli: ownCli,
      environment: "prod-gcp",
      registry: `${registry.host}/labour-market`,
      base: emptyBase,
      builder: "buildah",
      "deploy-server": platform.address,
      "nais-api-token": apiToken,
      ...inputs,
    },
    env: {
      PATH: process.env["PATH"]!,
      XDG_RUNTIME_DIR: job.temp,
      ...builderEnv,
      ...tokens.env,
      NAIS_ETL_API: api.url,
      ...more,
    },
  });
}

const takenIn = ({ summary }: Ended) =>
  Object.fromEntries([...summary.matchAll(/<tr><td>(\w+)<\/td><td>(✅|❌|–)/g)].map(([, step, mark]) => [step, mark]));

describe.skipIf(!isThere)(`the way to the cluster${isThere ? "" : ` (${missing})`}`, { timeout: 300_000 }, () => {
  test("is taken to its end, and told", async () => {
    runEnds("SUCCEEDED", ["reads 4 rows", recordLine("succeeded", 0)]);
    const started = performance.now();
    const ended = await release({ wait: "run" });
    console.log(`the whole chain took ${((performance.now() - started) / 1000).toFixed(1)} s`);
    expect(ended.status, ended.log).toBe(0);
    const { outputs, summary } = ended;
    const digest = outputs["digest"]!;
    expect(outputs["image"]).toMatch(/^127\.0\.0\.1:\d+\/labour-market\/pipelines:[\d.]+-[\d.]+-1a2b3c4@sha256:/);
    expect(outputs["image"]!.endsWith(`@${digest}`)).toBe(true);
    expect(digestSeenByOthers(outputs["image"]!)).toBe(digest);
    expect(outputs).toMatchObject({ "tests-passed": "8", "tests-failed": "0" });
    const [resources] = platform.deployed();
    expect(resources!.map(({ kind }) => kind)).toEqual(["Naisjob", "PrometheusRule"]);
    expect(resources![0]!.spec.image).toBe(outputs["image"]);
    expect(resources![0]!.spec.env).toContainEqual({ name: "NAIS_ETL_DEPLOYMENT", value: "99-1" });
    expect(outputs["deployment"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(platform.calls[0]!.request).toMatchObject({ cluster: "prod-gcp", team: "labour-market" });
    expect(await readFile(join(job.workspace, outputs["manifest"]!), "utf8")).toContain(outputs["image"]);
    expect(takenIn(ended)).toEqual(marks("✅ ✅ ✅ ✅ ✅ ✅ ✅"));
    expect(summary).toContain(`<td>Digest</td><td><code>${digest}</code></td>`);
    expect(summary).toMatch(/<td>Size<\/td><td>[\d.]+ kB to fetch/);
    expect(summary).toContain("<td>Naisjob/unemployment</td><td>complete</td>");
    expect(summary).toContain("<td>success</td>");
    expect(outputs["run"]).toMatch(/^unemployment-/);
    expect(summary).toContain(`<h3>Run ${outputs["run"]}</h3>`);
    expect(summary).toContain("<b>✅ succeeded</b>, 1 attempt");
    expect(summary).toContain("<td>model</td><td>orders</td><td>done</td><td>4</td>");
    expect(ended.log).toContain("reads 4 rows");
    expect(summary).toContain("<th>Next runs, Europe/Oslo</th>");
  });

  test("shows no token: each is masked where the runner listens", async () => {
    const { log, commands, summary } = await release({ steps: "build push render deploy" });
    const secrets = commands.filter(({ name }) => name === "add-mask").map(({ text }) => text);
    const token = secrets.find((text) => tokens.verify(text));
    expect(token).toBeDefined();
    const unmasked = log.split("\n").filter((line) => line.includes(token!) && !line.startsWith("::add-mask::"));
    expect(unmasked).toEqual([]);
    expect(summary).not.toContain(token);
  });

  const allSteps = "test build push render validate deploy wait".split(" ");
  /** One mark for each step. */
  const marks = (text: string) => Object.fromEntries(text.split(" ").map((mark, i) => [allSteps[i], mark]));
  /** @param step at which it ends */
  const upTo = (step: string) =>
    marks(
      allSteps.map((_, i) => (i < allSteps.indexOf(step) ? "✅" : i === allSteps.indexOf(step) ? "❌" : "–")).join(" "),
    );

  async function expectStopAt(step: string, ended: Ended, why: RegExp) {
    expect(ended.status, ended.log).toBe(1);
    expect(takenIn(ended), ended.log).toEqual(upTo(step));
    expect(ended.summary).toContain(`<b>Failed.</b> ${step} failed: `);
    expect(ended.annotations.at(-1)!.text).toMatch(why);
    const isBefore = (other: string) => allSteps.indexOf(other) < allSteps.indexOf(step);
    expect("digest" in ended.outputs).toBe(isBefore("push"));
    expect("manifest" in ended.outputs).toBe(isBefore("render"));
    expect("deployment" in ended.outputs).toBe(["deploy", "wait"].includes(step));
    expect(platform.calls.length > 0).toBe("deployment" in ended.outputs);
    expect(api.asked.includes("Trigger")).toBe(step === "wait");
  }

  test("ends at a test that fails", async () => {
    await edit("tests/unemployment_by_month.yaml", (text) => text.replace("13492", "13493"));
    await expectStopAt("test", await release(), /^test failed: 1 of 8 tests failed/);
  });

  test("ends where the image cannot be built", async () => {
    await expectStopAt("build", await release({ base: "localhost/there-is-none:1" }), /^build failed: \[buildah\] /);
  });

  test("ends where the registry does not answer", async () => {
    const nobody = `127.0.0.1:${await freePort()}/labour-market`;
    await expectStopAt("push", await release({ registry: nobody }), /^push failed: \[buildah\] pushing .*\n.*connect/s);
  });

  test("ends where the registry has another image than the one that was pushed", async () => {
    const [proxy, host] = await startLyingRegistry(registry.host);
    const ended = await release({ registry: `${host}/labour-market` });
    proxy.close();
    await expectStopAt(
      "push",
      ended,
      /^push failed: \[registry\] .* but the registry has sha256:0+ instead of sha256:/,
    );
  });

  test("ends where no manifest can be rendered", async () => {
    await edit("pipeline.yaml", (text) => text.replace(/^team: .*\n/m, ""));
    await expectStopAt("render", await release(), /^render failed: pipeline\.yaml.* `team` is missing/);
  });

  test("ends where the committed manifest is another one", async () => {
    await job.write(".nais/unemployment.yaml", await oldManifest());
    await expectStopAt("validate", await release(), /^validate failed: \.nais\/unemployment\.yaml/);
  });

  test("ends where the cluster refuses a resource", async () => {
    platform.world.refused["Naisjob/unemployment"] = "admission webhook denied the request";
    const ended = await release();
    await expectStopAt("deploy", ended, /admission webhook denied the request/);
    expect(ended.summary).toContain("<td>Naisjob/unemployment</td><td>failed</td><td>");
  });

  test("ends where the run fails, and says what it said last", async () => {
    runEnds("FAILED", [startLine, "the source has no rows", recordLine("failed", 3)]);
    const ended = await release({ wait: "run" });
    await expectStopAt("wait", ended, /^wait failed: the run unemployment-\S+ failed: the last attempt ended/);
    expect(ended.outputs["run"]).toMatch(/^unemployment-/);
    expect(ended.summary).toContain("<b>❌ failed</b>");
    expect(ended.summary).toMatch(/<summary>The end of its log<\/summary>\s+```text\n[^\n]+\nthe source has no rows\n/);
    expect(ended.summary).toContain(
      `the command that mends it: <code>nais-etl why ${ended.outputs["run"]} --pipeline shop --target prod-gcp</code>`,
    );
  });

  const steps = "build push render deploy wait";

  test("ends where no run may be started, and says which permission is missing", async () => {
    api.accounts.set(apiToken, { team: "labour-market", mayUpdate: false });
    const ended = await release({ wait: "run", steps });
    expect(ended.status).toBe(1);
    expect(takenIn(ended)).toMatchObject({ deploy: "✅", wait: "❌" });
    expect(ended.annotations.at(-1)!.text).toMatch(/^wait failed: .*jobs:update/s);
    expect(ended.outputs).not.toHaveProperty("run");
  });

  test("deploys nothing where the run that is asked for could not be seen", async () => {
    const ended = await release({ wait: "run", steps, "nais-api-token": "of-somebody-else" });
    expect(ended.status).toBe(1);
    expect(takenIn(ended)).toMatchObject({ deploy: "❌", wait: "–" });
    expect(ended.annotations.at(-1)!.text).toMatch(/^deploy failed: .*NAIS_API_TOKEN/s);
    expect(platform.calls).toEqual([]);
  });
});

describe.skipIf(!isThere)(`inputs of the Action${isThere ? "" : ` (${missing})`}`, { timeout: 300_000 }, () => {
  test("`sbom` and `sign`: what was pushed is listed, signed and attested, by its digest", async () => {
    const cosign = await cosignIn(job.folder);
    const inputs = { sbom: "lists/image.cdx.json", sign: "key", steps: "build push" };
    await mkdir(join(job.workspace, "lists"));
    const ended = await release(inputs, { ...cosign.env, PATH: `${job.folder}/bin:${process.env["PATH"]}` });
    expect(ended.status, ended.log).toBe(0);
    const { digest, sbom } = ended.outputs;
    expect(sbom).toBe("lists/image.cdx.json");
    const list = JSON.parse(await readFile(join(job.workspace, sbom!), "utf8"));
    expect(list).toMatchObject({ bomFormat: "CycloneDX", metadata: { component: { version: digest } } });
    const shown = ended.log.split("\n").filter((line) => !line.startsWith("::add-mask::"));
    expect(shown.join("\n")).not.toContain(cosign.env.COSIGN_PASSWORD);
    const { asked, expected } = await cosign.verify(`${registry.host}/labour-market/pipelines@${digest}`);
    expect(asked).toEqual(expected);
  });

  test("`sign` without a key ends the push before anything is pushed", async () => {
    const ended = await release({ sign: "key", steps: "build push" });
    expect(ended.status).toBe(1);
    expect(ended.annotations.at(-1)!.text).toMatch(/^push failed: --sign: no key is named/);
    expect(ended.outputs).not.toHaveProperty("digest");
  });

  test("`deploy-with: nais-api`: the resources go to the HTTP API, with a token made for it", async () => {
    const taken: { path: string; audience: string | undefined; resources: { kind: string; spec: object }[] }[] = [];
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      const { resources } = JSON.parse(await readBody(request)) as {
        resources: { kind: string; metadata: { name: string }; spec: object }[];
      };
      const audience = tokens.verify(request.headers.authorization?.replace("Bearer ", "") ?? "")?.aud;
      taken.push({ path: request.url!, audience, resources });
      const results = resources.map(({ kind, metadata }) => ({
        resource: `${kind}/${metadata.name}`,
        environmentName: "prod-gcp",
        status: "created",
        changedFields: [],
      }));
      json(response, { results });
    };
    const server = await startHttpServer((request, response) => void answer(request, response));
    const ended = await release(
      { "deploy-with": "nais-api", steps: "build push render deploy" },
      { NAIS_ETL_API: server.url },
    );
    await server.stop();
    expect(ended.status, ended.log).toBe(0);
    expect(taken).toMatchObject([
      { path: "/api/v1/teams/labour-market/environments/prod-gcp/apply", audience: "api.nais.io" },
    ]);
    expect(taken[0]!.resources.map(({ kind }) => kind)).toEqual(["Naisjob", "PrometheusRule"]);
    expect(taken[0]!.resources[0]!.spec).toMatchObject({ image: ended.outputs["image"] });
    expect(ended.summary).toContain("<td>Naisjob/unemployment</td>");
    expect(platform.calls).toEqual([]);
  });
});

/** cosign itself, where it is built, with a key of this test; else a program of its name, which notes what it is asked for. */
async function cosignIn(folder: string) {
  const env = { COSIGN_PASSWORD: "password-of-the-key", COSIGN_KEY: join(folder, "ours.key") };
  const program = join(folder, "bin/cosign");
  await mkdir(join(folder, "bin"));
  const built = await findCosign();
  const calls = join(folder, "calls");
  const standIn = `#!/bin/sh\n[ "$1" = version ] && echo '{"gitVersion": "v3.1.3"}' || echo "$@" >> ${calls}\n`;
  await ("missing" in built ? writeFile(program, standIn, { mode: 0o755 }) : symlink(built.path, program));
  const call = (...args: string[]) => {
    const { status, stderr } = spawnSync(program, args, {
      env: { ...process.env, ...env, HOME: folder },
      encoding: "utf8",
    });
    expect({ status, stderr }, args.join(" ")).toMatchObject({ status: 0 });
  };
  if (!("missing" in built)) call("generate-key-pair", "--output-key-prefix", join(folder, "ours"));
  const key = `--yes --key ${env.COSIGN_KEY} --signing-config FILE`;
  const expected = (image: string) => [
    `sign ${key} ${image}`,
    `attest ${key} --type cyclonedx --predicate FILE ${image}`,
  ];
  const how = ["--key", join(folder, "ours.pub"), "--insecure-ignore-tlog=true"];
  const verify = async (image: string) => {
    if ("missing" in built) return { asked: await linesOf(calls), expected: expected(image) };
    call("verify", ...how, image);
    call("verify-attestation", ...how, "--type", "cyclonedx", image);
    return { asked: [], expected: [] };
  };
  return { env, verify };
}

/** What was noted, whatever files of its own it names. */
async function linesOf(file: string): Promise<string[]> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  return lines.map((line) => line.replaceAll(/ \/(?:(?! --).)*?\.json(?= )/g, " FILE"));
}

const debian = isThere ? baseImage() : { missing };

/** With a Dockerfile of its own, which starts that. */
async function released(command: string, steps: string): Promise<Ended> {
  if ("missing" in debian) throw new Error(debian.missing);
  const start = `USER 1069\nENTRYPOINT ["sh", "-c", "${command}"]`;
  await job.write("Dockerfile", `FROM ${debian.name}\nWORKDIR /pipeline\nCOPY . .\nRUN mkdir out\n${start}\n`);
  // What the base lies in is the machine's own store of images.
  return release({ check: "true", steps }, { STORAGE_DRIVER: "" });
}

describe.skipIf("missing" in debian)(
  `the input \`check\`${"missing" in debian ? ` (${debian.missing})` : ""}`,
  { timeout: 300_000 },
  () => {
    test("lets pass what runs as its pod would", async () => {
      const ended = await released(
        "test $(id -u) = 1069 && test -s data/unemployment.csv && touch .nais-etl/x out/x /tmp/x",
        "build",
      );
      expect(ended.status, ended.log).toBe(0);
      expect(ended.log).toContain(
        "unemployment runs as its pod would: user 1069, only /tmp writable, no network, 512Mi",
      );
    });

    test("ends the job before anything is pushed, and says what a pod cannot do", async () => {
      const ended = await released("touch /opt/x", "build push");
      expect(ended.status).toBe(1);
      expect(ended.annotations.at(-1)!.text).toMatch(/^build failed: .*it writes `\/opt\/x`, and in a pod only \/tmp/s);
      expect(ended.outputs).not.toHaveProperty("digest");
    });
  },
);

describe("the input `deploy-with: kubectl`", { timeout: 300_000 }, () => {
  let kubernetes: Kubernetes | undefined;
  let why = missing;

  beforeAll(async () => {
    const found = isThere ? await findKubernetes() : { missing: missing };
    if ("missing" in found) return void (why = found.missing);
    kubernetes = await startKubernetes(found.path);
    addKinds(kubernetes, { kinds: ["naisjob", "prometheus-rule"], team: "labour-market" });
    mustSucceed(kubernetes, ["config", "rename-context", "test", "prod-gcp"]);
  }, buildTimeout + 300_000);
  afterAll(() => kubernetes?.stop());
  beforeEach(({ skip }) => {
    if (!kubernetes) skip(why);
  });

  test("applies the manifests with the image that was pushed, and waits for the operator", async () => {
    const found = await findKubernetes();
    if (!kubernetes || "missing" in found) return;
    await mkdir(join(job.folder, "bin"));
    await writeFile(join(job.folder, "bin/kubectl"), `#!/bin/sh\nexec ${found.path} kubectl "$@"\n`, { mode: 0o755 });
    const stop = operate(kubernetes, "labour-market", () => ({ synchronizationState: "RolloutComplete" }));
    const env = { KUBECONFIG: kubernetes.kubeconfig, PATH: `${job.folder}/bin:${process.env["PATH"]}` };
    const ended = await release({ "deploy-with": "kubectl", steps: "build push render deploy wait" }, env);
    await stop();
    expect(ended.status, ended.log).toBe(0);
    const there = mustSucceed(kubernetes, ["get", "naisjob", "unemployment", "-n", "labour-market", "-o", "json"]);
    expect(JSON.parse(there)).toMatchObject({
      metadata: { annotations: { "deploy.nais.io/github-sha": expect.stringMatching(/^1a2b3c4/) } },
      spec: { image: ended.outputs["image"] },
    });
    mustSucceed(kubernetes, ["get", "prometheusrule", "-n", "labour-market", "-o", "name"]);
    expect(ended.summary).toContain("<td>Naisjob/unemployment</td><td>complete</td>");
    expect(platform.calls).toEqual([]);
  });
});

function digestSeenByOthers(image: string): string {
  const name = image.replace(/@.*/, "");
  const { stdout } = spawnSync("skopeo", ["inspect", "--tls-verify=false", `docker://${name}`], { encoding: "utf8" });
  return (JSON.parse(stdout) as { Digest: string }).Digest;
}

/** Hands everything on, but says of each image that it has another digest. */
async function startLyingRegistry(host: string): Promise<[Server, string]> {
  const [hostname, port] = host.split(":");
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    const onward = ask({ hostname, port, method, path, headers }, (answer) => {
      const isAsked = method === "HEAD" && path?.includes("/manifests/") && headers["user-agent"] === "node";
      const lie = isAsked ? { "docker-content-digest": `sha256:${"0".repeat(64)}` } : {};
      response.writeHead(answer.statusCode!, { ...answer.headers, ...lie });
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return [server, `127.0.0.1:${(server.address() as AddressInfo).port}`];
}

async function edit(file: string, change: (text: string) => string) {
  const path = join(job.workspace, file);
  const text = await readFile(path, "utf8");
  expect(change(text)).not.toBe(text);
  await writeFile(path, change(text));
}

async function oldManifest(): Promise<string> {
  const { stdout } = spawnSync(process.execPath, [ownCli, "render"], { cwd: job.workspace, encoding: "utf8" });
  return stdout.replace(/schedule: .*/, "schedule: 0 1 * * *");
}
