import { expect, test } from "vitest";
import { jobName, scheduledMinute } from "../../../src/etl/identity.ts";
import { assertRunName, nameRun } from "../../../src/ship/follow/run-name.ts";
import { generator } from "../../support/random.ts";

const now = new Date("2026-11-21T22:45:01.789Z");

test("a run is named after its job and the second it was asked for, in UTC", () => {
  expect(nameRun("apps-per-env", now)).toBe("apps-per-env-manual-20261121224501");
});

test("whatever the job is called, the name is a DNS label, whole in the name of a pod, and no minute of a schedule", () => {
  const random = generator(8);
  const letters = "abcxyz019-.-_ÆøA/ ".split("");
  const names = Array.from({ length: 2000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 70) }, () => letters[Math.floor(random() * letters.length)]).join(
      "",
    ),
  );
  for (const name of names) {
    const run = nameRun(name, now);
    expect(() => assertRunName(run)).not.toThrow();
    expect(`${run}-abcde`.length, run).toBeLessThanOrEqual(63);
    expect(jobName(`${run}-abcde`)).toBe(run);
    expect(scheduledMinute(run, now)).toBeUndefined();
  }
});

test.each(["", "-a", "a-", "A", "a.b", "æ", "a".repeat(64)])("`%s` is no name of a run", (name) => {
  expect(() => assertRunName(name)).toThrow("cannot be the name");
});
