// Makes lib/, the package's code: JavaScript in few files, because reading hundreds of small ones is half of a command's
// start, and declarations for those who import it. DuckDB stays outside, with the native code that it brings, and so do
// libraries that few runs need and many updates mend: Google's clients, and Arrow.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { licenses } from "./licenses.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lib = join(root, "lib");

rmSync(lib, { recursive: true, force: true });
declarations();
writeFileSync(join(lib, "licenses.txt"), licenses(await bundle(), root));

function declarations() {
  const { status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (status !== 0) process.exit(1);
}

/** @returns the files that the bundle holds */
async function bundle() {
  const build = await rolldown({
    cwd: root,
    input: {
      index: "src/index.ts",
      "cli/main": "src/cli/main.ts",
      "worker/typescript": "src/etl/transform/typescript/worker/main.ts",
    },
    platform: "node",
    // Of gRPC there must be one copy: the one that Google's clients have.
    external: [/^@duckdb\//, /^@google-cloud\//, /^@grpc\//, "google-auth-library", "apache-arrow"],
    transform: { target: "node22" },
    onLog(level, log, log_) {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      log_(level, log);
    },
  });
  // One folder below lib/ for every chunk, so that what stands beside lib/ is found from all of them alike.
  const { output } = await build.write({
    dir: lib,
    format: "esm",
    chunkFileNames: "chunks/[name]-[hash].js",
    comments: { legal: false },
  });
  await build.close();
  return output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : []));
}
