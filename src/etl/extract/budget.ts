/** What reading is billed for, kept within `budget: { run }`: looked at before any work. */
import { EtlError, type Where } from "../../util/error.ts";
import { formatBytes } from "../../util/bytes.ts";

export interface Expected {
  name: string;
  /** Bytes that are expected to be billed. */
  billed: number;
}

/** @throws {EtlError} `failed`, when more would be billed than the budget allows */
export function keepWithinBudget(
  expected: Expected[],
  { budget, where }: { budget: number; where: () => Where },
): void {
  const sum = expected.reduce((total, { billed }) => total + billed, 0);
  if (sum <= budget) return;
  const parts = expected
    .filter(({ billed }) => billed > 0)
    .toSorted((a, b) => b.billed - a.billed)
    .map(({ name, billed }) => `${name} ${formatBytes(billed)}`);
  throw new EtlError({
    code: "failed",
    part: "budget",
    message: `the run would be billed ${formatBytes(sum)}, and its budget is ${formatBytes(budget)}: ${parts.join(", ")}`,
    hint: "Nothing was read. Read fewer columns or partitions (`columns`, `where`), reduce in `query:`, or raise `budget: { run: … }`.",
    where: where(),
  });
}

/** What is left for one source, when all others take what they are expected to. */
export function shareOfBudget(name: string, expected: Expected[], budget: number): number {
  const others = expected.filter((one) => one.name !== name);
  return budget - others.reduce((total, { billed }) => total + billed, 0);
}
