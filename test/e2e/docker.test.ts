import { execFile, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { baseImage } from "./support/base-image.ts";
import { startDockerd } from "./support/dockerd.ts";
import { builderEnv, emptyBase, makeEmptyBase } from "./support/empty-base.ts";
import { buildTimeout } from "./support/go.ts";
import { registryLogin, startRegistry, type Registry } from "./support/registry.ts";

// What GitHub's runners build with: Docker's daemon and BuildKit, by buildx and by the client's own command.

const root = fileURLToPath(new URL("../../", import.meta.url));
const docker = await findDocker();
const missing = "missing" in docker ? docker.missing : undefined;
const isThere = missing === undefined;

async function findDocker() {
  const problem = makeEmptyBase("skopeo");
  return problem === undefined ? startDockerd() : { missing: problem };
}

let folder: string;
let open: Registry;
let closed: Registry;
let base: string;

beforeAll(async () => {
  if ("missing" in docker) return;
  folder = await mkdtemp(join(tmpdir(), "nais-etl-docker-e2e-"));
  [open, closed] = await Promise.all([startRegistry(), startRegistry({ withLogin: true })]);
  base = `${open.host}/base/empty:1`;
  must("buildah", ["push", "--tls-verify=false", emptyBase, `docker://${base}`], builderEnv);
}, buildTimeout);

afterAll(async () => {
  if ("missing" in docker) return;
  await docker.stop();
  await Promise.all([open?.stop(), closed?.stop()]);
  if (folder) await rm(folder, { recursive: true, force: true });
}, 60_000);

function must(command: string, args: string[], env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, { env: { ...process.env, ...env }, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

/** A copy of an example, with what a run on target `local` leaves in it. */
async function pipeline(called: string, files: Record<string, string> = {}): Promise<string> {
  const copy = await mkdtemp(join(folder, `${called}-`));
  const isLeft = /\/(?:\.nais-etl|out)(?:\/|$)/;
  const from = join(root, "examples", called);
  await cp(from, copy, { recursive: true, filter: (path) => !isLeft.test(path.slice(from.length)) });
  for (const name of [".nais-etl", "out"]) await mkdir(join(copy, name));
  const left = {
    ".nais-etl/warehouse.duckdb": "",
    "out/unemployment_by_month.parquet": "",
    ".env": "PASSWORD=made-up",
  };
  for (const [file, text] of Object.entries({ ...left, ...files })) await writeFile(join(copy, file), text);
  return copy;
}

interface Built {
  status: number;
  stdout: string;
  stderr: string;
}

async function build(cwd: string, args: string[], env: Record<string, string> = {}): Promise<Built> {
  const argv = [join(root, "bin/nais-etl.js"), "build", "--tag", "1.0.0", ...args];
  const all = { ...process.env, ...("missing" in docker ? {} : docker.env), ...env };
  return promisify(execFile)(process.execPath, argv, { cwd, env: all }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ status: code, stdout, stderr }),
  );
}

/** As another tool sees it in the registry. */
function seen(image: string): { digest: string; mediaType: string } {
  const raw = must("skopeo", ["inspect", "--tls-verify=false", "--raw", `docker://${image}`]);
  const digest = must("skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", `docker://${image}`]);
  return { digest, mediaType: (JSON.parse(raw) as { mediaType: string }).mediaType };
}

/** Files below a folder of an image that Docker has. */
function filesIn(image: string, path: string): string[] {
  if ("missing" in docker) return [];
  const made = must("docker", ["create", image, "none"], docker.env);
  const tar = join(folder, "files.tar");
  must("docker", ["export", "--output", tar, made], docker.env);
  must("docker", ["rm", made], docker.env);
  const all = must("tar", ["-tf", tar]).split("\n");
  return all
    .filter((file) => file.startsWith(`${path}/`) && !file.endsWith("/"))
    .map((file) => file.slice(path.length + 1));
}

const oneImage = "application/vnd.docker.distribution.manifest.v2+json";

describe.skipIf(!isThere)(`Docker${isThere ? "" : ` (${missing})`}`, { timeout: 300_000 }, () => {
  test.each(["docker buildx", "docker"])(
    "builds by `%s`, and the registry has that one image, by its digest",
    async (builder) => {
      const to = `${open.host}/team-${builder.replace(" ", "-")}`;
      const args = ["--base", base, "--builder", builder, "--registry", to, "--push", "--json"];
      // `docker` builds where it keeps images, whatever builder is chosen for buildx.
      const env: Record<string, string> = builder === "docker" ? { BUILDX_BUILDER: "elsewhere" } : {};
      const { status, stdout, stderr } = await build(await pipeline("unemployment"), args, env);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      const { image, digest } = JSON.parse(stdout) as { image: string; digest: string };
      expect(image).toBe(`${to}/unemployment:1.0.0@${digest}`);
      expect(seen(`${to}/unemployment:1.0.0`)).toEqual({ digest, mediaType: oneImage });
      const files = filesIn(`${to}/unemployment:1.0.0`, "pipeline");
      expect(files).toEqual(expect.arrayContaining(["pipeline.yaml", expect.stringMatching(/^models\/.*\.sql$/)]));
      expect(files.filter((file) => /^(tests\/|\.env|\.nais-etl|out|Dockerfile)/.test(file))).toEqual([]);
    },
  );

  test("is what is taken where nothing is said, and its images are listed with what the registry has", async () => {
    const folderOf = await pipeline("unemployment");
    const args = ["--base", base, "--registry", `${open.host}/listed`];
    const built = await build(folderOf, [...args, "--push", "--verbose", "--sbom", join(folder, "sbom.json")]);
    expect(built).toMatchObject({ status: 0 });
    expect(built.stderr + built.stdout).toContain("with docker buildx");
    expect(await readFile(join(folder, "sbom.json"), "utf8")).toContain('"bomFormat": "CycloneDX"');
    const { stdout } = await build(folderOf, ["--registry", `${open.host}/listed`, "--list", "--json"]);
    const { local, registry } = JSON.parse(stdout) as { local: object[]; registry: { images: object[] } };
    const name = `${open.host}/listed/unemployment:1.0.0`;
    expect(local).toMatchObject([{ name, id: expect.stringMatching(/^[0-9a-f]{12}$/), bytes: expect.any(Number) }]);
    expect(registry.images).toMatchObject([{ tag: "1.0.0", digest: seen(name).digest }]);
  });

  test("is logged in for the push alone, with a password that stands nowhere", async () => {
    if ("missing" in docker) return;
    const env = { NAIS_ETL_REGISTRY_USER: registryLogin.user, NAIS_ETL_REGISTRY_PASSWORD: registryLogin.password };
    const args = ["--base", base, "--registry", `${closed.host}/team`, "--push", "--verbose"];
    const { status, stdout, stderr } = await build(await pipeline("unemployment"), args, env);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout + stderr).not.toContain(registryLogin.password);
    const config = await readFile(join(docker.env.DOCKER_CONFIG, "config.json"), "utf8");
    expect(JSON.parse(config)).not.toHaveProperty(["auths", closed.host]);
    const wrong = await build(await pipeline("unemployment"), args, {
      ...env,
      NAIS_ETL_REGISTRY_PASSWORD: "not-this-one",
    });
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain(`logging in to ${closed.host} failed`);
  });

  test("that answers no more is told as that", async () => {
    const nobody = { DOCKER_HOST: `unix://${folder}/nobody.sock` };
    const { status, stderr } = await build(
      await pipeline("unemployment"),
      ["--base", base, "--builder", "docker"],
      nobody,
    );
    expect(status).toBe(1);
    expect(stderr).toContain("`docker` is not here, or does not answer");
  });
});

const python = isThere ? pythonBase() : { missing: missing ?? "" };
const hasPython = "name" in python;

/** Debian with Python and pip. */
function pythonBase(): { name: string } | { missing: string } {
  if ("missing" in docker) return docker;
  if (!docker.hasNetwork) return { missing: "no network can be made here for what builds" };
  const debian = baseImage();
  if ("missing" in debian) return debian;
  const name = debian.name.replace("e2e-base", "e2e-python-base");
  const isMade = spawnSync("buildah", ["inspect", "--type", "image", name]).status === 0;
  if (isMade) return { name };
  const isolation = { BUILDAH_ISOLATION: "chroot" };
  const made = must("buildah", ["from", debian.name]);
  must("buildah", ["run", made, "python3", "-m", "venv", "/opt/python"], isolation);
  must("buildah", ["config", "--env", "PATH=/opt/python/bin:/usr/local/bin:/usr/bin:/bin", made]);
  // A third of it, and nobody asks for it here.
  must("buildah", ["run", made, "rm", "-rf", "/usr/local/bin/node", "/usr/local/lib/node_modules"], isolation);
  must("buildah", ["commit", "--quiet", "--squash", made, name]);
  must("buildah", ["rm", made]);
  return { name };
}

describe.skipIf(!hasPython)(
  `Docker, with what a build runs${hasPython ? "" : ` (${python.missing})`}`,
  { timeout: 300_000 },
  () => {
    let withPython: string;

    beforeAll(() => {
      if (!hasPython) return;
      withPython = `${open.host}/base/python:1`;
      const copy = ["copy", "--quiet", "--dest-tls-verify=false", "--dest-decompress"];
      must("skopeo", [...copy, `containers-storage:${python.name}`, `docker://${withPython}`]);
    }, 300_000);

    test("makes the image of a pipeline in Python, with the packages of its lock file", async () => {
      if (!hasPython) return;
      // What the base has already, so that nothing is fetched.
      const version = must("podman", [
        "run",
        "--rm",
        "--network",
        "none",
        ...fewFiles,
        python.name,
        "pip",
        "--version",
      ]);
      const lock = `pip==${/pip ([\d.]+)/.exec(version)![1]}\n`;
      const folderOf = await pipeline("apps-per-env-python", { "requirements.txt": lock });
      const args = ["--base", withPython, "--registry", `${open.host}/python`, "--push", "--json", "--verbose"];
      const { status, stdout, stderr } = await build(folderOf, args);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stderr).toContain("Requirement already satisfied: pip==");
      const { digest, image } = JSON.parse(stdout) as { digest: string; image: string };
      expect(seen(image.replace(/@.*/, ""))).toEqual({ digest, mediaType: oneImage });
      const files = filesIn(image.replace(/@.*/, ""), "pipeline");
      expect(files).toContain("models/apps_per_env.py");
      expect(files.filter((file) => /^(tests\/|\.env|\.nais-etl)/.test(file))).toEqual([]);
    });

    test.each(["docker buildx", "docker"])(
      "gives a build by `%s` its secrets, and none of the job's",
      async (builder) => {
        const read = "RUN --mount=type=secret,id=TOKEN test $(wc -c < /run/secrets/TOKEN) = 7 && ! env | grep -i token";
        const Dockerfile = `FROM ${withPython}\nUSER 0\n${read}\nUSER 1069\nCOPY . /pipeline/\n`;
        const digest = seen(withPython).digest;
        const folderOf = await pipeline("unemployment", { Dockerfile: Dockerfile.replace(":1\n", `:1@${digest}\n`) });
        const env = { TOKEN: "made-up", GITHUB_TOKEN: "made-up-of-the-job" };
        const built = await build(
          folderOf,
          ["--builder", builder, "--secret", "TOKEN", "--image", "localhost/secret"],
          env,
        );
        expect(built).toMatchObject({ status: 0 });
        const files = filesIn("localhost/secret:1.0.0", "pipeline");
        expect(files.filter((file) => /^(\.env|\.nais-etl|out)/.test(file))).toEqual([]);
      },
    );

    test("tries an image as its pod would run it, also where a folder that a run writes lies in it", async () => {
      const digest = seen(withPython).digest;
      const dockerfile = (path: string) =>
        `FROM ${withPython}@${digest}\nWORKDIR /pipeline\nCOPY . .\nRUN mkdir -p out .nais-etl\nUSER 1069\n${writes(path)}\n`;
      const folderOf = await pipeline("unemployment", { Dockerfile: dockerfile("out") });
      const args = ["--image", "localhost/checked", "--check"];
      expect(await build(folderOf, args)).toMatchObject({ status: 0 });
      await writeFile(join(folderOf, "Dockerfile"), dockerfile("/opt"));
      const refused = await build(folderOf, args);
      expect(refused.status).toBe(3);
      expect(refused.stderr).toContain("it writes `/opt/x`, and in a pod only /tmp can be written");
    });
  },
);

const fewFiles = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
const writes = (path: string) => `ENTRYPOINT ["sh", "-c", "touch ${path}/x .nais-etl/x && test $(id -u) = 1069"]`;
