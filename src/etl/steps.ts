/** Runs steps in the order of their needs, several at a time. */

export interface Step<T> {
  name: string;
  needs: string[];
  run: (slot: number) => Promise<T>;
}

export type StepOutcome<T> =
  | { name: string; status: "done"; value: T }
  | { name: string; status: "failed"; error: unknown }
  | { name: string; status: "skipped"; because: string };

/**
 * Each step starts when all it needs is done; what needs a failed or skipped step is skipped, and names it.
 * Never throws. Outcomes come in the order of the steps.
 * @param slots how many run at once; a step is told which slot it has, so that it can use that slot's connection
 */
export async function runSteps<T>({
  steps,
  slots,
  onOutcome,
}: {
  steps: Step<T>[];
  slots: number;
  onOutcome?: (outcome: StepOutcome<T>) => void;
}): Promise<StepOutcome<T>[]> {
  const outcomes = new Map<string, StepOutcome<T>>();
  const waiting = [...steps];
  const free = Array.from({ length: slots }, (_, slot) => slot);
  const running = new Set<Promise<void>>();
  const settle = (outcome: StepOutcome<T>) => {
    outcomes.set(outcome.name, outcome);
    onOutcome?.(outcome);
  };
  const start = (step: Step<T>, slot: number) => {
    const done = step.run(slot).then(
      (value) => settle({ name: step.name, status: "done", value }),
      (error: unknown) => settle({ name: step.name, status: "failed", error }),
    );
    const tracked: Promise<void> = done.finally(() => {
      running.delete(tracked);
      free.push(slot);
    });
    running.add(tracked);
  };
  while (waiting.length > 0 || running.size > 0) {
    // A copy, since steps leave the list while it is walked.
    for (const step of waiting.slice()) {
      const states = step.needs.map((need) => outcomes.get(need));
      const broken = states.find((state) => state && state.status !== "done");
      if (broken)
        settle({
          name: step.name,
          status: "skipped",
          because: broken.status === "skipped" ? broken.because : broken.name,
        });
      else if (free.length > 0 && states.every((state) => state?.status === "done")) start(step, free.shift()!);
      else continue;
      waiting.splice(waiting.indexOf(step), 1);
    }
    if (running.size > 0) await Promise.race(running);
    else if (waiting.length > 0 && !waiting.some((step) => step.needs.every((need) => outcomes.has(need)))) {
      throw new Error(`steps wait for each other: ${waiting.map((step) => step.name).join(", ")}`);
    }
  }
  return steps.map((step) => outcomes.get(step.name)!);
}
