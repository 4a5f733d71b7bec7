/** The life of one run of which one request meets a fault: it goes on, and ends as if nothing had been. */
import type { Fault } from "../../servers/bigquery/options.ts";
import type { BigQueryServer } from "../../servers/bigquery/start.ts";
import { endedProblems, runHere, type Stage } from "../cases.ts";

interface FaultCase {
  stage: Stage;
  server: BigQueryServer;
  /** What is hit, and how. */
  fault: Fault;
}

/** The same fault for each of the requests of a clean run that it could hit: those that change something, unless others are meant. */
export async function faultsAt(
  { scenario, world, place }: Stage,
  server: BigQueryServer,
  fault: Omit<Fault, "on" | "nth"> & Partial<Pick<Fault, "on">>,
): Promise<Fault[]> {
  const on = fault.on ?? { writes: true };
  const copy = await world.copy(place);
  await server.clearRequests();
  await runHere({ world, place: copy, interval: scenario.interval });
  const requests = await server.requests(on);
  await world.remove(copy);
  return requests.map((_, i) => ({ ...fault, on, nth: i + 1 }));
}

/** These faults, of each of these kinds: one clean run tells the requests for all. */
export function ofEach(actions: readonly Fault["action"][], faults: Fault[]): Fault[][] {
  return actions.map((action) => faults.map((fault) => ({ ...fault, action })));
}

/** @returns everything that is not as it has to be; nothing where all is well */
async function runWithFault({ stage, server, fault }: FaultCase): Promise<string[]> {
  const { world, scenario } = stage;
  const place = await world.copy(stage.place);
  const number = await server.fault(fault);
  const says = (problem: string) => `${fault.action} ${fault.nth}: ${problem}`;
  try {
    await runHere({ world, place, interval: scenario.interval });
    const missed = (await server.hits(number)) === 1 ? [] : ["it met no fault"];
    return [...missed, ...endedProblems(stage, await world.find(place))].map(says);
  } catch (error) {
    return [says(String(error))];
  } finally {
    await server.clearFaults();
    await world.remove(place);
  }
}

/** One after the other: a fault hits whatever comes first. */
export async function runWithEach(faults: Fault[], stage: Stage, server: BigQueryServer): Promise<string[]> {
  const problems: string[] = [];
  for (const fault of faults) problems.push(...(await runWithFault({ stage, server, fault })));
  return problems;
}
