// Packs nais-etl and builds its runtime image of image/Dockerfile:
//   node scripts/runtime-image.js --form node|python --image NAME:TAG [--base REF] [--node REF] [--builder NAME]
//                                 [--platform linux/amd64] [--tarball FILE] [--push] [--sbom FILE] [--sign keyless]
// --base takes the place of the base that the form has, in image/bases.Dockerfile; --node is where the form for Python takes Node from.
// --tarball is what `npm pack` has made: without it, it is made here.
// Prints the image last, after --push with the digest that the registry has.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildImage, pushImage } from "../src/ship/image/build-image.ts";
import { chooseBuilder } from "../src/ship/image/choose-builder.ts";
import { imageLabels } from "../src/ship/image/labels.ts";
import { loginFor } from "../src/ship/image/login.ts";
import { formatReference, parseReference } from "../src/ship/image/reference.ts";
import { writeSbom } from "../src/ship/image/sbom/write-sbom.ts";
import { chooseSigner, signImage } from "../src/ship/image/sign-image.ts";
import { runEffect } from "../src/util/context.ts";
import { createLogger } from "../src/util/log.ts";
import { productionLock } from "./production-lock.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    form: { type: "string", default: "node" },
    image: { type: "string" },
    base: { type: "string" },
    node: { type: "string" },
    builder: { type: "string" },
    platform: { type: "string", default: "linux/amd64" },
    tarball: { type: "string" },
    push: { type: "boolean", default: false },
    sbom: { type: "string" },
    sign: { type: "string" },
  },
});
const { form, base, node } = values;
if (values.image === undefined || !["node", "python"].includes(form)) {
  console.error(
    "Give --image NAME:TAG, and --form node or python. The other options stand in scripts/runtime-image.js.",
  );
  process.exit(2);
}

const now = () => new Date();
/** @type {import("../src/util/context.ts").Context} */
const context = {
  cwd: root,
  env: process.env,
  now,
  log: createLogger({
    write: (line) => void process.stderr.write(line),
    format: "text",
    verbose: true,
    colour: false,
    now,
  }),
  print: (text) => console.log(text),
  signal: new AbortController().signal,
  effect: runEffect,
  host: { name: "build", pid: process.pid },
  isTerminal: false,
  peakMemory: () => 0,
  cpuSeconds: () => 0,
  killGroup: (leader) => void process.kill(-leader, "SIGKILL"),
  tmpdir: tmpdir(),
};
const folder = mkdtempSync(join(tmpdir(), "nais-etl-runtime-"));
try {
  pack();
  await build(values.image);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The folder that the Dockerfile copies from: the package as it is published, and which packages it needs. */
function pack() {
  run("tar", ["-xzf", values.tarball === undefined ? makeTarball() : resolve(values.tarball), "-C", folder]);
  // What `init` copies, and declarations: nobody begins a pipeline in a pod.
  for (const name of ["templates", "naisjob-templates", "CHANGELOG.md"])
    rmSync(join(folder, "package", name), { recursive: true, force: true });
  for (const path of readdirSync(join(folder, "package/lib"), { recursive: true, encoding: "utf8" }))
    if (path.endsWith(".d.ts")) rmSync(join(folder, "package/lib", path));
  const { manifest, lock } = productionLock(read("package.json"), read("package-lock.json"));
  write("package.json", manifest);
  write("package-lock.json", lock);
  for (const name of ["Dockerfile", "requirements.lock"]) cpSync(join(root, "image", name), join(folder, name));
  writeFileSync(join(folder, "Dockerfile.dockerignore"), "*.tgz\n");
}

function makeTarball() {
  const packed = run("npm", ["pack", "--json", "--pack-destination", folder]);
  // What npm runs before it packs may print lines of its own.
  const [{ filename }] = Object.values(JSON.parse(packed.slice(packed.search(/^[[{]$/m))));
  return join(folder, filename);
}

/** @param {string} name */
async function build(name) {
  const image = parseReference(name);
  const signer = values.sign === undefined ? undefined : await chooseSigner({ sign: values.sign }, context);
  const builder = await chooseBuilder(values.builder, context);
  const given = form === "python" ? { PYTHON: base, NODE: node } : { NODE: base };
  const bases = usualBases();
  for (const [name, ref] of Object.entries(given)) if (ref !== undefined) bases[name] = ref;
  const { description, license } = read("package.json");
  await buildImage({
    builder,
    build: {
      dockerfile: join(folder, "Dockerfile"),
      ignoreFile: join(folder, "Dockerfile.dockerignore"),
      context: folder,
      names: [formatReference(image)],
      platform: values.platform,
      arguments: bases,
      secrets: [],
      labels: imageLabels({ image, env: process.env, more: { description, licenses: license } }),
      target: form,
      cacheFrom: [],
      cacheTo: [],
      pull: false,
    },
    context,
  });
  const login = values.push ? await loginFor(image, context) : undefined;
  const digest = values.push ? await pushImage({ builder, names: [image], login, context }) : undefined;
  const pushed = { ...image, digest };
  if (values.sbom !== undefined) await writeSbom({ builder, image: pushed, file: resolve(values.sbom), context });
  if (signer) await signImage({ signer, image: pushed, sbom: values.sbom && resolve(values.sbom), context });
  context.print(formatReference(pushed));
}

/**
 * Of image/bases.Dockerfile, by the arguments of image/Dockerfile that they are.
 * @returns {Record<string, string>}
 */
function usualBases() {
  const text = readFileSync(join(root, "image/bases.Dockerfile"), "utf8");
  const found = [...text.matchAll(/^FROM (\S+) AS (\w+)$/gm)];
  return Object.fromEntries(found.map(([, ref = "", name = ""]) => [name.toUpperCase(), ref]));
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status === 0) return stdout;
  console.error(`${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}`);
  process.exit(1);
}

/** @param {string} name */
function read(name) {
  return JSON.parse(readFileSync(join(root, name), "utf8"));
}

/**
 * @param {string} name
 * @param {object} content
 */
function write(name, content) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(content, undefined, 2));
}
