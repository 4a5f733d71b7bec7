/**
 * Runs a command model: its inputs lie in files that its environment names, its rows in another that it writes.
 * It runs in the pipeline's folder, without a shell, without our secrets, and for as long as its `timeout` says.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Interval } from "../../../spec/interval.ts";
import { copyStatement } from "../../publish/file-format.ts";
import { quoteIdentifier } from "../../engine/duckdb/sql.ts";
import { startChild, type Ended } from "../../../util/child.ts";
import { columnsOfRelation, parquetInput } from "../program/input-file.ts";
import { listenTo } from "../program/printed.ts";
import type { ProgramRequest, ProgramRows } from "../program/program.ts";
import { commandFailed } from "./explain.ts";
import { readRows, type CommandFormat } from "./read-rows.ts";

/** @throws {EtlError} where the program fails, and where what it wrote is not what the model declares */
export async function runCommand(request: ProgramRequest): Promise<ProgramRows> {
  const { context } = request.programs;
  const model = request.pipeline.spec.models![request.model]!;
  const format = model.format ?? "ndjson";
  const folder = await request.folder();
  const output = join(folder, `rows.${format}`);
  const inputs = await writeInputs(request, format, folder);
  const env = { ...inputs, ...valuesOf(request), NAIS_ETL_OUTPUT: output, NAIS_ETL_FORMAT: format };
  await context.effect("command.run", () => runProgram(model.command!, env, request));
  return readRows({ request, format, folder, output });
}

/** `NAIS_ETL_INPUT_APPS`: what shells can name. */
export function inputVariable(name: string): string {
  return `NAIS_ETL_INPUT_${variableOf(name)}`;
}

function variableOf(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, "_");
}

/** @returns the variables that name the files */
async function writeInputs(
  request: ProgramRequest,
  format: CommandFormat,
  folder: string,
): Promise<Record<string, string>> {
  const { inputs, db, programs } = request;
  const written = inputs.map(async (relation, i) => {
    const columns = await columnsOfRelation(relation, db);
    const path = join(folder, `input-${i + 1}.${format}`);
    // A program could change the file that the relation is kept in.
    const own = { ...request, fileOf: () => undefined };
    if (format === "parquet")
      return [inputVariable(relation), await parquetInput({ relation, columns, path, request: own })];
    const query = `SELECT * FROM ${quoteIdentifier(relation)}`;
    await programs.context.effect("command.input", () => db.run(copyStatement({ query, columns, format, path })));
    return [inputVariable(relation), path];
  });
  return Object.fromEntries(await Promise.all(written)) as Record<string, string>;
}

function valuesOf({ values, programs: { context } }: ProgramRequest): Record<string, string> {
  const { params, interval, now = context.now() } = values;
  const named = Object.entries(params).map(([name, { value }]) => [
    `NAIS_ETL_PARAM_${variableOf(name)}`,
    String(value),
  ]);
  return { NAIS_ETL_NOW: now.toISOString(), ...intervalOf(interval), ...Object.fromEntries(named) };
}

function intervalOf(interval: Interval | undefined): Record<string, string> {
  if (!interval) return {};
  return { NAIS_ETL_INTERVAL_START: interval.startValue, NAIS_ETL_INTERVAL_END: interval.endValue };
}

/** Of what it says, the end. */
const keptOutput = 8000;

async function runProgram(argv: string[], env: Record<string, string>, request: ProgramRequest): Promise<void> {
  const { context } = request.programs;
  context.signal.throwIfAborted();
  const child = startChild({ argv, cwd: request.pipeline.folder, env }, context);
  const printed = listenTo(request);
  let said = "";
  for (const output of [child.process.stdout!, child.process.stderr!]) {
    createInterface({ input: output }).on("line", (line) => {
      printed.listen(line);
      if (output === child.process.stderr) said = `${said}${line}\n`.slice(-keptOutput);
    });
  }
  const ended: Ended | Error = await child.ended.catch((error: Error) => error);
  printed.end();
  context.signal.throwIfAborted();
  if (ended instanceof Error || ended.exitCode !== 0) throw await commandFailed(ended, { argv, said, request });
}
