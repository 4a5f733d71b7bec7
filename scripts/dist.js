// Bundles the Action, src/action/main.ts, into dist/: one file that a runner starts without an install, and the
// licences of what it holds. `node scripts/dist.js --check` writes nothing, and fails where the committed dist/ differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "dist");

const { code, modules } = await bundle();
const wanted = new Map([
  ["main.js", code],
  ["licenses.txt", licenses(modules)],
]);
if (process.argv.includes("--check")) check();
else write();

async function bundle() {
  const build = await rolldown({
    cwd: root,
    input: "src/action/main.ts",
    platform: "node",
    transform: { target: "node24" },
    onLog(level, log, log_) {
      // What cannot be bundled would be missing on the runner.
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      log_(level, log);
    },
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false, comments: { legal: false } });
  await build.close();
  const [chunk] = output;
  return { code: chunk.code, modules: chunk.moduleIds };
}

/**
 * One paragraph a package, in the order of their names.
 * @param {string[]} moduleIds the files that the bundle holds
 */
function licenses(moduleIds) {
  const packages = new Map(moduleIds.flatMap((id) => packageOf(id) ?? []).map((it) => [it.name, it]));
  return [...packages.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`)
    .join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * The innermost package in node_modules that a file belongs to.
 * @param {string} file
 */
function packageOf(file) {
  const parts = relative(root, file).split(sep);
  const at = parts.lastIndexOf("node_modules");
  if (at === -1) return undefined;
  const depth = parts[at + 1]?.startsWith("@") ? 3 : 2;
  const path = join(root, ...parts.slice(0, at + depth));
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const licenseFile = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  const text = licenseFile ? readFileSync(join(path, licenseFile), "utf8") : "";
  return { name, version, license, text };
}

function write() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of wanted) writeFileSync(join(folder, name), text);
  console.log(`dist/: ${[...wanted.keys()].join(", ")} (main.js ${Math.round(code.length / 1024)} KiB)`);
}

function check() {
  const committed = existsSync(folder) ? readdirSync(folder) : [];
  const stray = committed.filter((name) => !wanted.has(name));
  const differs = [...wanted].filter(([name, text]) => !committed.includes(name) || read(name) !== text);
  const wrong = [...stray, ...differs.map(([name]) => name)];
  if (wrong.length === 0) return console.log("dist/ is what src/action gives.");
  console.error(`dist/ is not what src/action gives (${wrong.join(", ")}): run \`npm run dist\` and commit dist/.`);
  process.exitCode = 1;
}

/** @param {string} name */
function read(name) {
  return readFileSync(join(folder, name), "utf8");
}
