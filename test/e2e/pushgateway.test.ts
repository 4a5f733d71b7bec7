import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { backfill } from "../../src/commands/backfill.ts";
import { rollback } from "../../src/commands/rollback.ts";
import { realContext } from "../run/context.ts";
import { makeLab, type Lab } from "../run/lab.ts";
import { findProgram, pushgateway } from "./support/debian.ts";
import { answers, freePort, startServer, type RealServer } from "./support/server.ts";

// What a run pushes is what the real Pushgateway takes, keeps apart by pipeline, and forgets when it should.

const found = findProgram(pushgateway);
let gateway: RealServer | undefined;
let address: string;
const labs: Lab[] = [];

beforeAll(async () => {
  if ("missing" in found) return;
  address = `127.0.0.1:${await freePort()}`;
  gateway = await startServer({
    command: found.path,
    args: [`--web.listen-address=${address}`],
    isReady: () => answers(`http://${address}/-/ready`),
  });
});

afterAll(async () => {
  await gateway?.stop();
  for (const lab of labs) await lab.remove();
});

async function makePipeline(name: string): Promise<Lab> {
  const lab = await makeLab();
  labs.push(lab);
  await lab.write("SELECT 1 AS a UNION ALL SELECT 2", {}, { name });
  return lab;
}

const run = (lab: Lab) => lab.run({}, { env: { PUSH_GATEWAY_ADDRESS: address } });

/** `name{labels}` to value, of the series of one pipeline; labels of the group are left out. */
async function seriesOf(pipeline: string): Promise<Record<string, number>> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const lines = [...text.matchAll(/^(\w+)\{(.*)\} (\S+)$/gm)].filter(([line]) =>
    line.includes(`pipeline="${pipeline}"`),
  );
  return Object.fromEntries(
    lines.map(([, name, labels = "", value]) => {
      const own = [...labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].filter(([, label = ""]) => !inGroup.has(label));
      return [own.length === 0 ? name! : `${name}{${own.map(([pair]) => pair).join(",")}}`, numberOf(value)];
    }),
  );
}

const numberOf = (text = "") => (text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text));
const inGroup = new Set(["instance", "job", "pipeline", "team"]);

test("what runs push is kept, each pipeline's by itself, and a failed run leaves the last success as it was", async ({
  skip,
}) => {
  if ("missing" in found) return skip(found.missing);
  const [orders, archive] = [await makePipeline("orders"), await makePipeline("orders-archive")];
  expect([(await run(orders)).code, (await run(archive)).code]).toEqual([0, 0]);
  const first = await seriesOf("orders");
  expect(first).toMatchObject({
    nais_etl_last_run_success: 1,
    nais_etl_checks_failed: 0,
    'nais_etl_rows_written{output="t"}': 2,
    push_failure_time_seconds: 0,
  });

  await orders.write("SELECT 1 AS a", {}, { name: "orders", models: { t: { checks: [{ row_count: { min: 2 } }] } } });
  expect((await run(orders)).code).toBe(3);
  const second = await seriesOf("orders");
  expect(second).toMatchObject({
    nais_etl_last_run_success: 0,
    nais_etl_checks_failed: 1,
    nais_etl_last_success_timestamp_seconds: first["nais_etl_last_success_timestamp_seconds"],
    'nais_etl_rows_written{output="t"}': 2,
  });
  expect(second["nais_etl_last_run_timestamp_seconds"]).toBeGreaterThan(first["nais_etl_last_run_timestamp_seconds"]!);
  expect(await seriesOf("orders-archive")).toMatchObject({ nais_etl_last_run_success: 1, nais_etl_checks_failed: 0 });

  await orders.write("SELECT 1 AS a", { model: "t" }, { name: "orders" });
  expect((await run(orders)).code).toBe(0);
  expect(await seriesOf("orders")).toMatchObject({
    nais_etl_last_run_success: 1,
    'nais_etl_rows_written{output="t"}': 1,
  });
});

test("a backfill and a rollback leave what the last run has pushed as it was, and succeed where nobody listens", async ({
  skip,
}) => {
  if ("missing" in found) return skip(found.missing);
  const lab = await makePipeline("rolled");
  const output = { write: "append", partition: "dato", keep: 2 };
  await lab.write("SELECT $interval_start AS dato", output, { name: "rolled", interval: "day" });
  for (const interval of ["2022-01-18", "2022-01-20"])
    expect((await lab.run({ interval }, { env: { PUSH_GATEWAY_ADDRESS: address } })).code).toBe(0);
  const pushed = await seriesOf("rolled");
  expect(pushed).toMatchObject({ nais_etl_last_run_success: 1, 'nais_etl_rows_written{output="t"}': 1 });
  const { path: folder } = lab.folder;
  for (const gateway of [address, "127.0.0.1:1"]) {
    const context = realContext({ folder, tmpdir: join(folder, "tmp"), env: { PUSH_GATEWAY_ADDRESS: gateway } });
    expect(await backfill({ from: "2022-01-18", to: "2022-01-20" }, context)).toBe(0);
    expect(await rollback({ outputs: ["t"], to: "2022-01-20", yes: true }, context)).toBe(0);
    expect(await seriesOf("rolled")).toEqual(pushed);
  }
});

test("there may be no newest row", async ({ skip }) => {
  if ("missing" in found) return skip(found.missing);
  const lab = await makePipeline("none");
  const checks = [{ freshness: { column: "day", within: "36h" }, severity: "warn" }];
  const more = { name: "none", models: { t: { checks } } };
  await lab.write("SELECT DATE '2026-11-01' AS day WHERE false", { allow_empty: true }, more);
  expect((await run(lab)).code).toBe(0);
  const age = 'nais_etl_data_age_seconds{check="freshness(day)",table="t"}';
  expect(await seriesOf("none")).toMatchObject({ [age]: Number.POSITIVE_INFINITY });
});

test("a label may hold what has a meaning in the format", async ({ skip }) => {
  if ("missing" in found) return skip(found.missing);
  const lab = await makePipeline("escapes");
  const checks = [{ freshness: { column: "day", within: "36h" }, name: 'the "newest"\\day', severity: "warn" }];
  await lab.write("SELECT DATE '2026-11-01' AS day", {}, { name: "escapes", models: { t: { checks } } });
  expect((await run(lab)).code).toBe(0);
  const ages = Object.keys(await seriesOf("escapes")).filter((name) => name.startsWith("nais_etl_data_age"));
  expect(ages).toEqual(['nais_etl_data_age_seconds{check="the \\"newest\\"\\\\day",table="t"}']);
});
