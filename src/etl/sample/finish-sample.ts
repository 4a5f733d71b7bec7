/** What is the same for samples of every kind of source: pseudonyms, numbers of people, the file, what pipeline.yaml lacks. */
import type { Type } from "../../spec/type.ts";
import type { Problem, Where } from "../../util/error.ts";
import { sensitiveColumns } from "../privacy.ts";
import { declareSource, type Declared } from "./declare-source.ts";
import { keepReplaced, type Replaced } from "./keep-replaced.ts";
import { findNationalIds, replaceSensitive, type SampleColumn } from "./replace-sensitive.ts";
import type { Sampling } from "./sampling.ts";
import { pseudonymSecret } from "./secret.ts";
import { writeSample, type SampleFile } from "./write-sample.ts";

export interface Sampled {
  source: string;
  /** What was written; undefined where only its columns were declared. */
  file: string | undefined;
  rows: number | undefined;
  /** The label of the interval that its rows are of. */
  interval: string | undefined;
  /** The column that rows of several sources belong together by. */
  key: string | undefined;
  /** Columns that have pseudonyms. */
  replaced: string[];
  /** What stood in the file before, where that were other rows. */
  before: Replaced | undefined;
  /** What pipeline.yaml lacked. */
  declared: Declared | undefined;
}

interface Columns {
  name: string;
  type: Type;
}

/** A source whose rows stand in the engine, under its name. */
export interface ReadSample {
  name: string;
  columns: Columns[];
  where: (column: string) => Where;
}

export interface HiddenSample {
  name: string;
  columns: Columns[];
  /** Gives the rows with pseudonyms. */
  query: string;
  replaced: string[];
  /** Columns that still hold numbers of people. */
  problems: Problem[];
}

export function sampleColumns(columns: Columns[], { pipeline }: Pick<Sampling, "pipeline">): SampleColumn[] {
  const sensitive = sensitiveColumns(pipeline);
  return columns.map(({ name, type }) => ({ name, type, sensitive: sensitive.has(name) }));
}

export async function hideSensitive({ name, columns, where }: ReadSample, sampling: Sampling): Promise<HiddenSample> {
  const { work, pipeline, context } = sampling;
  const { db } = work;
  const sampled = sampleColumns(columns, sampling);
  const replaced = sampled.filter(({ sensitive }) => sensitive).map((column) => column.name);
  const secret = replaced.length > 0 ? await pseudonymSecret(pipeline.folder, context) : new Uint8Array();
  const query = await replaceSensitive({ db, relation: name, columns: sampled, secret });
  const problems = await findNationalIds({ db, query, columns: sampled, source: name, where });
  return { name, query, columns, replaced, problems };
}

interface Finish {
  sample: HiddenSample;
  file: SampleFile;
  key: string | undefined;
}

export async function finishSample({ sample, file, key }: Finish, sampling: Sampling): Promise<Sampled> {
  const { name, query, columns, replaced } = sample;
  const { work, context, pipeline } = sampling;
  const write = () => writeSample({ db: work.db, query, columns, ...file, context });
  const { rows, replaced: before } = await keepReplaced({ sample: file, pipeline, write }, context);
  const lacking = { source: name, sample: file.path, columns: undefined };
  const isDeclared = pipeline.spec.sources![name]!.sample !== undefined;
  const declared = isDeclared ? undefined : await declareSource(lacking, sampling);
  const hasKey = columns.some((column) => column.name === key);
  const interval = sampling.values.interval?.label;
  return { source: name, file: file.path, rows, interval, key: hasKey ? key : undefined, replaced, before, declared };
}

/** Which columns are sensitive, only their author can say: they are declared before anything is written. */
export async function declareColumns(
  looked: Pick<ReadSample, "name" | "columns">[],
  sampling: Sampling,
): Promise<Sampled[]> {
  const done: Sampled[] = [];
  for (const { name, columns } of looked) {
    const declared = await declareSource({ source: name, sample: undefined, columns }, sampling);
    const none = {
      file: undefined,
      rows: undefined,
      interval: undefined,
      key: undefined,
      replaced: [],
      before: undefined,
    };
    done.push({ source: name, ...none, declared });
  }
  return done;
}
