import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { baseImage, builderEnv } from "./support/base-image.ts";
import { startRegistry, type Registry } from "./support/registry.ts";

// The runtime image of image/Dockerfile, and pipelines in it, run as a pod would run them.

const root = fileURLToPath(new URL("../../", import.meta.url));
const base = baseImage();
const name = "name" in base ? base.name : "";
const title = "missing" in base ? ` (${base.missing})` : "";
const [node, python] = ["localhost/nais-etl-e2e:node", "localhost/nais-etl-e2e:python"];
const minutes = 60_000;

/** Of the tests. The runtime image stays: its layers need not be made again. */
const made: string[] = [];
let folder: string;
let registry: Registry;

beforeAll(async () => {
  if ("missing" in base) return;
  folder = mkdtempSync(join(tmpdir(), "nais-etl-runtime-image-"));
  registry = await startRegistry();
  must("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root });
  runtimeImage("node", node);
}, 15 * minutes);

afterAll(async () => {
  await registry?.stop();
  if (made.length > 0) call("buildah", ["rmi", "--force", ...made]);
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function call(command: string, args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const env = { ...process.env, ...builderEnv, XDG_RUNTIME_DIR: folder, ...options.env };
  return spawnSync(command, args, { ...options, env, encoding: "utf8", maxBuffer: 2 ** 28 });
}

function must(...args: Parameters<typeof call>): string {
  const { status, stdout, stderr } = call(...args);
  if (status !== 0) throw new Error(`${args[0]} ${args[1].join(" ")}: ${stdout}${stderr}`);
  return stdout.trim();
}

function runtimeImage(form: string, image: string): void {
  const [tarball = ""] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  const bases = form === "python" ? ["--base", name, "--node", name] : ["--base", name];
  const options = ["--form", form, "--image", image, "--builder", "buildah", "--tarball", join(folder, tarball)];
  const sbom = ["--sbom", sbomOf(form)];
  must(process.execPath, [join(root, "scripts/runtime-image.js"), ...options, ...bases, ...sbom]);
}

const sbomOf = (form: string) => join(folder, `${form}.cdx.json`);

/** Packages that its list names, once the list is found valid by CycloneDX's own schema. */
async function packagesOf(form: string): Promise<string[]> {
  const text = readFileSync(sbomOf(form), "utf8");
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  return (JSON.parse(text) as { components: { purl: string }[] }).components.map(({ purl }) => purl.split("@")[0]!);
}

/** A copy of an example, so that a build sees it in no repository. */
function example(called: string): string {
  const copy = mkdtempSync(join(folder, `${called}-`));
  const from = join(root, "examples", called);
  // Without what a run there has left.
  cpSync(from, copy, {
    recursive: true,
    filter: (path) => !/^\/(?:\.nais-etl|out)(?:\/|$)/.test(path.slice(from.length)),
  });
  return copy;
}

function cli(cwd: string, args: string[], env: Record<string, string> = {}) {
  return call(process.execPath, [join(root, "bin/nais-etl.js"), ...args], { cwd, env });
}

function build(cwd: string, runtime: string, args: string[], env: Record<string, string> = {}) {
  made.push(`${args[args.indexOf("--image") + 1]}:1`);
  return cli(cwd, ["build", "--builder", "buildah", "--base", runtime, "--tag", "1", ...args], env);
}

/** As nais starts a pod, spelled out here once more: with a home that is not there. */
const pod = [
  ..."run --network none --read-only --read-only-tmpfs=false --user 1069:1069 --cap-drop all --passwd=false".split(" "),
  ..."--security-opt no-new-privileges --memory 512m --memory-swap 512m --tmpfs /tmp:mode=1777".split(" "),
  ..."--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --pull never --env HOME=/nowhere".split(" "),
];

/** Runs on samples, with a warehouse that stays: @returns the rows of a query in it */
function runInPod(image: string, pipeline: string, sql: string): unknown {
  const kept = [".nais-etl", "out"].map((path) => join(pipeline, path));
  for (const path of kept) {
    mkdirSync(path);
    chmodSync(path, 0o777);
  }
  const volumes = [...kept, join(pipeline, "data")].flatMap((path) => [
    "--volume",
    `${path}:/pipeline${path.slice(pipeline.length)}`,
  ]);
  const { status, stdout, stderr } = call("podman", [...pod, "--rm", ...volumes, image]);
  expect({ status, log: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, log: "" });
  const asked = cli(pipeline, ["query", sql, "--json"]);
  return JSON.parse(asked.stdout || asked.stderr);
}

interface Manifest {
  config: { digest: string };
  layers: { digest: string; size: number }[];
}

async function fetched(path: string): Promise<Response> {
  const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
  const response = await fetch(`http://${registry.host}/v2/${path}`, { headers: { accept } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

/** What an image adds to that which it begins with, as it lies in the registry. */
async function added(image: string, to: string): Promise<Manifest> {
  for (const one of [image, to])
    must("buildah", ["push", "--tls-verify=false", one, `docker://${registry.host}/${one.slice("localhost/".length)}`]);
  const [own, below] = await Promise.all(
    [image, to].map(async (one) => {
      const [repository, tag] = one.slice("localhost/".length).split(":");
      return (await (await fetched(`${repository}/manifests/${tag}`)).json()) as Manifest;
    }),
  );
  const known = new Set(below!.layers.map(({ digest }) => digest));
  expect(own!.layers.length).toBeGreaterThan(known.size);
  return { ...own!, layers: own!.layers.filter(({ digest }) => !known.has(digest)) };
}

/** Files of an image, without a `/` in front. */
function filesOf(image: string): string[] {
  const container = must("buildah", ["from", image]);
  const mounted = must("buildah", ["mount", container]);
  const files = must("find", [".", "-type", "f", "-printf", "%P\n"], { cwd: mounted });
  must("buildah", ["rm", container]);
  return files.split("\n");
}

describe.skipIf("missing" in base)(`the runtime image${title}`, () => {
  test("has a list of what it holds: each of nais-etl's packages, and what runs them", async () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const own = ["nais-etl", ...Object.keys(dependencies)].map((one) => `pkg:npm/${one.replace("@", "%40")}`);
    const found = await packagesOf("node");
    const names = new Set(found);
    expect(own.filter((purl) => !names.has(purl))).toEqual([]);
    expect(names).toContain("pkg:deb/debian/libc6");
    expect(names).not.toContain("pkg:npm/vitest");
  });

  test(
    "adds at most 40 MB to Node's, compressed",
    async () => {
      const { layers } = await added(node, name);
      const megabytes = layers.reduce((sum, { size }) => sum + size, 0) / 1e6;
      console.log(`The runtime image adds ${megabytes.toFixed(1)} MB to its base, compressed.`);
      expect(megabytes).toBeGreaterThan(20);
      expect(megabytes).toBeLessThan(40);
    },
    5 * minutes,
  );

  test("holds what a run needs, and no dev dependency, no test, no cache and no other platform's code", () => {
    const files = filesOf(node).filter((path) => /^(opt|root|home|tmp|pipeline)\//.test(path));
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const modules = "opt/nais-etl/node_modules/";
    // Others bring types, which are left out of them.
    const own = Object.keys(devDependencies).filter((dev) => !dev.startsWith("@types/"));
    expect(files).toContain("opt/nais-etl/lib/cli/main.js");
    expect(files.filter((path) => own.some((dev) => path.startsWith(`${modules}${dev}/`)))).toEqual([]);
    expect(files.filter((path) => /(^|\/)(_cacache|\.npm|__tests__|tests?)\//.test(path))).toEqual([]);
    expect(files.filter((path) => path.startsWith("opt/") && /\.(d\.[cm]?ts|map)$/.test(path))).toEqual([]);
    expect(new Set(files.flatMap((path) => /duckdb\/(node-bindings-[^/]+)/.exec(path)?.[1] ?? []))).toEqual(
      new Set(["node-bindings-linux-x64"]),
    );
  });

  test(
    "runs a pipeline as its pod, with the right figures",
    () => {
      const pipeline = example("unemployment");
      expect(build(pipeline, node, ["--image", "localhost/e2e-unemployment"])).toMatchObject({ status: 0 });
      const sql =
        "SELECT month, unemployed FROM labour_market.unemployment_by_month WHERE month IN ('2000-01-01', '2009-10-01') ORDER BY month";
      expect(runInPod("localhost/e2e-unemployment:1", pipeline, sql)).toEqual([
        { month: "2000-01-01", unemployed: 5974 },
        { month: "2009-10-01", unemployed: 13492 },
      ]);
    },
    5 * minutes,
  );

  test(
    "runs models in Python as their pod, in its other form, whose list names their packages",
    async () => {
      runtimeImage("python", python);
      const libraries = ["pandas", "polars", "pyarrow"].map((one) => `pkg:pypi/${one}`);
      expect(await packagesOf("python")).toEqual(expect.arrayContaining(libraries));
      const pipeline = example("apps-per-env-python");
      expect(build(pipeline, python, ["--image", "localhost/e2e-apps"])).toMatchObject({ status: 0 });
      const sql = "SELECT env, datacenter, antall_apper FROM apps_aggregated.apps_per_env ORDER BY ALL";
      expect(runInPod("localhost/e2e-apps:1", pipeline, sql)).toEqual([
        { env: "dev", datacenter: "gcp", antall_apper: 13 },
        { env: "dev", datacenter: "on_prem", antall_apper: 9 },
        { env: "prod", datacenter: "gcp", antall_apper: 7 },
        { env: "prod", datacenter: "on_prem", antall_apper: 8 },
      ]);
    },
    15 * minutes,
  );

  test(
    "is pushed once: after a change of one model less than 1 MB moves",
    async () => {
      const pipeline = example("unemployment");
      const counter = await startCounter(registry.host);
      const push = (tag: string) => {
        const args = [
          "--builder",
          "buildah",
          "--base",
          node,
          "--registry",
          `${counter.host}/team`,
          "--push",
          "--tag",
          tag,
        ];
        made.push(`${counter.host}/team/unemployment:${tag}`);
        return bytesDuring(counter, () => started(pipeline, ["build", ...args]));
      };
      const first = await push("1");
      const model = join(pipeline, "models/unemployment_by_month.sql");
      writeFileSync(model, `${readFileSync(model, "utf8")}\n-- changed\n`);
      const second = await push("2");
      counter.stop();
      console.log(
        `The first push sends ${(first / 1e6).toFixed(1)} MB, one after a change ${(second / 1e3).toFixed(0)} kB.`,
      );
      expect(first).toBeGreaterThan(20e6);
      expect(second).toBeGreaterThan(1000);
      expect(second).toBeLessThan(1e6);
    },
    5 * minutes,
  );

  test(
    "ends with 143 when its pod is told to stop",
    async () => {
      const pipeline = mkdtempSync(join(folder, "slow-"));
      mkdirSync(join(pipeline, "models"));
      mkdirSync(join(pipeline, "data"));
      writeFileSync(join(pipeline, "data/a.csv"), "x\n1\n");
      writeFileSync(
        join(pipeline, "pipeline.yaml"),
        "name: slow\nsources: { a: { type: file, path: data/a.csv, columns: { x: INT64 } } }\nmodels: { b: { columns: { x: INT64 } } }\noutputs: { b: { type: bigquery, table: d.b } }\n",
      );
      writeFileSync(
        join(pipeline, "models/b.ts"),
        "export function table(a) {\n  console.log('waits');\n  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120_000);\n  return [...a];\n}\n",
      );
      expect(build(pipeline, node, ["--image", "localhost/e2e-slow"])).toMatchObject({ status: 0 });
      const writable = ["--tmpfs", "/pipeline/.nais-etl:mode=1777"];
      const container = must("podman", [...pod, "--detach", ...writable, "localhost/e2e-slow:1"]);
      for (let i = 0; i < 100 && !must("podman", ["logs", container]).includes("waits"); i++) await sleep(100);
      must("podman", ["stop", "--time", "30", container]);
      const said = must("podman", ["logs", container]);
      expect({ code: must("podman", ["wait", container]), said }).toEqual({ code: "143", said });
      must("podman", ["rm", "--force", container]);
    },
    3 * minutes,
  );
});

describe.skipIf("missing" in base)(`build --check${title}`, () => {
  test(
    "says that a pipeline runs as its pod, and how",
    () => {
      const pipeline = example("unemployment");
      const { status, stdout } = build(pipeline, node, ["--image", "localhost/e2e-fits", "--check"]);
      expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("runs as its pod would") });
    },
    3 * minutes,
  );

  test(
    "says how much memory there was where it was not enough, and leaves no container behind",
    () => {
      const pipeline = example("unemployment");
      const file = join(pipeline, "pipeline.yaml");
      writeFileSync(file, `${readFileSync(file, "utf8")}\nnais: { resources: { limits: { memory: 48Mi } } }\n`);
      const { status, stderr } = build(pipeline, node, ["--image", "localhost/e2e-memory", "--check"]);
      expect(stderr).toContain("needs more than the pod's 48Mi of memory");
      expect(status).toBe(3);
      expect(must("podman", ["ps", "--all", "--format", "{{.Names}}"])).not.toContain("nais-etl-check");
    },
    3 * minutes,
  );

  test(
    "says which path an image writes that a pod cannot",
    () => {
      const pipeline = example("unemployment");
      const write = `CMD ["-e", "require('fs').writeFileSync('/pipeline/cache.json', '')"]`;
      const dockerfile = `FROM ${node}\nCOPY . .\nENTRYPOINT ["node"]\n${write}\n`;
      writeFileSync(join(pipeline, "Dockerfile"), dockerfile);
      const { status, stderr } = build(pipeline, node, ["--image", "localhost/e2e-writes", "--check"]);
      expect(stderr).toContain("it writes `/pipeline/cache.json`, and in a pod only /tmp can be written");
      expect(status).toBe(3);
    },
    3 * minutes,
  );
});

describe.skipIf("missing" in base)(`an image${title}`, () => {
  test(
    "has no secret of its build in any layer, nor of a .env",
    async () => {
      const secret = ["made", "up", "4711"].join("-");
      const pipeline = example("unemployment");
      writeFileSync(join(pipeline, ".env"), `A=${secret}\n`);
      const run = 'RUN --mount=type=secret,id=TOKEN test -n "$(cat /run/secrets/TOKEN)"';
      writeFileSync(join(pipeline, "Dockerfile"), `FROM ${node}\nUSER 0\n${run}\nCOPY . .\nUSER 1069\n`);
      const args = ["--image", "localhost/e2e-secret", "--secret", "TOKEN"];
      expect(build(pipeline, node, args, { TOKEN: secret })).toMatchObject({ status: 0 });
      const { config, layers } = await added("localhost/e2e-secret:1", node);
      const blobs = await Promise.all(
        [config, ...layers].map(async ({ digest }) => {
          const blob = Buffer.from(await (await fetched(`e2e-secret/blobs/${digest}`)).arrayBuffer());
          return (blob[0] === 0x1f ? gunzipSync(blob) : blob).toString("latin1");
        }),
      );
      expect(blobs.some((text) => text.includes("name: unemployment"))).toBe(true);
      expect(blobs.filter((text) => text.includes(secret))).toEqual([]);
    },
    5 * minutes,
  );
});

/** In the background, since what it sends goes through this process. */
async function started(cwd: string, args: string[]): Promise<void> {
  const env = { ...process.env, ...builderEnv, XDG_RUNTIME_DIR: folder };
  const child = spawn(process.execPath, [join(root, "bin/nais-etl.js"), ...args], { cwd, env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += data.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(said);
}

interface Counter {
  host: string;
  /** Bytes that were sent to the registry so far. */
  sent: () => number;
  stop: () => void;
}

async function bytesDuring({ sent }: Counter, act: () => Promise<void>): Promise<number> {
  const before = sent();
  await act();
  return sent() - before;
}

async function startCounter(to: string): Promise<Counter> {
  const [host, port] = to.split(":");
  let sent = 0;
  const server = createServer((socket) => {
    const there = connect(Number(port), host);
    socket.on("data", (data) => (sent += data.length));
    for (const end of [socket, there]) end.on("error", () => (socket.destroy(), there.destroy()));
    socket.pipe(there).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as { port: number };
  return { host: `127.0.0.1:${own}`, sent: () => sent, stop: () => void server.close() };
}
