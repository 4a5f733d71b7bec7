/** Rollbacks in the in-repo BigQuery: of one table from its snapshot, of another by time travel, with the mark of a cursor. */
import type { Fault, RequestMatch } from "../../servers/bigquery/options.ts";
import type { BigQueryServer } from "../../servers/bigquery/start.ts";
import { rollBackThrough, setRollback, type RollbackStage } from "../rollbacks.ts";
import type { Place } from "../worlds.ts";
import { bigqueryWorld } from "./world.ts";

/** @param server one that travels in time */
export function rollbackStageIn(server: BigQueryServer, write: string): Promise<RollbackStage> {
  const mark = async ({ dataset }: Place) => {
    const state = (name: string) => `\`${dataset}._nais_etl_${name}\``;
    const newest = `(SELECT MAX(published_at) FROM ${state("publishes")})`;
    const columns = "pipeline, source, mark, run_id, execution, marked_at";
    await server.sql(
      `INSERT INTO ${state("cursors")} (${columns}) SELECT 'kills', 'log', '7', 'r', 'e', TIMESTAMP_SUB(${newest}, INTERVAL 1 HOUR)`,
    );
    await server.sql(`INSERT INTO ${state("cursors")} (${columns}) SELECT 'kills', 'log', '9', 'r', 'e', ${newest}`);
  };
  return setRollback({ world: bigqueryWorld(server), write, keep: { rows: 1 }, mark });
}

/** What only a rollback, and a run whose output says `keep`, sends: a snapshot, its end, rows of then, their publishing, the end of another. */
export const ownRequests: RequestMatch[] = [
  { method: "jobs.insert", body: "CREATE SNAPSHOT" },
  { method: "tables.patch", target: "_nais_etl_keep_" },
  { method: "jobs.insert", body: "FOR SYSTEM_TIME" },
  { method: "jobs.insert", target: "_publish_" },
  { method: "tables.delete", target: "_nais_etl_keep_" },
];

/** The same fault for each request of a rollback that changes something. */
export async function faultsOfRollback(
  stage: RollbackStage,
  server: BigQueryServer,
  action: Fault["action"],
): Promise<Fault[]> {
  const on = { writes: true };
  let count = 0;
  const problems = await rollBackThrough(stage, async (act) => {
    await server.clearRequests();
    await act();
    count = (await server.requests(on)).length;
    return [];
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return Array.from({ length: count }, (_, i) => ({ on, action, nth: i + 1 }));
}

/** One after the other: a fault hits whatever comes first. */
export async function rollBackWithEach(
  faults: Fault[],
  stage: RollbackStage,
  server: BigQueryServer,
): Promise<string[]> {
  const problems: string[] = [];
  for (const fault of faults) {
    const found = await rollBackThrough(stage, (act) => withFault(fault, server, act));
    problems.push(...found.map((problem) => `${fault.action} ${JSON.stringify(fault.on)} ${fault.nth}: ${problem}`));
  }
  return problems;
}

async function withFault(fault: Fault, server: BigQueryServer, act: () => Promise<void>): Promise<string[]> {
  const number = await server.fault(fault);
  try {
    await act();
    return (await server.hits(number)) === 1 ? [] : ["it met no fault"];
  } finally {
    await server.clearFaults();
  }
}
