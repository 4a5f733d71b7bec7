/** Of several tests the one that notices most: that kills most mutants of the models it computes. */
import type { ModelNode } from "../../transform/graph.ts";
import { createKiller, type Attempt } from "../mutation/kill.ts";
import { findMutants } from "../mutation/mutants.ts";
import type { PlannedTest } from "../planned-test.ts";
import type { Session } from "../test-session.ts";
import type { Tried } from "./try-texts.ts";

export interface Choice {
  tried: Tried;
  plan: PlannedTest;
}

/** A program takes its time: of many choices, only the most varied are tried. */
const mostOfPrograms = 6;

/** Of a program, in milliseconds: it is started anew where one has died. */
const usualOfPrograms = 1000;

/** @returns the first of several that notice as much */
export async function mostNoticing(choices: Choice[], session: Session): Promise<Tried> {
  const models = choices[0]?.plan.models ?? [];
  const hasPrograms = models.some(({ kind }) => kind === "program");
  const among = hasPrograms
    ? choices.toSorted((a, b) => variety(b.tried) - variety(a.tried)).slice(0, mostOfPrograms)
    : choices;
  const killer = await createKiller(session.sandboxes[0]!, session);
  try {
    const killed = among.map(() => 0);
    for (const node of models)
      for (const mutant of await mutantsOf(node, session))
        for (const [i, { plan }] of among.entries())
          if ((await killer.kill({ model: node.name, plans: [plan], ...mutant })).status === "killed") killed[i]!++;
    return among[killed.indexOf(Math.max(...killed))]!.tried;
  } finally {
    killer.close();
  }
}

type Mutant = Pick<Attempt, "sql" | "run" | "usual">;

async function mutantsOf(node: ModelNode, { work }: Session): Promise<Mutant[]> {
  if (node.kind === "program") return ((await node.mutants?.()) ?? []).map((run) => ({ run, usual: usualOfPrograms }));
  const found = await findMutants({ sql: node.sql, ordered: false }, work.db);
  return found?.mutants ?? [];
}

/** That a column has a second value says most, a third less, and so on: else keys would count for more than kinds. */
const worth = [0, 0, 8, 10, 11];

/** How many values come out of each column, and whether rows come together or are left out. */
function variety({ rows, text }: Tried): number {
  const cells = rows?.cells ?? [];
  const values = (rows?.columns ?? []).map((_, i) => new Set(cells.map((row) => JSON.stringify(row[i]))).size);
  const given = Math.max(0, ...text.given.map((source) => source.rows.length));
  const score = values.reduce((sum, count) => sum + (worth[count] ?? worth.at(-1)!), 0);
  return score + (cells.length < given ? worth[2]! : 0);
}
