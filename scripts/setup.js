// Installs what package-lock.json says, if it is not installed already: `node scripts/setup.js [--omit=dev]`.
// Plain JavaScript without dependencies: it runs in a fresh clone, on any Node that npm runs on.
//
// What comes after it must be started by a new shell (`&& npm run …`, not `&& node …`): a shell remembers where it
// found `node`, so the one that started this script misses the Node 24 that now stands in node_modules/.bin.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// In node_modules, so that whoever removes that folder (npm ci begins with it) removes the claim with it.
const stampFile = join(root, "node_modules", ".nais-etl-setup.json");

const omitDev = process.argv.includes("--omit=dev");
const wanted = { lock: hashOfLock(), platform: `${process.platform}-${process.arch}`, dev: !omitDev };

if (!satisfies(readStamp())) {
  install();
  writeFileSync(stampFile, `${JSON.stringify(wanted)}\n`);
}

function hashOfLock() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/** @returns {Partial<typeof wanted>} empty if nothing was installed by this script */
function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {};
  }
}

/** @param {Partial<typeof wanted>} stamp */
function satisfies(stamp) {
  return stamp.lock === wanted.lock && stamp.platform === wanted.platform && (stamp.dev || omitDev);
}

function install() {
  console.log(omitDev ? "Installing what a run needs …" : "Installing what runs and tests need …");
  const started = Date.now();
  // Without dev, Node 24 comes along, but not the Node 22 that only tests use.
  const only = omitDev ? ["--omit=dev", "--workspace=tools/node", "--include-workspace-root"] : [];
  const npm = runNpm(["ci", "--loglevel=error", "--no-audit", "--no-fund", ...only]);
  if (npm.status !== 0) {
    process.stderr.write(`${npm.stdout ?? ""}${npm.stderr ?? ""}`);
    console.error(`npm ci failed${npm.error ? `: ${npm.error.message}` : ""}. Its output is above.`);
    process.exit(1);
  }
  console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
}

/**
 * The npm that started this script, or the one on PATH.
 * @param {string[]} args
 */
function runNpm(args) {
  const npmCli = process.env.npm_execpath;
  const options = /** @type {const} */ ({ cwd: root, encoding: "utf8" });
  return npmCli?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [npmCli, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
}
