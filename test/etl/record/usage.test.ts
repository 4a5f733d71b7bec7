import { describe, expect, test } from "vitest";
import { noteUsage } from "../../../src/etl/record/usage.ts";
import type { RunRecord } from "../../../src/etl/record/run-record.ts";
import { goodRecord } from "../report/records.ts";
import { plainContext } from "../../support/context.ts";

const mebibyte = 1024 ** 2;
const record = (parts: Partial<RunRecord>) =>
  ({ ...goodRecord, target: "prod-gcp", seconds: 60, ...parts }) as RunRecord;

function machineWith(files: Record<string, string>) {
  return {
    readText: async (path: string) => files[path] ?? Promise.reject(new Error(path)),
    freeBytes: async () => 0,
    totalMemory: 8192 * mebibyte,
    cores: 2,
  };
}

const version2 = {
  "/sys/fs/cgroup/memory.max": String(512 * mebibyte),
  "/sys/fs/cgroup/memory.peak": `${300 * mebibyte}\n`,
  "/sys/fs/cgroup/cpu.stat": "usage_usec 24000000\nuser_usec 3000000\nsystem_usec 1000000\n",
};
const version1 = {
  "/sys/fs/cgroup/memory/memory.limit_in_bytes": String(512 * mebibyte),
  "/sys/fs/cgroup/memory/memory.max_usage_in_bytes": String(300 * mebibyte),
  "/sys/fs/cgroup/cpuacct/cpuacct.usage": "24000000000",
};

interface Note {
  hasPrograms?: boolean;
  files?: Record<string, string>;
}

async function note(given: RunRecord, { hasPrograms = false, files = {} }: Note = {}) {
  const context = { ...plainContext(), cpuSeconds: () => 12 };
  await noteUsage({ record: given, hasPrograms, naisjobSpec: undefined, context, machine: machineWith(files) });
  return given;
}

describe("what a run has taken", () => {
  test("of the process", async () => {
    const { cpu_seconds, resources } = await note(record({ peak_memory_bytes: 200 * mebibyte }));
    expect(cpu_seconds).toBe(12);
    expect(resources).toEqual({ requests: { cpu: "200m", memory: "224Mi" }, limits: { memory: "512Mi" } });
  });

  test.each([
    ["2", version2],
    ["1", version1],
  ])("of the container, where models run in processes of their own: cgroup version %s", async (_, files) => {
    const { cpu_seconds, resources } = await note(record({ peak_memory_bytes: 100 * mebibyte }), {
      hasPrograms: true,
      files,
    });
    expect(cpu_seconds).toBe(24);
    expect(resources!.requests).toEqual({ cpu: "400m", memory: "320Mi" });
  });

  test.each([
    ["on samples", record({ target: "local" }), {}],
    ["of a run that failed", record({ status: "failed" }), {}],
    ["where programs run outside of a container", record({}), { hasPrograms: true }],
  ])("nothing is advised %s", async (_, given, options) => {
    expect(await note(given, options)).not.toHaveProperty("resources");
  });
});
