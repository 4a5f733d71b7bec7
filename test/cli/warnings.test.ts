import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));

/** What the command line writes beside its answer, where libraries warn of something. */
function beside(...args: string[]): string {
  const warn = `process.once("beforeExit", () => {
    process.emitWarning("received unexpected error", "MetadataLookupWarning");
    process.emitWarning("something else", "OtherWarning");
  });`;
  const preload = `data:text/javascript,${encodeURIComponent(warn)}`;
  const env = { ...process.env, NODE_OPTIONS: "", NAIS_ETL_LOG: "text" };
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", preload, program, "--help", ...args], {
    encoding: "utf8",
    env,
  });
  return `${stdout.slice(-2000)}\n${stderr}`;
}

test("a library that finds no metadata server does not say so in between; other warnings are shown", () => {
  const said = beside();
  expect(said).toContain("OtherWarning: something else");
  expect(said).not.toContain("received unexpected error");
});

test("with --verbose it does", () => {
  expect(beside("--verbose")).toContain("MetadataLookupWarning: received unexpected error");
});
