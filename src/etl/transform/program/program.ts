/**
 * Models that are programs: TypeScript, Python, a command. A program takes relations of the engine, in the order of its
 * parameters, and leaves its rows where the engine can read them. Each kind has a folder of its own beside this one, which
 * gives a {@link Description}; nothing else knows what a program is written in.
 */
import type { Columns } from "../../../spec/column.ts";
import type { Interval } from "../../../spec/interval.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { Context } from "../../../util/context.ts";
import type { Problem, Where } from "../../../util/error.ts";
import type { Database } from "../../engine/duckdb/duckdb.ts";
import type { RunValues } from "../../values.ts";
import type { ModelFile } from "../model-file.ts";
import type { Sessions } from "./sessions.ts";

/** What is known of a program before it is run. */
export interface Description {
  /** Those parameters of its function that stand for tables; undefined for a program that has none, such as a command. */
  parameters: Parameter[] | undefined;
  /** Whether its columns must be declared: where not, they are known when its rows are. */
  needsColumns: boolean;
  /** Makes ready for a run, and tells what is missing on this machine: asked before any work. */
  ready?: () => Promise<Problem[]>;
  run: RunProgram;
  /** The program, changed in one small way each: to see which rows notice it. */
  mutants?: () => Promise<RunProgram[]>;
}

export interface Parameter {
  name: string;
  where: Where;
}

/** @returns a description, or what is wrong with the program's text */
export type DescribeProgram = (
  asked: DescribeRequest,
) => Promise<{ description: Description; problems: Problem[] } | { description?: undefined; problems: Problem[] }>;

export interface DescribeRequest {
  /** Of the program; of a command, which has none, the pipeline's. */
  file: ModelFile;
  pipeline: LoadedPipeline;
  programs: Programs;
}

/** What programs of one command share. */
export interface Programs {
  sessions: Sessions;
  context: Context;
}

/** @throws {EtlError} with the program's file and line; no value of the data outside target `local` */
export type RunProgram = (request: ProgramRequest) => Promise<ProgramRows>;

export interface ProgramRequest {
  model: string;
  file: ModelFile;
  /** Names of the relations it reads, in the order of its parameters. */
  inputs: readonly string[];
  /** The model's declared columns: exactly these it makes. */
  columns: Columns | undefined;
  values: ProgramValues;
  /** The inputs are relations here, and so must the rows be that it leaves. */
  db: Database;
  /** The Parquet file that a relation is kept in, as it is, where there is one. */
  fileOf: (relation: string) => string | undefined;
  /** Whether other connections see the inputs. Where not, as in tests, there are few rows: they are read at once. */
  isShared: boolean;
  /** A folder of its own, which the engine can read and write; made when it is first asked for, removed on release. */
  folder: () => Promise<string>;
  pipeline: LoadedPipeline;
  programs: Programs;
}

export interface ProgramValues {
  params: RunValues["params"];
  interval: Interval | undefined;
  /** What the clock shows; undefined where it goes on. */
  now: Date | undefined;
}

/** The rows that a program made, in their order, until they are released. */
export interface ProgramRows {
  /** A query of them, to be run on the connection that was given. */
  sql: string;
  release: () => Promise<void>;
}
