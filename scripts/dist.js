// Bundles the Action, src/action/main.ts, into dist/: one file that a runner starts without an install, and the
// licences of what it holds. `node scripts/dist.js --check` writes nothing, and fails where the committed dist/ differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { licenses } from "./licenses.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "dist");

const { code, modules } = await bundle();
const wanted = new Map([
  ["main.js", code],
  ["licenses.txt", licenses(modules, root)],
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
