/** Of several tests the one that notices most: that kills most mutants of the queries it computes. */
import { createKiller } from "../mutation/kill.ts";
import { findMutants } from "../mutation/mutants.ts";
import type { PlannedTest } from "../planned-test.ts";
import type { Session } from "../test-session.ts";

/** @returns its index; the first of several that notice as much */
export async function mostNoticing(plans: PlannedTest[], session: Session): Promise<number> {
  const killer = await createKiller(session.sandboxes[0]!, session);
  try {
    const killed = plans.map(() => 0);
    for (const node of plans[0]?.models ?? []) {
      if (node.kind !== "query") continue;
      const found = await findMutants({ sql: node.sql, ordered: false }, session.work.db);
      for (const { sql } of found?.mutants ?? [])
        for (const [i, plan] of plans.entries())
          if ((await killer.kill({ model: node.name, sql, plans: [plan] })).status === "killed") killed[i]!++;
    }
    return killed.indexOf(Math.max(...killed));
  } finally {
    killer.close();
  }
}
