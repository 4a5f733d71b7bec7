import { execFile, spawnSync } from "node:child_process";
import { connect, createServer } from "node:net";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installPackages } from "./support/debian.ts";
import { parseBytes } from "../../src/util/bytes.ts";
import { pushAccount } from "../../src/ship/image/gar-login.ts";
import { startOidcServer } from "../servers/github-oidc.ts";
import { startHttpServer } from "../servers/http.ts";
import { provider, startGoogleLogin } from "../servers/google-login.ts";
import { registryLogin, startRegistry, tokenLogin, type Registry } from "./support/registry.ts";
import { freePort } from "./support/server.ts";

// Images that a real builder makes and a real registry takes: the digest that we print is the one that another tool sees.

const root = fileURLToPath(new URL("../../", import.meta.url));
// Neither a kernel's overlay nor a namespace is asked for: both are seldom there in a container.
const builderEnv = { BUILDAH_ISOLATION: "chroot", STORAGE_DRIVER: "vfs" };
const base = "localhost/nais-etl-test-base:1";
const missing =
  process.getuid?.() === 0
    ? (installPackages(
        ["buildah", "podman", "skopeo", "docker-registry"],
        ["buildah", "podman", "skopeo", "docker-registry", "runc"],
      ) ?? makeBase())
    : "only root can build images here without a user namespace";
const isThere = missing === undefined;

function buildah(...args: string[]) {
  return spawnSync("buildah", args, { env: { ...process.env, ...builderEnv }, encoding: "utf8" });
}

/** An image of nothing but one package. @returns why this machine makes none */
function makeBase(): string | undefined {
  const content = mkdtempSync(join(tmpdir(), "nais-etl-base-"));
  mkdirSync(join(content, "node_modules/left-pad"), { recursive: true });
  const facts = { name: "left-pad", version: "1.3.0", license: "WTFPL" };
  writeFileSync(join(content, "node_modules/left-pad/package.json"), JSON.stringify(facts));
  const made = buildah("from", "scratch");
  const name = made.stdout.trim();
  const calls = [
    made,
    buildah("copy", name, content, "/opt/app"),
    buildah("config", "--user", "1069", name),
    buildah("commit", "--quiet", name, base),
    buildah("rm", name),
  ];
  rmSync(content, { recursive: true });
  const failed = calls.find(({ status }) => status !== 0);
  return failed && `buildah does not work here: ${failed.stderr.trim().split("\n").at(-1)}`;
}

let folder: string;
let open: Registry;
let closed: Registry;

beforeAll(async () => {
  if (!isThere) return;
  folder = await mkdtemp(join(tmpdir(), "nais-etl-image-"));
  await cp(join(root, "examples/unemployment"), join(folder, "p"), { recursive: true });
  [open, closed] = await Promise.all([startRegistry(), startRegistry({ withLogin: true })]);
}, 300_000);

afterAll(async () => {
  if (!isThere) return;
  await Promise.all([open?.stop(), closed?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const lines = (text: string) => text.trim().split("\n");

function environment(env: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...builderEnv, XDG_RUNTIME_DIR: folder, ...env };
}

interface Built {
  status: number;
  stdout: string;
  stderr: string;
}

async function build(args: string[], env: Record<string, string> = {}): Promise<Built> {
  const argv = [
    join(root, "bin/nais-etl.js"),
    "build",
    "--base",
    base,
    "--builder",
    "buildah",
    "--tag",
    "1.0.0",
    ...args,
  ];
  const child = promisify(execFile)(process.execPath, argv, { cwd: join(folder, "p"), env: environment(env) });
  return child.then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      status: error.code,
      stdout: error.stdout,
      stderr: error.stderr,
    }),
  );
}

function inspect(name: string, login?: { user: string; password: string }): Record<string, unknown> {
  const credentials = login ? ["--creds", `${login.user}:${login.password}`] : [];
  const { stdout, stderr } = spawnSync(
    "skopeo",
    ["inspect", "--tls-verify=false", ...credentials, `docker://${name}`],
    { encoding: "utf8" },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Files below a folder of an image, each `./path`. */
function filesIn(image: string, path: string): string[] {
  const made = buildah("from", image).stdout.trim();
  const mounted = buildah("mount", made).stdout.trim();
  const { stdout } = spawnSync("find", [".", "-type", "f"], { cwd: join(mounted, path), encoding: "utf8" });
  buildah("rm", made);
  return lines(stdout).toSorted();
}

/** What a run on target `local` leaves: a warehouse, and the file of an output. */
async function leaveRun(): Promise<void> {
  await mkdir(join(folder, "p/.nais-etl"), { recursive: true });
  await mkdir(join(folder, "p/out"), { recursive: true });
  await writeFile(join(folder, "p/.nais-etl/warehouse.duckdb"), "");
  await writeFile(join(folder, "p/out/unemployment_by_month.parquet"), "");
}

interface Listed {
  name?: string;
  tag?: string;
}

interface BuildahImage {
  id: string;
  names: string[] | null;
  createdatraw: string;
  size: string;
}

describe.skipIf(!isThere)(`an image${isThere ? "" : ` (${missing})`}`, () => {
  test("is built and pushed, and has the digest that another tool sees", async () => {
    const github = {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "o/unemployment",
      GITHUB_SHA: "1a2b3c4",
    };
    const { status, stdout, stderr } = await build(["--registry", `${open.host}/team`, "--push", "--json"], github);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { image, digest } = JSON.parse(stdout) as { image: string; digest: string };
    expect(image).toBe(`${open.host}/team/unemployment:1.0.0@${digest}`);
    expect(inspect(`${open.host}/team/unemployment:1.0.0`)).toMatchObject({
      Digest: digest,
      Os: "linux",
      Architecture: "amd64",
      Labels: {
        "org.opencontainers.image.title": "unemployment",
        "org.opencontainers.image.version": "1.0.0",
        "org.opencontainers.image.revision": "1a2b3c4",
        "org.opencontainers.image.source": "https://github.com/o/unemployment",
      },
    });
  }, 300_000);

  test("has a list of what it holds, which names it by its digest", async () => {
    const file = join(folder, "sbom.json");
    const args = ["--registry", `${open.host}/team`, "--push", "--json", "--sbom", file];
    const { status, stdout, stderr } = await build(args);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { digest, sbom } = JSON.parse(stdout) as { digest: string; sbom: string };
    expect(sbom).toBe(file);
    const text = await readFile(file, "utf8");
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const bom = JSON.parse(text) as { metadata: { component: object }; components: { purl: string }[] };
    expect(bom.metadata.component).toMatchObject({ name: `${open.host}/team/unemployment`, version: digest });
    expect(bom.components.map(({ purl }) => purl)).toEqual(["pkg:npm/left-pad@1.3.0"]);
  }, 300_000);

  test("is listed as the builder and the registry have it", async () => {
    await build(["--registry", `${open.host}/listed`, "--push"]);
    const { status, stdout, stderr } = await build(["--registry", `${open.host}/listed`, "--list", "--json"]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { local, registry } = JSON.parse(stdout) as { local: Listed[]; registry: { images: Listed[] } };
    const theirs = spawnSync("buildah", ["images", "--json"], { env: environment({}), encoding: "utf8" }).stdout;
    const name = `${open.host}/listed/unemployment:1.0.0`;
    const one = (JSON.parse(theirs) as BuildahImage[]).find(({ names }) => names?.includes(name))!;
    expect(local).toEqual([
      { name, id: one.id, created: new Date(one.createdatraw).toISOString(), bytes: parseBytes(one.size) },
    ]);
    const { Digest: digest, Created: created } = inspect(name);
    expect(registry.images).toMatchObject([{ tag: "1.0.0", digest, created, bytes: expect.any(Number) }]);
  }, 300_000);

  test("holds the pipeline and its models, and neither tests nor samples nor what a run has left", async () => {
    await writeFile(join(folder, "p/.env"), "PASSWORD=made-up");
    await leaveRun();
    await build(["--image", "localhost/looked-into"]);
    const files = filesIn("localhost/looked-into:1.0.0", "pipeline");
    expect(files).toContain("./pipeline.yaml");
    expect(files.filter((file) => /^\.\/(tests\/|\.env|\.nais-etl|out)/.test(file))).toEqual([]);
    expect(files.some((file) => /^\.\/models\/.*\.sql$/.test(file))).toBe(true);
  }, 300_000);

  test.each(["buildah", "podman"])(
    "of a team's own Dockerfile holds no .env and nothing of a run, built by %s",
    async (builder) => {
      await leaveRun();
      await writeFile(join(folder, "p/.env"), "PASSWORD=made-up");
      await writeFile(join(folder, "p/own.Dockerfile"), `FROM ${base}\nCOPY . /pipeline/\nUSER 1069\n`);
      const name = `localhost/own-${builder}`;
      const built = await build(["--image", name, "--dockerfile", "own.Dockerfile", "--builder", builder]);
      expect(built).toMatchObject({ status: 0 });
      const files = filesIn(`${name}:1.0.0`, "pipeline");
      expect(files).toContain("./tests/october_2009.csv");
      expect(files.filter((file) => /^\.\/(\.env|\.nais-etl|out)/.test(file))).toEqual([]);
    },
    300_000,
  );

  test("is built by a builder that knows neither the job's tokens nor the pipeline's secrets", async () => {
    const bin = join(folder, "bin");
    await mkdir(bin, { recursive: true });
    const real = spawnSync("sh", ["-c", "command -v buildah"], { encoding: "utf8" }).stdout.trim();
    await writeFile(join(bin, "buildah"), `#!/bin/sh\nenv >> ${bin}/env\nexec ${real} "$@"\n`, { mode: 0o755 });
    const secrets = {
      GITHUB_TOKEN: "made-up-of-the-job",
      NAIS_DEPLOY_APIKEY: "made-up-of-the-team",
      DB_PASSWORD: "made-up-of-the-pipeline",
      NAIS_ETL_REGISTRY_USER: registryLogin.user,
      NAIS_ETL_REGISTRY_PASSWORD: registryLogin.password,
    };
    const env = { ...secrets, NPM_TOKEN: "named-by-the-build", PATH: `${bin}:${process.env["PATH"]}` };
    const args = ["--registry", `${closed.host}/env`, "--push", "--secret", "NPM_TOKEN"];
    const { status, stderr } = await build(args, env);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const seen = await readFile(join(bin, "env"), "utf8");
    expect(seen).toContain("BUILDAH_ISOLATION=chroot");
    expect(seen.match(/named-by-the-build/g)).toHaveLength(1);
    for (const text of [...Object.values(secrets).slice(0, 3), registryLogin.password])
      expect(seen).not.toContain(text);
  }, 300_000);

  test("goes to a registry with a login, whose password stands nowhere", async () => {
    const env = { NAIS_ETL_REGISTRY_USER: registryLogin.user, NAIS_ETL_REGISTRY_PASSWORD: registryLogin.password };
    const { status, stdout, stderr } = await build(["--registry", `${closed.host}/team`, "--push", "--verbose"], env);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(inspect(`${closed.host}/team/unemployment:1.0.0`, registryLogin)["Digest"]).toBe(
      /@(sha256:\w+)/.exec(stdout)![1],
    );
    expect(stdout + stderr).not.toContain(registryLogin.password);
  }, 300_000);

  test("goes to the team's registry with the token that Google gives a workflow, which stands nowhere", async () => {
    const oidc = await startOidcServer();
    const project = "nais-management-1";
    const accounts = [pushAccount({ project, team: "labour-market" })];
    const google = await startGoogleLogin({ oidc, accounts, accessToken: tokenLogin.password });
    const env = {
      ...oidc.env,
      GITHUB_REPOSITORY: "navikt/unemployment",
      NAIS_MANAGEMENT_PROJECT_ID: project,
      NAIS_WORKLOAD_IDENTITY_PROVIDER: provider,
      NAIS_ETL_GOOGLE_LOGIN: google.url,
      NAIS_ETL_GAR: closed.host,
    };
    const address = `${closed.host}/${project}/labour-market/unemployment`;
    const { status, stdout, stderr } = await build(["--registry", "gar", "--push", "--json", "--debug"], env);
    await Promise.all([oidc.stop(), google.stop()]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect((JSON.parse(stdout) as { image: string }).image).toBe(
      `${address}:1.0.0@${String(inspect(`${address}:1.0.0`, tokenLogin)["Digest"])}`,
    );
    for (const token of [tokenLogin.password, ...oidc.given]) expect(stdout + stderr).not.toContain(token);
  }, 300_000);

  test("is refused with a wrong password in words that help, and nothing is there", async () => {
    const env = { NAIS_ETL_REGISTRY_USER: registryLogin.user, NAIS_ETL_REGISTRY_PASSWORD: "not-this-one" };
    const { status, stderr } = await build(["--registry", `${closed.host}/none`, "--push"], env);
    expect(status).toBe(1);
    expect(stderr).toContain(`logging in to ${closed.host} failed`);
    expect(stderr).toContain("The login may not write there");
    expect(stderr).not.toContain("not-this-one");
    expect(() => inspect(`${closed.host}/none/unemployment:1.0.0`, registryLogin)).toThrow(
      /manifest unknown|not found/i,
    );
  }, 300_000);

  test("that is cut off in the middle of its push says so, and a second try over the same way succeeds", async () => {
    const way = await startWay(open.host, 4000);
    const args = ["--registry", `${way.host}/cut`, "--push"];
    const { status, stderr } = await build(args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/pushing .* failed/);
    expect(stderr).toContain("The connection broke. Run it again");
    expect(way.cuts).toBeGreaterThan(0);
    expect(() => inspect(`${open.host}/cut/unemployment:1.0.0`)).toThrow(/manifest unknown|not found|name unknown/i);
    way.mend();
    const again = await build(args);
    await way.stop();
    expect(again).toMatchObject({ status: 0 });
    expect(again.stdout).toContain(String(inspect(`${open.host}/cut/unemployment:1.0.0`)["Digest"]));
  }, 300_000);

  test("for a repository that the registry does not have is told that", async () => {
    // Most make one at the first push; Google's does not, and answers so.
    const google = await startHttpServer((request, response) => {
      if (request.url === "/v2/") return void response.writeHead(200).end("{}");
      const errors = [{ code: "NAME_UNKNOWN", message: 'Repository "team" not found' }];
      response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ errors }));
    });
    const { status, stderr } = await build([
      "--registry",
      `${google.url.replace("http://", "")}/project/team`,
      "--push",
    ]);
    await google.stop();
    expect(status).toBe(1);
    expect(stderr).toContain("The registry has no such repository");
  }, 300_000);
});

interface Way {
  host: string;
  /** How many connections were cut. */
  readonly cuts: number;
  mend(): void;
  stop(): Promise<void>;
}

/** To another server, over connections that break once so many bytes went there, until they are mended. */
async function startWay(to: string, most: number): Promise<Way> {
  const port = await freePort();
  let [isBroken, cuts] = [true, 0];
  const server = createServer((near) => {
    const far = connect(Number(to.split(":")[1]), "127.0.0.1");
    let sent = 0;
    near.on("data", (chunk) => {
      sent += chunk.length;
      if (!isBroken || sent < most) return void far.write(chunk);
      cuts++;
      near.destroy();
    });
    far.on("data", (chunk) => near.write(chunk));
    for (const [one, other] of [[near, far] as const, [far, near] as const])
      one.on("error", () => undefined).on("close", () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${port}`,
    get cuts() {
      return cuts;
    },
    mend: () => void (isBroken = false),
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
