import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startPushgateway, type Pushgateway } from "../../support/pushgateway.ts";
import { makeLab, type Lab } from "../../run/lab.ts";

let lab: Lab;
let gateway: Pushgateway;

beforeAll(async () => {
  lab = await makeLab();
});
afterAll(() => lab.remove());

beforeEach(async () => {
  gateway = await startPushgateway();
});
afterEach(() => gateway.close());

const more = {
  sources: {
    days: {
      type: "file",
      path: "data/days.csv",
      columns: { day: "DATE", n: "INT64" },
      checks: [{ freshness: { column: "day", within: "2d" }, severity: "warn" }],
    },
  },
};
const good = "SELECT day, n FROM days";

const run = async (env: Record<string, string> = { PUSH_GATEWAY_ADDRESS: gateway.address }, options = {}) =>
  lab.run(options, { env });
const numbers = (body: string) =>
  Object.fromEntries(
    body
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line): [string, number] => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
  );

beforeEach(async () => {
  await lab.folder.write("data/days.csv", "day,n\n2026-11-01,1\n2026-11-02,2\n");
  await lab.write(good, {}, more);
});

test("a run that succeeds leaves all its numbers, in a group of the team's and the pipeline's own", async () => {
  const { code, effects } = await run();
  expect(code).toBe(0);
  expect(effects.indexOf("metrics.push")).toBeGreaterThan(effects.indexOf("record.row"));
  const [pushed] = gateway.pushes;
  expect(pushed).toMatchObject({ method: "PUT", path: "/metrics/job/nais-etl/pipeline/lab/team/nais-analyse" });
  const found = numbers(pushed!.body);
  expect(found).toMatchObject({
    nais_etl_last_run_success: 1,
    nais_etl_checks_failed: 0,
    nais_etl_checks_warned: expect.any(Number),
    'nais_etl_rows_read{source="days"}': 2,
    'nais_etl_rows_written{output="t"}': 2,
    'nais_etl_data_age_seconds{table="days",check="freshness(day)"}': expect.any(Number),
  });
  expect(found["nais_etl_last_success_timestamp_seconds"]).toBeCloseTo(Date.now() / 1000, -2);
  expect(found["nais_etl_run_duration_seconds"]).toBeGreaterThan(0);
});

test("a run whose check fails says so, and leaves what only a success can say as it was", async () => {
  await lab.write(good, {}, { ...more, models: { t: { checks: [{ row_count: { min: 3 } }] } } });
  expect((await run()).code).toBe(3);
  const [pushed] = gateway.pushes;
  expect(pushed!.method).toBe("POST");
  expect(numbers(pushed!.body)).toMatchObject({ nais_etl_last_run_success: 0, nais_etl_checks_failed: 1 });
  expect(pushed!.body).not.toMatch(/last_success|rows_written|duration/);
});

test("no row at all is older than anything", async () => {
  await lab.folder.write("data/days.csv", "day,n\n");
  await lab.write(good, { allow_empty: true }, more);
  expect((await run()).code).toBe(0);
  expect(gateway.pushes[0]!.body).toContain('{table="days",check="freshness(day)"} +Inf\n');
});

test("of two checks of one name the older rows count", async () => {
  const freshness = { column: "day", within: "2d" };
  const checks = ["n = 2", "n = 1", "n = 2"].map((where) => ({ freshness, severity: "warn", where }));
  await lab.write(good, {}, { ...more, models: { t: { checks } } });
  expect((await run()).code).toBe(0);
  const ages = Object.entries(numbers(gateway.pushes[0]!.body)).filter(([name]) => name.includes("data_age"));
  expect(ages).toHaveLength(2);
  const [first, second] = ages.map(([, age]) => age);
  expect(second! - first!).toBeCloseTo(86_400, 0);
});

test("a run that has nothing to do says only that all is well", async () => {
  const interval = { interval: "day" };
  await lab.write(good, { write: "append", skip_if: "loaded" }, { ...more, ...interval });
  await run();
  await run();
  const [, second] = gateway.pushes;
  expect(second!.method).toBe("POST");
  expect(Object.keys(numbers(second!.body))).toEqual([
    "nais_etl_last_run_timestamp_seconds",
    "nais_etl_last_run_success",
    "nais_etl_last_success_timestamp_seconds",
  ]);
});

test("a part of the pipeline, or of its rows, is not pushed", async () => {
  await run(undefined, { select: ["t"] });
  await run(undefined, { limit: 1 });
  expect(gateway.pushes).toEqual([]);
});

test("the namespace of the pod goes before the team of the file", async () => {
  await run({ PUSH_GATEWAY_ADDRESS: `http://${gateway.address}/`, NAIS_NAMESPACE: "other" });
  expect(gateway.pushes[0]?.path).toBe("/metrics/job/nais-etl/pipeline/lab/team/other");
});

test.each([[{}], [{ PUSH_GATEWAY_ADDRESS: "" }]])("with %j nothing is pushed, and nothing said", async (env) => {
  const { effects, text } = await run(env);
  expect(effects).not.toContain("metrics.push");
  expect(text).not.toContain("metrics");
});

describe("the run still succeeds, and says why there are no metrics, where", () => {
  test.each([
    ["there is no such host", "pushgateway.invalid:9091", /pushgateway\.invalid:9091: .*pushgateway\.invalid/],
    ["the address is none", "a b", /PUSH_GATEWAY_ADDRESS is not an address/],
    ["the address has a password", "http://me:hush@127.0.0.1:1", /PUSH_GATEWAY_ADDRESS is not an address/],
  ])("%s", async (_, address, says) => {
    const { code, text } = await run({ PUSH_GATEWAY_ADDRESS: address });
    expect(code).toBe(0);
    expect(text).toMatch(says);
    expect(text).not.toContain("hush");
  });

  test("nobody listens", async () => {
    const closed = await startPushgateway();
    await closed.close();
    const { code, text } = await run({ PUSH_GATEWAY_ADDRESS: closed.address });
    expect(code).toBe(0);
    expect(text).toMatch(/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  });

  test.each([
    ["the gateway refuses them", 400, /answered 400 pushed metrics are invalid/],
    ["the gateway does not answer", 0, /no answer within 2 s/],
  ])("%s", async (_, status, says) => {
    const other = await startPushgateway({ status });
    const { code, text } = await run({ PUSH_GATEWAY_ADDRESS: other.address });
    await other.close();
    expect(code).toBe(0);
    expect(text).toMatch(says);
  });
});
