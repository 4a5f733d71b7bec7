/** Runs a Python model: its inputs as Parquet files, its rows as another. */
import { join } from "node:path";
import { EtlError, throwProblems } from "../../../util/error.ts";
import { formatType } from "../../../spec/type.ts";
import { quoteText } from "../../engine/duckdb/sql.ts";
import { applyContract } from "../contract.ts";
import { columnsOfRelation, parquetInput } from "../program/input-file.ts";
import { listenTo, type Printed } from "../program/printed.ts";
import type { ProgramRequest, ProgramRows } from "../program/program.ts";
import { pythonCures } from "./cures.ts";
import { explainPython, type Explain } from "./explain.ts";
import type { ModelFunction } from "./model-function.ts";
import { pathsOf, pythonSession } from "./python-session.ts";

/** In place of the file. */
export interface Changed {
  text: string;
  /** Ends it. */
  signal: AbortSignal;
}

/** @throws {EtlError} with the line of the team's file, or what is wrong with what the function returned */
export async function runPython(
  found: ModelFunction,
  request: ProgramRequest,
  changed?: Changed,
): Promise<ProgramRows> {
  const { pipeline, programs, file, model, columns } = request;
  const { context } = programs;
  const session = await pythonSession(pipeline, programs);
  const folder = await request.folder();
  const inputs = await writeInputs(found, folder, request);
  const output = join(folder, "rows.parquet");
  const asked: Explain = {
    model,
    file,
    function: found.name,
    definedAt: found.where,
    frame: found.frame,
    pipeline,
    python: session.python,
    env: context.env,
  };
  const call = {
    do: "call",
    file: file.path,
    folder: pipeline.folder,
    paths: pathsOf(file.path, pipeline),
    function: found.name,
    frame: found.frame,
    inputs,
    values: valuesOf(found, request),
    known: Object.assign({}, ...inputs.map(({ types }) => types).toReversed()) as Record<string, string>,
    declared:
      columns && Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, formatType(type)])),
    output,
    ...(changed && { text: changed.text }),
  };
  const printed = changed ? silent : listenTo(request);
  const { signal } = changed ?? context;
  try {
    await context.effect("python.call", () => session.ask(call, { listen: printed.listen, signal }));
  } catch (error) {
    const explained = explainPython(error, asked);
    if (explained instanceof EtlError && explained.cause instanceof EtlError)
      context.log.debug(`${model}: ${explained.cause.stack}`);
    throw explained;
  } finally {
    printed.end();
  }
  const sql = `SELECT * FROM read_parquet(${quoteText(output)})`;
  await checkContract(sql, asked, request);
  return { sql, release: async () => undefined };
}

const silent: Printed = { listen: () => undefined, end: () => undefined };

interface CallInput {
  file: string;
  types: Record<string, string>;
  lazy: boolean;
}

async function writeInputs(found: ModelFunction, folder: string, request: ProgramRequest): Promise<CallInput[]> {
  return Promise.all(
    request.inputs.map(async (relation, i) => {
      const columns = await columnsOfRelation(relation, request.db);
      const path = join(folder, `input-${i + 1}.parquet`);
      const file = await parquetInput({ relation, columns, path, request });
      const types = Object.fromEntries(columns.map(({ name, type }) => [name, formatType(type)]));
      return { file, types, lazy: found.inputs[i]?.isLazy ?? false };
    }),
  );
}

/** What the function asks for by name. */
function valuesOf({ values }: ModelFunction, { values: given, programs: { context } }: ProgramRequest) {
  const { params, interval, now = context.now() } = given;
  const known: Record<string, { type: string; value: unknown }> = {
    now: { type: "TIMESTAMP", value: now.toISOString() },
    ...(interval && {
      interval_start: { type: interval.type, value: interval.startValue },
      interval_end: { type: interval.type, value: interval.endValue },
    }),
    ...Object.fromEntries(
      Object.entries(params).map(([name, { type, value }]) => [
        name,
        { type, value: typeof value === "bigint" ? String(value) : value },
      ]),
    ),
  };
  return Object.fromEntries(values.map((name) => [name, known[name]]));
}

async function checkContract(sql: string, asked: Explain, { model, db, columns, pipeline }: ProgramRequest) {
  if (!columns) return;
  const { problems } = applyContract({
    name: model,
    declared: columns,
    computed: await db.describe(sql),
    where: (column) =>
      column === undefined
        ? pipeline.where(["models", model], "columns")
        : pipeline.where(["models", model, "columns"], column),
    cures: pythonCures(asked.frame),
  });
  throwProblems(problems, "does not fit its contract");
}
