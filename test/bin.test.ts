import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/nais-etl.js", import.meta.url));

test.each(["20.20.2", "22.17.1"])("Node %s gets one sentence and exit code 2", (version) => {
  const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;

  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", preload, bin], { encoding: "utf8" });

  expect(stderr).toMatch(`nais-etl needs Node 22.18 or newer; this is Node ${version}`);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});
