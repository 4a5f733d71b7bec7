/** Runs a program's model on what its inputs hold, and sees to its folder. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { Database } from "../../engine/duckdb/duckdb.ts";
import type { Work } from "../../work.ts";
import type { ContractColumn } from "../contract.ts";
import type { ProgramNode } from "../graph.ts";
import type { Programs, ProgramRows, ProgramValues } from "./program.ts";

export interface RunProgramModel {
  node: ProgramNode;
  values: ProgramValues;
  db: Database;
  isShared: boolean;
  fileOf?: ((relation: string) => string | undefined) | undefined;
  /** Where its files may lie. */
  work: Pick<Work, "folder">;
  pipeline: LoadedPipeline;
  programs: Programs;
}

/** @throws {EtlError} naming the program's file and line */
export async function runProgram({
  node,
  work,
  fileOf = () => undefined,
  ...request
}: RunProgramModel): Promise<ProgramRows> {
  const { pipeline, programs } = request;
  const { effect } = programs.context;
  let made: Promise<string> | undefined;
  const folder = () => (made ??= effect("program.folder", () => makeFolder(work.folder, node.name)));
  const remove = async () => {
    if (!made) return;
    const path = await made;
    await effect("program.remove", () => rm(path, { recursive: true, force: true }));
  };
  try {
    const { name: model, file, reads: inputs } = node;
    const columns = pipeline.spec.models?.[model]?.columns;
    const rows = await node.run({ ...request, fileOf, model, file, inputs, columns, folder });
    return { sql: rows.sql, release: () => rows.release().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function makeFolder(work: string, model: string): Promise<string> {
  const programs = join(work, "programs");
  await mkdir(programs, { recursive: true });
  return mkdtemp(join(programs, `${model}-`));
}

/** The columns of a program that declares them: those, whatever its rows. */
export function declaredColumns({ name }: ProgramNode, { spec }: LoadedPipeline): ContractColumn[] | undefined {
  const declared = spec.models?.[name]?.columns;
  return declared && Object.entries(declared).map(([column, { type }]) => ({ name: column, type, cast: "exact" }));
}
