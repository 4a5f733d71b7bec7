import { describe, expect, test } from "vitest";
import { runSteps, type Step, type StepOutcome } from "../../src/etl/steps.ts";

/** Steps that end when they are told to, and what has begun. */
function stage() {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const slots = new Map<string, number>();
  const step = (name: string, needs: string[] = []): Step<string> => ({
    name,
    needs,
    run: (slot) => {
      begun.push(name);
      slots.set(name, slot);
      return new Promise((resolve, reject) =>
        ends.set(name, (error) => (error ? reject(error) : resolve(`${name}'s`))),
      );
    },
  });
  /** Ends a step, and lets what follows from it begin. */
  const end = async (name: string, error?: Error) => {
    ends.get(name)!(error);
    await new Promise(setImmediate);
  };
  return { begun, slots, step, end };
}

const summary = (outcome: StepOutcome<string>) =>
  outcome.status === "skipped" ? `${outcome.name} skipped: ${outcome.because}` : `${outcome.name} ${outcome.status}`;

test("steps that need nothing of each other run at the same time, and others when what they need is done", async () => {
  const { begun, step, end } = stage();
  const done = runSteps({ slots: 4, steps: [step("c", ["a", "b"]), step("a"), step("b"), step("d", ["c"])] });
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  expect(begun).toEqual(["a", "b"]);
  await end("a");
  expect(begun).toEqual(["a", "b", "c"]);
  await end("c");
  await end("d");
  expect(await done).toEqual([
    { name: "c", status: "done", value: "c's" },
    { name: "a", status: "done", value: "a's" },
    { name: "b", status: "done", value: "b's" },
    { name: "d", status: "done", value: "d's" },
  ]);
});

test("no more run than there are slots, and each has one of its own", async () => {
  const { begun, slots, step, end } = stage();
  const done = runSteps({ slots: 2, steps: ["a", "b", "c", "d"].map((name) => step(name)) });
  expect(begun).toEqual(["a", "b"]);
  expect(slots.get("a")).not.toBe(slots.get("b"));
  await end("b");
  expect(begun).toEqual(["a", "b", "c"]);
  expect(slots.get("c")).toBe(slots.get("b"));
  await end("a");
  expect(slots.get("d")).toBe(slots.get("a"));
  await end("c");
  await end("d");
  expect((await done).map(summary)).toEqual(["a done", "b done", "c done", "d done"]);
});

describe("a step that fails", () => {
  test("is given with its error, and all that need it are skipped by its name, however far away", async () => {
    const { begun, step, end } = stage();
    const error = new Error("no");
    const steps = [step("a"), step("b", ["a"]), step("c", ["b"]), step("d", ["c", "e"]), step("e")];
    const done = runSteps({ slots: 2, steps });
    await end("a", error);
    await end("e");
    const outcomes = await done;
    expect(outcomes[0]).toEqual({ name: "a", status: "failed", error });
    expect(outcomes.map(summary)).toEqual(["a failed", "b skipped: a", "c skipped: a", "d skipped: a", "e done"]);
    expect(begun).toEqual(["a", "e"]);
  });

  test("does not keep others from their end, also where it throws at once", async () => {
    const { step, end } = stage();
    const broken: Step<string> = { name: "a", needs: [], run: () => Promise.reject(new Error("no")) };
    const done = runSteps({ slots: 1, steps: [broken, step("b"), step("c", ["b"])] });
    await new Promise(setImmediate);
    await end("b");
    await end("c");
    expect((await done).map(summary)).toEqual(["a failed", "b done", "c done"]);
  });
});

test("each outcome is told as it comes, once", async () => {
  const { step, end } = stage();
  const told: string[] = [];
  const steps = [step("a"), step("b"), step("c", ["b"])];
  const done = runSteps({ slots: 2, steps, onOutcome: (outcome) => told.push(summary(outcome)) });
  await end("b", new Error("no"));
  await end("a");
  await done;
  expect(told).toEqual(["b failed", "c skipped: b", "a done"]);
});

test("no steps are no work", async () => {
  expect(await runSteps({ slots: 1, steps: [] })).toEqual([]);
});

test("steps that wait for each other are a fault, and do not hang", async () => {
  const { step } = stage();
  const steps = [step("a", ["b"]), step("b", ["a"])];
  await expect(runSteps({ slots: 1, steps })).rejects.toThrow("steps wait for each other: a, b");
});
