// Bundles the Action, src/action/main.ts and post.ts, into dist/, which a runner starts without an install, with the
// licences of what it holds. `node scripts/dist.js --check` writes nothing, and fails where the committed dist/ differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { licenses } from "./licenses.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "dist");

/** What may stand in a bundle that is given to others: each asks for no more than that its text goes along. */
const allowed = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT"];

const { chunks, modules } = await bundle();
const wanted = new Map([...chunks, ["licenses.txt", licenses(modules, root, allowed)]]);
if (process.argv.includes("--check")) check();
else write();

async function bundle() {
  const build = await rolldown({
    cwd: root,
    input: { main: "src/action/main.ts", post: "src/action/post.ts" },
    platform: "node",
    plugins: [ownFacts(), withoutTokenClient()],
    transform: { target: "node24" },
    onLog(level, log, log_) {
      // What cannot be bundled would be missing on the runner.
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      log_(level, log);
    },
  });
  // What a step needs is loaded when it is taken: reading it all would take longer than most tests.
  const { output } = await build.generate({
    format: "esm",
    chunkFileNames: "chunks/[name].js",
    comments: { legal: false },
  });
  await build.close();
  const found = output.flatMap((one) => (one.type === "chunk" ? [one] : []));
  return {
    chunks: found.map(({ fileName, code }) => /** @type {const} */ ([fileName, code])),
    modules: found.flatMap(({ moduleIds }) => moduleIds),
  };
}

/** @actions/core can ask GitHub for tokens, with an HTTP client of 680 KiB at each start. We ask with fetch. */
function withoutTokenClient() {
  const code = "export class OidcClient {}";
  return {
    name: "without-token-client",
    /** @param {string} id */
    load: (id) =>
      id.endsWith(join("@actions/core/lib/oidc-utils.js"))
        ? { code, moduleType: /** @type {const} */ ("js") }
        : undefined,
  };
}

/** The package's facts, in the bundle itself: no package.json stands at the same place beside it. */
function ownFacts() {
  const { version, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const code = `const facts = ${JSON.stringify({ version, repository })};
export const packageFacts = () => facts;
export const version = () => facts.version;
`;
  return {
    name: "own-facts",
    /** @param {string} id */
    load: (id) =>
      id === join(root, "src/util/version.ts") ? { code, moduleType: /** @type {const} */ ("js") } : undefined,
  };
}

function write() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "chunks"), { recursive: true });
  for (const [name, text] of wanted) writeFileSync(join(folder, name), text);
  for (const [name, text] of wanted) console.log(`dist/${name} ${Math.round(text.length / 1024)} KiB`);
}

function check() {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const committed = entries.filter((it) => it.isFile()).map((it) => relative(folder, join(it.parentPath, it.name)));
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
