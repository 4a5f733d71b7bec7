import { afterEach, beforeEach, expect, test } from "vitest";
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
