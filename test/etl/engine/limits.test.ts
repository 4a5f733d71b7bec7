import { describe, expect, test } from "vitest";
import { mostAmong, readLimits, thisMachine, type Machine } from "../../../src/etl/engine/limits.ts";

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** A machine of 16 GiB and 8 cores whose files are these. */
function machine(files: Record<string, string> = {}, more: Partial<Machine> = {}): Machine {
  return {
    readText: (path) =>
      files[path] === undefined ? Promise.reject(new Error(`ENOENT ${path}`)) : Promise.resolve(files[path]),
    freeBytes: () => Promise.resolve(10 * gibibyte),
    totalMemory: 16 * gibibyte,
    cores: 8,
    ...more,
  };
}

const v2 = (memory: string, cpu = "max 100000") => ({
  "/sys/fs/cgroup/memory.max": `${memory}\n`,
  "/sys/fs/cgroup/cpu.max": `${cpu}\n`,
});
const v1 = (memory: string, quota = "-1") => ({
  "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${memory}\n`,
  "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": `${quota}\n`,
  "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
});

const memoryOf = async (files: Record<string, string>) =>
  (await readLimits("/tmp", { machine: machine(files) })).memory / mebibyte;
const threadsOf = async (files: Record<string, string>) =>
  (await readLimits("/tmp", { machine: machine(files) })).threads;

describe("memory", () => {
  test.each([
    ["cgroup v2", v2(String(512 * mebibyte))],
    ["cgroup v1", v1(String(512 * mebibyte))],
  ])("of a container of 512 MiB leaves room for Node beside the engine: %s", async (_says, files) => {
    const memory = await memoryOf(files);
    // Node with its libraries takes about 150 MiB, and what the engine does not count some more.
    expect(memory).toBeLessThan(512 - 150 - 40);
    expect(memory).toBeGreaterThan(256);
  });

  test.each([
    ["cgroup v2 says max", v2("max")],
    ["cgroup v1 says a number near 2^63", v1("9223372036854771712")],
    ["the limit is more than there is", v2(String(64 * gibibyte))],
    ["there is no cgroup", {}],
    ["the file holds nonsense", v2("")],
  ])("is a share of the machine's where %s", async (_says, files) => {
    expect(await memoryOf(files)).toBeCloseTo(16 * 1024 * 0.6, 0);
  });

  test("is mostly left to other programs where models are such", async () => {
    const files = v2(String(1024 * mebibyte));
    const { memory } = await readLimits("/tmp", { shares: true, machine: machine(files) });
    expect(memory / mebibyte).toBeCloseTo((await memoryOf(files)) / 3, 0);
  });

  test("is never less than what the engine can work with", async () => {
    expect(await memoryOf(v2(String(32 * mebibyte)))).toBe(64);
    expect((await readLimits("/tmp", { machine: machine({}, { totalMemory: 8 * mebibyte }) })).memory).toBe(
      64 * mebibyte,
    );
  });

  test("grows with the container, and is whole bytes", async () => {
    const sizes = await Promise.all([256, 512, 1000, 4096].map((size) => memoryOf(v2(String(size * mebibyte)))));
    expect(sizes.toSorted((a, b) => a - b)).toEqual(sizes);
    expect(new Set(sizes).size).toBe(4);
    expect(sizes.every((size) => Number.isInteger(size * mebibyte))).toBe(true);
  });
});

describe("threads", () => {
  test.each([
    ["v2: half a core is one thread", v2("max", "50000 100000"), 1],
    ["v2: a core and a half are two", v2("max", "150000 100000"), 2],
    ["v2: max is every core", v2("max"), 8],
    ["v2: more than there are is every core", v2("max", "1600000 100000"), 8],
    ["v1: two cores", v1("1", "200000"), 2],
    ["v1: no quota", v1("1", "-1"), 8],
    ["no cgroup", {}, 8],
  ])("%s", async (_says, files, threads) => {
    expect(await threadsOf(files)).toBe(threads);
  });
});

test("temporary disk is most of what is free where the run works", async () => {
  const asked: string[] = [];
  const freeBytes = (path: string) => (asked.push(path), Promise.resolve(1001));
  expect((await readLimits("/run/here", { machine: machine({}, { freeBytes }) })).temporary).toBe(900);
  expect(asked).toEqual(["/run/here"]);
});

test("of this machine there are some", async () => {
  const limits = await readLimits("/", { machine: thisMachine });
  expect(limits.memory).toBeGreaterThanOrEqual(64 * mebibyte);
  expect(limits.threads).toBeGreaterThanOrEqual(1);
  expect(limits.temporary).toBeGreaterThanOrEqual(0);
});

const container = (mebibytes: number) => machine(v2(String(mebibytes * mebibyte), "400000 100000"));
const memoryOfThree = async (reads: boolean) =>
  (await readLimits("/tmp", { among: 3, reads, machine: container(2048) })).memory;

describe("runs that have the machine together", () => {
  test("get a part each of its memory, its cores and its disk", async () => {
    const [one, three] = await Promise.all(
      [1, 3].map((among) => readLimits("/tmp", { among, machine: container(2048) })),
    );
    expect(one!.memory / three!.memory).toBeCloseTo(3);
    expect([one!.threads, three!.threads]).toEqual([4, 1]);
    expect(one!.temporary / three!.temporary).toBeCloseTo(3);
  });

  test("need memory each for what is on its way", async () => {
    expect((await memoryOfThree(false)) - (await memoryOfThree(true))).toBeGreaterThan(80 * mebibyte);
  });

  test("are no more than the memory is enough for, and one at least", async () => {
    expect(await mostAmong(16, { machine: container(512) })).toBe(2);
    expect(await mostAmong(16, { reads: true, machine: container(1024) })).toBe(3);
    expect(await mostAmong(16, { shares: true, machine: container(1024) })).toBe(2);
    expect(await mostAmong(16, { machine: container(128) })).toBe(1);
    expect(await mostAmong(16, { machine: machine() })).toBe(16);
  });
});
