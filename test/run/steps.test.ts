import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../../src/util/context.ts";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

test("models that do not read each other run at the same time: each of two ends only once both have begun", async () => {
  await lab.folder.write("models/a.sql", "SELECT 1 AS x");
  await lab.folder.write("models/b.sql", "SELECT 2 AS x");
  await lab.write(
    "SELECT x FROM a UNION ALL SELECT x FROM b",
    {},
    {
      models: { a: { materialize: "table" }, b: { materialize: "table" } },
    },
  );
  let begun = 0;
  const both = Promise.withResolvers<void>();
  const effect: Effect = async (name, act) => {
    if (name === "model.write" && ++begun <= 2) {
      if (begun === 2) both.resolve();
      await both.promise;
    }
    return act();
  };
  const { code, text } = await lab.run({}, { effect });
  expect(code, text).toBe(0);
  expect(await lab.values("SELECT x FROM lab.t ORDER BY x")).toEqual(["1", "2"]);
});

const endless = "SELECT count(*) AS n FROM range(10000000000000) AS r(i) WHERE hash(i) = 1";

test("a model is ended at its timeout, and says which and how long; nothing is published", async () => {
  await lab.write("SELECT 1::BIGINT AS n");
  await lab.run();
  await lab.write(endless, {}, { models: { t: { timeout: "1s" } } });
  const { code, text } = await lab.run();
  expect(code).toBe(1);
  expect(text).toMatch(/✗ model +t +failed/);
  expect(text).toMatch(/pipeline\.yaml:\d+:\d+ error: \[model t\] it ran for 1s, its timeout, and was ended/);
  expect(text).toContain("raise `timeout`");
  expect(await lab.values("SELECT n FROM lab.t")).toEqual(["1"]);
});

test("a model that ends in time is not told of one, and is tried again where it took too long", async () => {
  await lab.write("SELECT 1::BIGINT AS n", {}, { models: { t: { timeout: "5m", retries: 1 } } });
  expect(await lab.run()).toMatchObject({ code: 0 });
  await lab.write(endless, {}, { models: { t: { timeout: "1s", retries: 1 } } });
  const { code, text } = await lab.run();
  expect(code).toBe(1);
  expect(text).toContain(
    "warning: t: [model t] it ran for 1s, its timeout, and was ended; trying again in 1 s (1 of 1)",
  );
  expect(text).toMatch(/✗ model +t +failed.*  in 2 attempts/);
});

/** Says that it is there, and ends once the other has said so. */
const meet = (own: string, other: string) => `
  writeFileSync("${own}", "");
  const wait = () => (existsSync("${other}") ? end(1) : setTimeout(wait, 10));
  wait();`;

describe("of models that are programs", () => {
  const env = { PATH: process.env["PATH"] ?? "" };
  const run = () => lab.run({}, { env });

  /** Models that are Node's: each a script in the pipeline's folder. */
  async function write(scripts: Record<string, string>, keys: object = {}): Promise<void> {
    const models = Object.entries(scripts).map(([name, text]) => {
      const model = { command: [process.execPath, `${name}.mjs`], inputs: [], columns: { n: "INT64" }, ...keys };
      return { name, text, model };
    });
    for (const { name, text } of models) await lab.folder.write(`${name}.mjs`, `${imports}${text}`);
    const reads = models.map(({ name }) => `SELECT n FROM ${name}`).join(" UNION ALL ");
    await lab.write(reads, {}, { models: Object.fromEntries(models.map(({ name, model }) => [name, model])) });
  }

  const imports = `
    import { existsSync, writeFileSync } from "node:fs";
    const end = (n) => writeFileSync(process.env.NAIS_ETL_OUTPUT, JSON.stringify({ n }) + "\\n");\n`;

  test("two run at the same time: each waits for the other", async () => {
    await write({ a: meet("a.here", "b.here"), b: meet("b.here", "a.here") });
    const { code, text } = await run();
    expect(code, text).toBe(0);
    expect(await lab.values("SELECT n FROM lab.t")).toEqual(["1", "1"]);
  });

  test("one that never ends is ended at its timeout", async () => {
    await write({ a: "setInterval(() => {}, 1000);" }, { timeout: "1s" });
    const { code, text } = await run();
    expect(code).toBe(1);
    expect(text).toContain("[model a] it ran for 1s, its timeout, and was ended");
    expect(text).toMatch(/- model +t +skipped: a failed/);
  });

  test("one that fails now and then is tried again", async () => {
    await write(
      { a: 'if (existsSync("once")) end(2); else { writeFileSync("once", ""); process.exit(3); }' },
      { retries: 2 },
    );
    const { code, text } = await run();
    expect(code, text).toBe(0);
    expect(text).toMatch(/warning: a: .* ended with exit code 3; trying again in 1 s \(1 of 2\)/);
    expect(text).toMatch(/✓ model +a +1 row.*  in 2 attempts/);
    expect(await lab.values("SELECT n FROM lab.t")).toEqual(["2"]);
  });

  test("an endless loop in TypeScript is ended, too, and the next attempt begins anew", async () => {
    await lab.folder.write("models/a.ts", "export default function a(): { n: number }[] { for (;;); }\n");
    await lab.write("SELECT n FROM a", {}, { models: { a: { columns: { n: "INT64" }, timeout: "1s", retries: 1 } } });
    const { code, text } = await run();
    expect(code, text).toBe(1);
    expect(text.match(/it ran for 1s, its timeout, and was ended/g)).toHaveLength(2);
  });
});
