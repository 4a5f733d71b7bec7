import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCosign } from "./support/cosign.ts";
import { installPackages } from "./support/debian.ts";
import { buildTimeout } from "./support/go.ts";
import { registryLogin, startRegistry, type Registry } from "./support/registry.ts";

// What `build --sbom --sign` leaves in a registry, as cosign itself finds and verifies it. Nothing asks a public service.

const root = fileURLToPath(new URL("../../", import.meta.url));
const missing = await findMissing();
const isThere = typeof missing !== "string";

async function findMissing(): Promise<string | { cosign: string }> {
  if (process.getuid?.() !== 0) return "only root can build images here without a user namespace";
  const programs = ["buildah", "docker-registry"];
  const packages = installPackages(programs, [...programs, "runc"]);
  if (packages !== undefined) return packages;
  const built = await findCosign();
  if ("missing" in built) return built.missing;
  const probe = spawnSync("buildah", ["from", "scratch"], {
    env: { ...process.env, STORAGE_DRIVER: "vfs" },
    encoding: "utf8",
  });
  if (probe.status !== 0) return `buildah does not work here: ${probe.stderr.trim().split("\n").at(-1)}`;
  spawnSync("buildah", ["rm", probe.stdout.trim()], { env: { ...process.env, STORAGE_DRIVER: "vfs" } });
  return { cosign: built.path };
}

let folder: string;
let registry: Registry;

beforeAll(async () => {
  if (typeof missing === "string") return;
  folder = await mkdtemp(join(tmpdir(), "nais-etl-sign-"));
  await Promise.all([mkdir(join(folder, "p")), mkdir(join(folder, "bin"))]);
  await Promise.all([
    writeFile(join(folder, "p/pipeline.yaml"), pipeline),
    writeFile(join(folder, "p/Dockerfile"), "FROM scratch\nCOPY . /pipeline\nUSER 1069\n"),
    // Under the name that it has everywhere.
    symlink(missing.cosign, join(folder, "bin/cosign")),
  ]);
  registry = await startRegistry({ withLogin: true });
  const auth = Buffer.from(`${registryLogin.user}:${registryLogin.password}`).toString("base64");
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
  await Promise.all([makeKey("ours"), makeKey("other")]);
}, buildTimeout);

afterAll(async () => {
  if (!isThere) return;
  await registry?.stop();
  await rm(folder, { recursive: true, force: true });
});

const pipeline = `name: signed
team: nada
sources: { a: { type: file, path: a.csv, columns: { x: INT64 } } }
models: {}
outputs: { a: { type: file, path: out.csv, model: a } }
`;
const password = { COSIGN_PASSWORD: "password-of-the-key" };

async function makeKey(name: string): Promise<void> {
  const { status, stderr } = await cosign(["generate-key-pair", "--output-key-prefix", join(folder, name)]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  await chmod(join(folder, `${name}.key`), 0o600);
}

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...password,
    PATH: `${folder}/bin:${process.env["PATH"]}`,
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    BUILDAH_ISOLATION: "chroot",
    STORAGE_DRIVER: "vfs",
  };
}

async function run(argv: string[], env: Record<string, string> = {}): Promise<Ended> {
  const [program = "", ...args] = argv;
  return promisify(execFile)(program, args, { cwd: join(folder, "p"), env: { ...environment(), ...env } }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ status: code, stdout, stderr }),
  );
}

const cosign = (args: string[]) => run([join(folder, "bin/cosign"), ...args], { DOCKER_CONFIG: folder });

function verify(how: string[], image: string, key = "ours"): Promise<Ended> {
  const [command = "", ...more] = how;
  // Nobody else was told of the signature, so no log can be asked.
  return cosign([command, "--key", join(folder, `${key}.pub`), "--insecure-ignore-tlog=true", ...more, image]);
}

async function build(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const login = { NAIS_ETL_REGISTRY_USER: registryLogin.user, NAIS_ETL_REGISTRY_PASSWORD: registryLogin.password };
  const shared = ["--builder", "buildah", "--registry", `${registry.host}/team`, "--push", "--verbose", "--json"];
  return run([process.execPath, join(root, "bin/nais-etl.js"), "build", ...shared, ...args], { ...login, ...env });
}

describe.skipIf(!isThere)(`a signature${typeof missing === "string" ? ` (${missing})` : ""}`, () => {
  test("of what was pushed is found by cosign, and so is the list of what it holds", async () => {
    const { status, stdout, stderr } = await build([
      "--tag",
      "1.0.0",
      "--sbom",
      "--sign",
      "--sign-key",
      join(folder, "ours.key"),
    ]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    for (const secret of [registryLogin.password, password.COSIGN_PASSWORD])
      expect(stdout + stderr).not.toContain(secret);
    const { digest } = JSON.parse(stdout) as { digest: string };
    const image = `${registry.host}/team/signed@${digest}`;

    const signed = await verify(["verify"], image);
    expect({ ...signed, stdout: "" }).toMatchObject({ status: 0 });
    const found = JSON.parse(signed.stdout) as { critical: { image: object; type: string } }[];
    expect(found.map(({ critical }) => critical.type)).toContain("https://sigstore.dev/cosign/sign/v1");
    for (const { critical } of found) expect(critical.image).toEqual({ "docker-manifest-digest": digest });

    const attested = await verify(["verify-attestation", "--type", "cyclonedx"], image);
    expect({ ...attested, stdout: "" }).toMatchObject({ status: 0 });
    const { payload } = JSON.parse(attested.stdout.trim().split("\n")[0]!) as { payload: string };
    const { predicate } = JSON.parse(Buffer.from(payload, "base64").toString()) as { predicate: object };
    expect(predicate).toEqual(JSON.parse(await readFile(join(folder, "p/sbom.cdx.json"), "utf8")));

    expect((await verify(["verify"], image, "other")).status).not.toBe(0);
  }, 120_000);

  test("with a wrong password is refused in words that help, without it", async () => {
    const args = ["--tag", "2.0.0", "--sign", "--sign-key", join(folder, "ours.key")];
    const { status, stderr } = await build([...args, "--build-arg", "A=2"], { COSIGN_PASSWORD: "not-this-one" });
    expect(status).toBe(1);
    expect(stderr).toContain("The password in COSIGN_PASSWORD is not that of this key");
    expect(stderr).not.toContain("not-this-one");
  }, 120_000);
});
