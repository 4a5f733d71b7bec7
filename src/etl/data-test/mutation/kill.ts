/** One mutant against tests: the first that fails ends it. */
import type { ModelNode } from "../../transform/graph.ts";
import type { RunProgram } from "../../transform/program/program.ts";
import { createBinder } from "../bind-models.ts";
import type { PlannedTest } from "../planned-test.ts";
import { runTest } from "../run-test.ts";
import { createSandbox, type Sandbox } from "../sandbox.ts";
import type { Session } from "../test-session.ts";

export interface Attempt {
  model: string;
  /** Its query, changed; parameters still stand in it. */
  sql?: string;
  /** Of a program, itself, changed. */
  run?: RunProgram;
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
    async kill({ model, plans, usual = 0, ...change }) {
      const bindModels = createBinder({ sandbox: binding, pipeline, context });
      for (const plan of plans) {
        const models = plan.models.map((node) => (node.name === model ? changed(node, change) : node));
        const given = new Map(plan.given.map(({ name, columns }) => [name, columns]));
        const bound = await bindModels({ models, given, bind: plan.bind });
        context.signal.throwIfAborted();
        if (bound.error) return { status: "unbindable" };
        const other = { ...plan, models, bound };
        const outcome = await patiently({ sandbox, most: patience + slowness * usual }, () =>
          runTest({ plan: other, sandbox, work, pipeline, context }),
        );
        if (outcome.message !== undefined) return { status: "killed", by: plan };
      }
      return { status: "survived" };
    },
    close: () => binding.db.close(),
  };
}

function changed(node: ModelNode, { sql, run }: Pick<Attempt, "sql" | "run">): ModelNode {
  return node.kind === "query" ? { ...node, sql: sql ?? node.sql } : { ...node, run: run ?? node.run };
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
