import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { bytesOf } from "../../src/spec/resources.ts";
import type { Confine } from "../servers/platform/pod.ts";
import { whyNoCgroup, within } from "./support/cgroup.ts";
import { deployFirst, live, mend, source, towns, withNights, type Nights } from "./support/nights.ts";

// As in incidents.test.ts, of what a pod may use up, and what ends it: its memory, its disk, whoever deletes it.

vi.setConfig({ testTimeout: 240_000 });

const noCgroup = whyNoCgroup();
const megabyte = 1024 ** 2;

/** As the kubelet: the manifest's limit of memory is a cgroup's. */
const keepToMemory: Confine = ({ resources }, command) => within(bytesOf(resources.limits.memory)!, command);

/** `/tmp` of a pod, on a node whose disk is small. */
const keepToDisk =
  (bytes: number): Confine =>
  (_spec, command) => {
    const script = `mount -t tmpfs -o size=${bytes} tmpfs "$TMPDIR" && exec "$@"`;
    return { command: ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "pod", ...command] };
  };

const both =
  (...[first, second]: [Confine, Confine]): Confine =>
  (spec, command) => {
    const inner = first(spec, command);
    return { ...inner, command: second(spec, inner.command).command };
  };

const noMount = () => {
  const { status, stderr, error } = spawnSync("unshare", ["--mount", "true"], { encoding: "utf8" });
  return status === 0 ? undefined : `no mount namespace: ${error?.message ?? stderr}`;
};

const limits = (memory: string, backoffLimit = 0) => ({
  nais: { backoffLimit, resources: { limits: { memory }, requests: { memory: "64Mi" } } },
});

/** The product's table with so many rows, each of 128 characters besides its town. */
async function grow({ platform }: Nights, rows: number): Promise<void> {
  await platform.bigquery.sql(`CREATE OR REPLACE TABLE \`${source}\` AS
    SELECT id, CONCAT('Tromsø', CAST(id AS STRING)) AS town, CURRENT_TIMESTAMP() AS seen,
      CONCAT(TO_HEX(SHA256(CAST(id AS STRING))), TO_HEX(SHA256(CAST(-id AS STRING)))) AS pad
    FROM UNNEST(GENERATE_ARRAY(1, ${rows})) AS id`);
}

const wide = {
  sources: {
    rows: {
      type: "bigquery",
      table: source,
      columns: { id: "INT64", town: "STRING", seen: "TIMESTAMP", pad: "STRING" },
    },
  },
};

/** Who holds all pads at once, which nothing can put on a disk. */
const greedy = "SELECT id, town FROM rows WHERE id <= 3 AND (SELECT length(string_agg(pad, '')) FROM rows) > 0";

test("8: memory that the engine does not have", ({ skip }) => {
  if (noCgroup !== undefined) skip(noCgroup);
  return withNights(
    async (nights) => {
      await grow(nights, 3);
      await live(nights, greedy, { ...wide, ...limits("320Mi") });
      await grow(nights, 250_000);
      await nights.badNight();
      const told = await nights.why();
      expect(told.cause.kind, told.text).toBe("memory");
      expect(told.text).toContain("rows of source rows: 3 → 250,000");
      await nights.write(greedy, { ...wide, ...limits(advised(told.text)) });
      await deployFirst(nights, told);
      await mend(nights, told);
    },
    { confine: keepToMemory },
  );
});

/** What `why` says is to stand in pipeline.yaml. */
function advised(text: string): string {
  return /limits: \{ memory: (\w+) \}/.exec(text.replaceAll(/\s+/g, " "))?.[1] ?? "nothing";
}

test("8b: a pod that is killed for its memory", ({ skip }) => {
  if (noCgroup !== undefined) skip(noCgroup);
  return withNights(
    async (nights) => {
      const held = `const all: Buffer[] = [];
        export function row(rows: { id: bigint; town: string }) {
          all.push(Buffer.alloc(2e6, 1));
          return { id: rows.id, town: rows.town };
        }`;
      await nights.folder.write("models/held.ts", held);
      const more = { models: { held: { columns: { id: "INT64", town: "STRING" } }, t: {} } };
      await live(nights, "SELECT id, town FROM held WHERE id <= 3", { ...more, ...limits("384Mi", 2) });
      await grow(nights, 200);
      const bad = await nights.badNight();
      const told = await nights.why(bad.name);
      expect(told.cause.kind, told.text).toBe("memory");
      expect(told.cause.what).toContain("3 pods of it went so, one after the other, with a limit of 384Mi");
      await nights.write("SELECT id, town FROM held WHERE id <= 3", { ...more, ...limits(advised(told.text), 2) });
      await deployFirst(nights, told);
      await mend(nights, told);
    },
    { confine: keepToMemory },
  );
});

test("14: a disk that is full", async ({ skip }) => {
  const missing = noCgroup ?? noMount();
  if (missing !== undefined) skip(missing);
  const confine = both(keepToMemory, keepToDisk(8 * megabyte));
  await withNights(
    async (nights) => {
      nights.platform.podEnv["TMPDIR"] = join(nights.folder.path, "tmp");
      await grow(nights, 3);
      const sorted = "SELECT id, town FROM (SELECT * FROM rows ORDER BY pad) WHERE id <= 3";
      await live(nights, sorted, { ...wide, ...limits("320Mi") });
      await grow(nights, 450_000);
      await nights.badNight();
      const told = await nights.why();
      expect(told.cause.kind, told.text).toBe("disk");
      await nights.write(sorted, { ...wide, ...limits(advised(told.text)) });
      await deployFirst(nights, told);
      await mend(nights, told);
    },
    { confine },
  );
});

/** The pod of the next night waits before it publishes, and does not go on. */
async function hang({ platform }: Nights): Promise<{ name: string; over: Promise<unknown> }> {
  const { bigquery, api } = platform;
  await bigquery.fault({ on: { body: "COMMIT TRANSACTION" }, action: "hold" });
  const over = platform.night("towns");
  await expect.poll(() => bigquery.held(), { timeout: 60_000, interval: 50 }).toBe(1);
  return { name: api.jobs[0]!.runs[0]!.name, over };
}

test("9: a pod that was killed, and none came after it", () =>
  withNights(async (nights) => {
    await live(nights);
    const { bigquery } = nights.platform;
    const { name, over } = await hang(nights);
    // It has begun; it would publish next.
    await bigquery.release();
    await bigquery.fault({ on: { body: "COMMIT TRANSACTION" }, action: "hold" });
    await expect.poll(() => bigquery.held(), { timeout: 60_000, interval: 50 }).toBe(1);
    expect(nights.platform.killPod(name)).toBe(true);
    await over;
    await bigquery.clearFaults();
    const told = await nights.why();
    expect(told).toMatchObject({ cause: { kind: "killed" }, run: { execution: name } });
    expect(await nights.rows()).toEqual(towns(3));
    await mend(nights, told);
  }));

test("9b: a pod that was killed, and the next one of its Job did the work: nothing is to be mended", () =>
  withNights(async (nights) => {
    await live(nights, undefined, { nais: { backoffLimit: 2 } });
    const { name, over } = await hang(nights);
    expect(nights.platform.killPod(name)).toBe(true);
    await nights.platform.bigquery.clearFaults();
    await over;
    const told = await nights.why();
    expect([told.cause.kind, told.command, told.run?.execution]).toEqual(["good", "", name]);
    expect(await nights.rows()).toEqual(towns(3));
  }));

test("13: a lock that a run holds, and does not give back", () =>
  withNights(async (nights) => {
    await live(nights);
    const { name, over } = await hang(nights);
    const told = await nights.why();
    expect(told.cause).toMatchObject({ kind: "stuck", what: expect.stringContaining(name) as string });
    expect(told.text.replaceAll(/\s+/g, " ")).toContain(`kubectl delete job ${name} --namespace data-team`);
    await nights.platform.deleteRun(name);
    await over;
    await nights.platform.bigquery.clearFaults();
    await mend(nights, told);
  }));
