import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));

/** Every module that a command line loads, by its URL. */
function loadedBy(args: string[]): string[] {
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) { process.stderr.write("LOADED " + url + "\\n"); return next(url, context); } });`;
  const script = `import { spawnSync } from "node:child_process";
    const { stderr } = spawnSync(process.execPath, ["--import", ${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)}, ...process.argv.slice(1)], { encoding: "utf8" });
    process.stdout.write(stderr);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script, "--", program, ...args], {
    encoding: "utf8",
  });
  return [...output.matchAll(/^LOADED (.*)$/gm)].map((match) => match[1]!);
}

test("--help loads neither the engine nor the schemas", () => {
  const loaded = loadedBy(["--help"]);
  expect(loaded.some((url) => url.endsWith("/src/cli/main.ts"))).toBe(true);
  expect(loaded.filter((url) => /duckdb|node_modules\/(zod|yaml|croner)\/|src\/(spec|etl|ship)\//.test(url))).toEqual(
    [],
  );
});

const help = (args: string[]) => execFileSync(process.execPath, [program, ...args], { encoding: "utf8" });

test("each command's help says what it is for, with an example", () => {
  const commands = [...help(["--help"]).matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1]!);
  expect(commands).toEqual(
    expect.arrayContaining(["init", "run", "test", "show", "query", "validate", "render", "schema"]),
  );
  for (const command of commands) expect(help([command, "--help"])).toMatch(/Example:\n {2}nais-etl /);
});
