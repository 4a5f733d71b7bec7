/** Why a table cannot be rolled back, in words. */
import { EtlError } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { sameName } from "../publish/fit-columns.ts";
import { isPublish, type PastPublish } from "../publish/past-publish.ts";
import type { PastState, PastTable, Store, TableLook, TableOutput } from "../publish/store.ts";

interface NotThere {
  past: PastState;
  records: PastPublish[];
  store: Store;
  /** Whether its store remembers by itself. */
  travels: boolean;
  /** What the server has said to it. */
  refusal?: Error | undefined;
}

/** With the runs that can be had. */
export async function notThere(lost: NotThere): Promise<EtlError> {
  const { past, records, store, travels, refusal } = lost;
  const { output, spec, publish, moment, next } = past;
  if (!publish && next && !travels) return beforeFirst(past, next);
  const since = travels ? await store.past.reach(output) : undefined;
  const kept = await store.past.kept(output, spec, records.filter(isPublish));
  const runs = [...new Set(kept.map(({ runId }) => runId))].toReversed();
  const state = moment ? `at ${moment.toISOString()}` : `after run ${publish?.runId ?? "none"}`;
  const reach = since ? `Time travel reaches back to ${since.toISOString()}, as its dataset says. ` : "";
  const names =
    runs.length > 0
      ? `Kept are the states after ${runs.join(", ")}.`
      : `None is kept: \`keep: 3\` on the output keeps the last three.`;
  const end = moment ?? next?.at;
  const isInReach = refusal !== undefined || (since !== undefined && end !== undefined && end >= since);
  return new EtlError({
    code: "failed",
    part: `output ${output}`,
    message: `${spec.table} as it was ${state} ${isInReach ? `cannot be read: ${refusal?.message ?? unseen(past)}` : "can be had no more"}`,
    hint: `${reach}${names}`,
    cause: refusal,
  });
}

/** Records say what was published a moment before it can be seen. */
function unseen({ publish, next, moment }: PastState): string {
  if (moment || !publish || !next) return "a run published just then; name a time some seconds before, or after";
  const [from, to] = [publish.at.toISOString(), next.at.toISOString()];
  return `it stood from ${from} to ${to}, and the records of then do not name it; name a time between them`;
}

function beforeFirst({ output, spec }: PastState, { runId, at }: PastPublish): EtlError {
  return new EtlError({
    code: "failed",
    part: `output ${output}`,
    message: `no run had published ${spec.table} by then: there is nothing to bring back`,
    hint: `The first that is known is ${runId}, ${at.toISOString()}.`,
  });
}

/** Somebody has dropped it, and that state is not kept. */
export async function goneTable({ past, records, store, travels }: NotThere): Promise<EtlError> {
  const { output, spec, publish } = past;
  const kept = await store.past.kept(output, spec, records.filter(isPublish));
  const runs = [...new Set(kept.map(({ runId }) => runId))].toReversed();
  const names = runs.length > 0 ? ` It can be brought back as runs ${runs.join(", ")} left it.` : "";
  const anew = "The next run makes it anew, with its own rows alone; `backfill --rerun` loads the others.";
  // It was there when it was published to, and a little later. A copy has no partitions: the table is left to a run.
  const time = (publish?.at.getTime() ?? 0) + laterMilliseconds;
  const { table } = spec;
  const copied = `BigQuery has its rows for some days more, for another table: bq cp ${table}@${time} ${table}_before. `;
  return new EtlError({
    code: "failed",
    part: `output ${output}`,
    message: `the table ${table} is not there any more, and its state after run ${publish?.runId ?? "none"} is not kept`,
    hint: `${travels && publish ? copied : ""}${anew}${names}`,
  });
}

const laterMilliseconds = 10_000;

interface Columns {
  spec: TableOutput;
  now: TableLook;
  before: PastTable;
  state: PastState;
}

/** @throws {EtlError} where rows of then do not fit the columns of now */
export function refuseColumns({ spec, now, before, state }: Columns): void {
  const types = new Map(now.columns.map(({ name, engineType }) => [sameName(name), engineType]));
  const changes = before.columns.flatMap(({ name, engineType }) => {
    if (!types.has(sameName(name))) return [`\`${name}\` is gone`];
    const type = types.get(sameName(name));
    return type === engineType ? [] : [`\`${name}\` was ${engineType} and is ${type}`];
  });
  if (changes.length === 0) return;
  throw new EtlError({
    code: "failed",
    part: `output ${state.output}`,
    message: `the columns of ${spec.table} have changed since: ${changes.join("; ")}`,
    hint: `Its rows of then do not fit. Run the pipeline as it was then with --allow-schema-change, and roll back after it; or look at them: SELECT * FROM ${before.relation}`,
  });
}

interface Shared {
  wanted: { output: string }[];
  pipeline: LoadedPipeline;
}

/** A mark that goes back brings its rows again, to every output that reads the source. */
export function refuseShared(marks: Record<string, unknown>, { wanted, pipeline }: Shared): void {
  const sources = Object.keys(marks).filter((name) => pipeline.spec.sources?.[name]?.cursor);
  const asked = new Set(wanted.map(({ output }) => output));
  const outputs = Object.keys(pipeline.spec.outputs ?? {});
  const others = outputs.filter((name) => !asked.has(name));
  if (sources.length === 0 || others.length === 0) return;
  throw new EtlError({
    code: "usage",
    message: `the cursor of \`${sources.join("`, `")}\` goes back, too, and the next run would bring \`${others.join("`, `")}\` rows that it has already`,
    hint: `Roll them back together: nais-etl rollback ${outputs.join(" ")} --to …`,
  });
}
