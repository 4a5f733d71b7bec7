/**
 * Runs the statements of a job: one, or a script of several with its transactions.
 * https://cloud.google.com/bigquery/docs/transactions
 */
import { createHash } from "node:crypto";
import { ApiError, errorProto, invalidQuery } from "../api-error.ts";
import { touch } from "../catalog/catalog.ts";
import type { Session } from "../database.ts";
import type { Billed } from "../sql/bytes.ts";
import { asQueryError } from "../sql/engine-error.ts";
import type { ParsedStatement } from "../sql/parse-statement.ts";
import type { Execution } from "../sql/plan.ts";
import { planStatement, type Control } from "../sql/plan-statement.ts";
import type { State } from "../state.ts";
import { addJob, type Job } from "./job.ts";
import type { Transaction } from "./locks.ts";
import type { MakeContext } from "./query.ts";
import { runPlan, withSession } from "./statement.ts";

type Json = Record<string, any>;

interface Script {
  state: State;
  job: Job;
  statements: ParsedStatement[];
  make: MakeContext;
}

/** What a script carries from statement to statement. */
interface Progress {
  transaction?: Transaction;
  written: Execution["written"];
  cost: Billed;
  children: number;
}

export async function runScript(script: Script): Promise<void> {
  const { state, job, statements } = script;
  const progress: Progress = { written: new Set(), cost: { processed: 0n, billed: 0n }, children: 0 };
  await withSession(state, job, async (session) => {
    try {
      for (const statement of statements) await runStatement({ ...script, session, progress, statement });
    } finally {
      // A script that ends within a transaction takes it back.
      await endTransaction(state, session, progress, false);
      summarise(job, progress);
    }
  });
}

function summarise(job: Job, { cost, children }: Progress): void {
  const [processed, billed] = [String(cost.processed), String(cost.billed)];
  job.statistics["totalBytesProcessed"] = processed;
  job.statistics["numChildJobs"] = String(children);
  job.statistics["query"] = { statementType: "SCRIPT", totalBytesProcessed: processed, totalBytesBilled: billed };
}

interface Step extends Script {
  session: Session;
  progress: Progress;
  statement: ParsedStatement;
}

async function runStatement(step: Step): Promise<void> {
  const { state, job, session, progress, statement } = step;
  const child = addChild(step);
  if (job.fault?.action === "hold-job" && job.fault.statement === progress.children) await state.faults.held();
  try {
    if (statement.kind === "begin") await beginTransaction(state, session, progress);
    else if (statement.kind === "commit" || statement.kind === "rollback") await finish(step, statement.kind);
    else await runChild(step, child, statement);
    if (child.result) job.result = child.result;
  } catch (error) {
    const known = asQueryError(error);
    child.error = errorProto(known);
    const { line, column } = statement.at;
    throw new ApiError({ reason: known.reason, message: `Query error: ${known.message} at [${line}:${column}]` });
  } finally {
    Object.assign(child, { state: "DONE" });
    child.statistics["endTime"] = String(Date.now());
  }
}

/** Each statement has a job of its own, as `jobs.list` with parentJobId shows it. */
function addChild({ state, job, statement, progress }: Step): Job {
  progress.children += 1;
  const hash = createHash("sha1").update(`${job.project}:${job.location}:${job.id}`).digest("hex").slice(0, 32);
  const { project, location, principal, id } = job;
  const { labels } = job.configuration;
  const child = addJob(state.jobs, {
    project,
    location,
    principal,
    id: `script_job_${hash}_${progress.children - 1}`,
    parent: id,
    configuration: {
      jobType: "QUERY",
      query: { query: statement.text, useLegacySql: false },
      ...(labels && { labels }),
    },
  });
  child.statistics["startTime"] = String(Date.now());
  child.statistics["scriptStatistics"] = {
    evaluationKind: "STATEMENT",
    stackFrames: [{ startLine: statement.at.line, startColumn: statement.at.column, text: statement.text }],
  };
  return child;
}

async function runChild(step: Step, child: Job, statement: Exclude<ParsedStatement, Control>): Promise<void> {
  const { state, job, session, progress, make } = step;
  const context = make();
  const plan = planStatement(context, statement);
  const { transaction, written, cost } = progress;
  if (transaction && /^(CREATE|ALTER|DROP)_/.test(plan.type)) {
    throw invalidQuery("DDL statements on permanent tables are not supported inside a transaction");
  }
  const limited = { ...(job.configuration["query"] as Json), ...child.configuration["query"] };
  child.configuration["query"] = limited;
  const spent = await runPlan({ state, job: child, plan, session, written, ...(transaction && { transaction }) });
  cost.processed += spent.processed;
  cost.billed += spent.billed;
  if (transaction) child.statistics["transactionInfo"] = { transactionId: transaction.id };
}

async function beginTransaction(state: State, session: Session, progress: Progress): Promise<void> {
  if (progress.transaction)
    throw invalidQuery("Transaction is already in progress; nested transactions are not supported");
  await session.run("BEGIN TRANSACTION");
  // DuckDB takes its snapshot when something is first looked at.
  await session.run("SELECT 1 FROM duckdb_tables() LIMIT 0");
  progress.transaction = state.locks.begin(createHash("sha1").update(String(Math.random())).digest("base64url"));
}

async function finish({ state, session, progress }: Step, how: "commit" | "rollback"): Promise<void> {
  if (!progress.transaction) throw invalidQuery(`There is no active transaction to ${how}`);
  await endTransaction(state, session, progress, how === "commit");
}

async function endTransaction(state: State, session: Session, progress: Progress, commits: boolean): Promise<void> {
  const { transaction, written } = progress;
  if (!transaction) return;
  delete progress.transaction;
  let committed = false;
  try {
    await session.run(commits ? "COMMIT" : "ROLLBACK");
    committed = commits;
    if (committed) for (const table of written) touch(table);
  } finally {
    written.clear();
    state.locks.end(transaction, committed);
  }
}
