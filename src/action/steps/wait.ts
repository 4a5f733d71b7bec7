/** The runs that the deploy has started, or that are started now, to their end. */
import type { RunOutcome } from "../report.ts";
import { carryOut } from "../carry-out.ts";
import { failureIn } from "../failure-in.ts";
import type { StepOutcome, Work } from "../step.ts";

export async function wait(work: Work): Promise<StepOutcome> {
  const { follow } = work.made.sent!;
  const found: Awaited<ReturnType<typeof follow>>[] = [];
  const outcome = await carryOut(
    {
      async act() {
        const followed = await follow();
        found.push(followed);
        return { sentence: sentenceOf(followed.runs), runs: followed.runs };
      },
    },
    work,
  );
  return failureIn(
    outcome,
    found.flatMap(({ problems }) => problems),
    work,
  );
}

function sentenceOf(runs: RunOutcome[]): string {
  if (runs.length === 0) return "no run begins with this deploy: the next one is the schedule's";
  return runs.map(({ run, state }) => `${run} ${state}`).join(", ");
}
