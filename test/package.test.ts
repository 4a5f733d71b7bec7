import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startJob } from "./action/drive.ts";

// The package as a team gets it: packed, installed into an empty folder, and used there.

const root = fileURLToPath(new URL("..", import.meta.url));
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const node24 = dirname(process.execPath);
const node22 = join(root, "tools/node-22/node_modules/.bin");

let work: string;
let tarball: string;
let team: string;
let unreachable: string | undefined;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "nais-etl-package-"));
  team = join(work, "team");
  await mkdir(team);
  await npm(["pack", `--pack-destination=${work}`], root);
  tarball = join(work, `nais-etl-${version}.tgz`);
  unreachable = await installOrWhyNot();
});

beforeEach(({ skip }) => {
  if (unreachable)
    skip(`the npm registry, which the package's dependencies come from, does not answer: ${unreachable}`);
});

afterAll(() => rm(work, { recursive: true, force: true }));

test("publint has nothing to say about the packed package", async () => {
  const { messages } = await publint({ pack: { tarball: await bytesOf(tarball) } });
  expect(messages).toEqual([]);
});

test("the package holds compiled JavaScript with types, and no TypeScript but that of a new pipeline", async () => {
  const files = await readdir(join(team, "node_modules/nais-etl"), { recursive: true });
  expect(files).toEqual(expect.arrayContaining(["LICENSE", "bin/nais-etl.js", "lib/index.js", "lib/index.d.ts"]));
  expect(files.filter((file) => file.endsWith(".ts") && !/\.d\.ts$|^templates\//.test(file))).toEqual([]);
  expect(files.filter((file) => /^(src|test|tools|scripts|dist)\b/.test(file))).toEqual([]);
});

test("of gRPC it holds no copy: Google's clients take no credentials and metadata of another one", async () => {
  const lib = join(team, "node_modules/nais-etl/lib");
  const files = (await readdir(lib, { recursive: true })).filter((file) => file.endsWith(".js"));
  const texts = await Promise.all(files.map((file) => readFile(join(lib, file), "utf8")));
  expect(texts.some((text) => text.includes('import("@grpc/grpc-js")'))).toBe(true);
  expect(texts.filter((text) => /\bclass ChannelCredentials\b/.test(text))).toEqual([]);
});

test("installing it installs no Node and nothing that only the Action or developers need", async () => {
  const { packages } = JSON.parse(await readFile(join(team, "node_modules/.package-lock.json"), "utf8"));
  const names = Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ""));
  expect(names).toContain("nais-etl");
  expect(
    names.filter((name) => /^(node|node-(bin-)?(linux|darwin|win)-.*|@actions\/.*|typescript|vitest)$/.test(name)),
  ).toEqual([]);
  expect(existsSync(join(team, "node_modules/.bin/node"))).toBe(false);
});

test("its public face can be imported", async () => {
  await run(node24, "node", ["--eval", "import('nais-etl')"], team);
});

test("the Action does its work with the packed tarball", async () => {
  const job = await startJob();
  try {
    await cp(join(root, "templates/sql"), job.workspace, { recursive: true });
    const runners = /^(github|runner|input|actions)_/i;
    const own = Object.entries(environment(node24)).filter(([name]) => !runners.test(name)) as [string, string][];
    // What was installed above lies in npm's cache: with no network, npm would ask in vain for minutes.
    const env = { ...Object.fromEntries(own), npm_config_prefer_offline: "true" };
    const { status, log } = await job.drive({ inputs: { cli: tarball, steps: "test" }, env });
    expect(log).toContain(`Using nais-etl ${version}, from a packed tarball.`);
    expect(status, log).toBe(0);
  } finally {
    await job.remove();
  }
});

describe.each([
  { major: 24, bin: node24 },
  { major: 22, bin: node22 },
])("on Node $major", ({ major, bin }) => {
  const pipeline = () => join(team, `pipeline-${major}`);
  const nais = (args: string[], folder: string) => run(bin, "npx", ["nais-etl", ...args], folder);

  beforeEach(({ skip }) => {
    if (!existsSync(join(bin, "node"))) skip(`npm has no Node ${major} for ${process.platform}-${process.arch}`);
  });

  test("npx nais-etl runs on that Node, and knows its version", async () => {
    expect(await run(bin, "node", ["--version"], team)).toMatch(new RegExp(`^v${major}\\.`));
    expect((await nais(["--version"], team)).trim()).toBe(version);
  });

  test("a new pipeline is made, and passes its tests, runs, validates and renders untouched", async () => {
    await nais(["init", `pipeline-${major}`], team);
    await nais(["test"], pipeline());
    await nais(["run"], pipeline());
    expect(existsSync(join(pipeline(), ".nais-etl/warehouse.duckdb"))).toBe(true);
    await nais(["validate"], pipeline());
    expect(await nais(["render"], pipeline())).toContain("kind: Naisjob");
  });

  test("models in TypeScript find the thread that they run in", async () => {
    const folder = `typed-${major}`;
    await nais(["init", folder, "--template", "typescript"], team);
    expect(await nais(["test"], join(team, folder))).toContain("3 passed, 0 failed");
  });
});

/** Runs a program with the given folder's `node` first on PATH; a failure shows all that it printed. */
async function run(nodeFolder: string, program: string, args: string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env: environment(nodeFolder) });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(" ")} failed\n${stdout}\n${stderr}`, { cause: error });
  }
}

/**
 * A team's environment: without this repository's programs on PATH, and without what npm and vitest tell their
 * children. A registry or a cache that is set there stays.
 */
function environment(nodeFolder: string): NodeJS.ProcessEnv {
  const ours = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|npm_config_local_prefix$|vitest|node_env$|init_cwd$)/i.test(name),
  );
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.startsWith(root));
  return { ...Object.fromEntries(ours), PATH: [nodeFolder, ...path].join(delimiter) };
}

function npm(args: string[], cwd: string): Promise<string> {
  return run(node24, "npm", [...args, "--loglevel=error"], cwd);
}

/** Without a network, npm's cache may do. One retry, so that a machine that has neither learns it at once. */
async function installOrWhyNot(): Promise<string | undefined> {
  const retries = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  try {
    await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", ...retries, tarball], team);
    return undefined;
  } catch (error) {
    const network = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b/.exec(
      String(error),
    );
    if (!network) throw error;
    return network[0];
  }
}

async function bytesOf(file: string): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(file)).buffer;
}
