/** One mutant against tests: the first that fails ends it. */
import { createBinder } from "../bind-models.ts";
import type { PlannedTest } from "../planned-test.ts";
import { runTest } from "../run-test.ts";
import { createSandbox, type Sandbox } from "../sandbox.ts";
import type { Session } from "../test-session.ts";

export interface Attempt {
  model: string;
  /** Its query, changed; parameters still stand in it. */
  sql: string;
  /** Tests that compute the model, in the order in which they are tried. */
  plans: PlannedTest[];
  /** How long these take with the query as it is, in milliseconds. */
  usual?: number;
}

export interface Verdict {
  status: "killed" | "survived" | "unbindable";
  by?: PlannedTest;
}

export interface Killer {
  kill(attempt: Attempt): Promise<Verdict>;
  close(): void;
}

/**
 * A change may make a query endless: a recursion without its condition. A test that takes so long has noticed. What takes
 * its time anyhow, or runs on a busy machine, has more.
 */
const patience = 2000;
const slowness = 10;

export async function createKiller(sandbox: Sandbox, session: Session): Promise<Killer> {
  // A connection of its own, so that relations of the test need not be made anew.
  const binding = createSandbox(await session.work.db.another());
  const { pipeline, work, context } = session;
  return {
    async kill({ model, sql, plans, usual = 0 }) {
      const bindModels = createBinder({ sandbox: binding, pipeline, context });
      for (const plan of plans) {
        const models = plan.models.map((node) => (node.name === model ? { ...node, sql } : node));
        const given = new Map(plan.given.map(({ name, columns }) => [name, columns]));
        const bound = await bindModels({ models, given, bind: plan.bind });
        context.signal.throwIfAborted();
        if (bound.error) return { status: "unbindable" };
        const changed = { ...plan, models, bound };
        const outcome = await patiently({ sandbox, most: patience + slowness * usual }, () =>
          runTest({ plan: changed, sandbox, work, pipeline, context }),
        );
        if (outcome.message !== undefined) return { status: "killed", by: plan };
      }
      return { status: "survived" };
    },
    close: () => binding.db.close(),
  };
}

async function patiently<T>(
  { sandbox: { db }, most }: { sandbox: Sandbox; most: number },
  act: () => Promise<T>,
): Promise<T> {
  let again: NodeJS.Timeout | undefined;
  // An interrupt that comes between two statements is lost: it is said again.
  const late = setTimeout(() => (again = setInterval(() => db.interrupt(), 50)), most);
  try {
    return await act();
  } finally {
    clearTimeout(late);
    clearInterval(again);
  }
}
