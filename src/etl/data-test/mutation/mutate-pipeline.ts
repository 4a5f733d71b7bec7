/** Changes each query in many small ways, and sees whether a test fails: what no test notices, no test tests. */
import type { QueryNode } from "../../transform/graph.ts";
import type { DeclaredTest } from "../../../spec/load-tests.ts";
import type { PlannedTest } from "../planned-test.ts";
import { shareOut } from "../test-pipeline.ts";
import type { Session } from "../test-session.ts";
import { findAccepted, type Accepted } from "./accepted.ts";
import { createKiller, type Attempt, type Killer } from "./kill.ts";
import { findMutants, type Mutant } from "./mutants.ts";

export interface MutantResult extends Mutant {
  model: string;
  /** The model's file, as the user would write it. */
  file: string;
  /** `accepted` survived, with a reason in the query; `unbindable` cannot be run, so that no test is needed to refuse it. */
  status: "killed" | "survived" | "accepted" | "unbindable";
  reason?: string;
}

export interface ModelMutants {
  model: string;
  file: string;
  /** How many tests compute it. */
  tests: number;
  mutants: MutantResult[];
  /** Why it was left out, where it was. */
  skipped?: string;
  /** Lines of comments that accept mutants, where none survived. */
  idleReasons: number[];
}

export interface MutationResult {
  models: ModelMutants[];
  /** Models that are programs: their code is not changed. */
  programs: string[];
  /** Tests of rows that notice no change at all. */
  idle: DeclaredTest[];
}

/** @param only the models whose queries are changed; all by default */
export async function mutatePipeline(session: Session, only?: ReadonlySet<string>): Promise<MutationResult> {
  const killers = await Promise.all(session.sandboxes.map((sandbox) => createKiller(sandbox, session)));
  try {
    const nodes = session.graph.models.filter(({ name }) => !only || only.has(name));
    const kills = new Map(session.plans.map((plan) => [plan, 0]));
    const models: ModelMutants[] = [];
    for (const node of nodes.filter((each) => each.kind === "query"))
      models.push(await mutateModel({ node, session, killers, kills }));
    const idle = await findIdle({ models, session, killers, kills });
    return { models, programs: nodes.filter(({ kind }) => kind === "program").map(({ name }) => name), idle };
  } finally {
    for (const killer of killers) killer.close();
  }
}

const notPrinted = "the engine's parser cannot print its query back (PIVOT without IN, for example)";

interface MutateModel {
  node: QueryNode;
  session: Session;
  killers: Killer[];
  /** How many mutants each test has killed. */
  kills: Map<PlannedTest, number>;
}

async function mutateModel(options: MutateModel): Promise<ModelMutants> {
  const { node, session, killers } = options;
  const plans = plansOf(node.name, session);
  const result = { model: node.name, file: node.file.shown, tests: plans.length, mutants: [], idleReasons: [] };
  const ordered = plans.some(({ test }) => test.model === node.name && test.expect.ordered === true);
  const found = await findMutants({ sql: node.sql, ordered }, session.work.db);
  const usual = found && (await timeOfSame({ model: node.name, sql: found.original, plans }, killers[0]!));
  if (!found || usual === undefined) return { ...result, skipped: notPrinted };
  const accepted = findAccepted(node.sql);
  const mutants: MutantResult[] = [];
  await shareOut(killers, found.mutants, async (mutant, killer, i) => {
    mutants[i] = await tryMutant({ ...options, mutant, killer, plans, usual, accepted });
  });
  const isIdle = (line: number) => !mutants.some((mutant) => mutant.status === "accepted" && mutant.line === line);
  return { ...result, mutants, idleReasons: accepted.flatMap(({ line, at }) => (isIdle(line) ? [at] : [])) };
}

/** Long enough for any test. */
const anyTime = 60_000;

/** Milliseconds of the tests with the query as it is printed; undefined where it is not the same query then: it would tell nothing. */
async function timeOfSame(attempt: Attempt, killer: Killer): Promise<number | undefined> {
  const since = performance.now();
  const { status } = await killer.kill({ ...attempt, usual: anyTime });
  return status === "survived" ? performance.now() - since : undefined;
}

interface TryMutant extends MutateModel {
  mutant: Mutant;
  killer: Killer;
  plans: PlannedTest[];
  usual: number;
  accepted: Accepted[];
}

async function tryMutant({ node, mutant, killer, plans, usual, kills, accepted }: TryMutant): Promise<MutantResult> {
  const model = node.name;
  const attempt = { model, sql: mutant.sql, plans: inTurn(plans, model, kills), usual };
  const { status, by } = await killer.kill(attempt);
  if (by) kills.set(by, kills.get(by)! + 1);
  const reason = accepted.find(({ line }) => line === mutant.line)?.reason;
  const told = { ...mutant, model, file: node.file.shown };
  return status === "survived" && reason !== undefined ? { ...told, status: "accepted", reason } : { ...told, status };
}

function plansOf(model: string, { plans }: Session): PlannedTest[] {
  return plans.filter((plan) => plan.models.some(({ name }) => name === model));
}

/** The model's own tests first, and of those the ones that have killed least: so each soon has something to show. */
function inTurn(plans: PlannedTest[], model: string, kills: ReadonlyMap<PlannedTest, number>): PlannedTest[] {
  const isOwn = ({ test }: PlannedTest) => Number(test.model === model);
  return plans.toSorted((a, b) => isOwn(b) - isOwn(a) || kills.get(a)! - kills.get(b)!);
}

interface FindIdle extends Omit<MutateModel, "node"> {
  models: ModelMutants[];
}

/** Another test may have killed what these would have. A test of checks or errors says nothing of rows. */
async function findIdle({ models, session, killers, kills }: FindIdle): Promise<DeclaredTest[]> {
  const quiet = session.plans.filter(
    (plan) => kills.get(plan) === 0 && /^(rows|count)$/.test(plan.expectation.kind) && plan.models.length > 0,
  );
  const idle = new Set<PlannedTest>();
  await shareOut(killers, quiet, async (plan, killer) => {
    const names = plan.models.map(({ name }) => name);
    const dead = models
      .filter(({ model }) => names.includes(model))
      .flatMap(({ mutants }) => mutants.filter(({ status }) => status === "killed"));
    if (dead.length === 0) return;
    for (const { model, sql } of dead)
      if ((await killer.kill({ model, sql, plans: [plan] })).status === "killed") return;
    idle.add(plan);
  });
  return session.plans.filter((plan) => idle.has(plan)).map(({ test }) => test);
}
