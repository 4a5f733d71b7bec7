import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { processStart } from "../../src/util/process-start.ts";

test("a process keeps its start", async () => {
  const start = await processStart(process.pid);
  expect(start).toBeGreaterThan(0);
  expect(await processStart(process.pid)).toBe(start);
});

test("a process that has ended has none", async () => {
  const child = spawn(process.execPath, ["--eval", "setTimeout(() => undefined, 60000)"]);
  expect(await processStart(child.pid!)).toBeGreaterThan(0);
  child.kill("SIGKILL");
  await once(child, "close");
  expect(await processStart(child.pid!)).toBe("none");
});
