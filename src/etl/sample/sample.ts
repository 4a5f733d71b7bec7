/** Samples of sources from the real thing: a few rows, that join, and in which nobody is recognised. */
import { parseBytes } from "../../util/bytes.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, joinErrors, throwProblems } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import { openSecrets } from "../../secrets/secrets.ts";
import { connectBigQuery } from "../connect-bigquery.ts";
import { openRead } from "../connectors/bigquery/read.ts";
import { boundValues } from "../extract/bound-values.ts";
import { keepWithinBudget } from "../extract/budget.ts";
import { identifyRun } from "../identity.ts";
import { sensitiveColumns } from "../privacy.ts";
import { readSecrets } from "../read-secrets.ts";
import { resolveParams, resolveReferences, type RunValues } from "../values.ts";
import { openWork } from "../work.ts";
import { keepAppended } from "./append-sample.ts";
import { declareSource, type Declared } from "./declare-source.ts";
import { look, planSample, sharedKey, type Looked, type SamplePlan } from "./plan-sample.ts";
import { findNationalIds, irreplaceable, replaceSensitive, type SampleColumn } from "./replace-sensitive.ts";
import type { SampleOptions, Sampling } from "./sampling.ts";
import { pseudonymSecret } from "./secret.ts";
import { sampleFile, writeSample, type SampleFile } from "./write-sample.ts";

export interface Sampled {
  source: string;
  /** What was written; undefined where only its columns were declared. */
  file: string | undefined;
  rows: number | undefined;
  /** The column that rows of several sources belong together by. */
  key: string | undefined;
  /** Columns that have pseudonyms. */
  replaced: string[];
  /** What pipeline.yaml lacked. */
  declared: Declared | undefined;
}

/** @throws {EtlError} where a sample would hold numbers of people; then none is written */
export async function sampleSources(options: SampleOptions, context: Context): Promise<Sampled[]> {
  const { pipeline } = options;
  const names = chosen(options);
  const secrets = openSecrets({ pipeline, context });
  const params = resolveParams({ pipeline, given: options.params, context });
  const identity = identifyRun({ pipeline, label: options.interval ?? pipeline.spec.interval?.sample, context });
  const values: RunValues = { params, interval: identity.interval, secrets };
  await readSecrets({ pipeline, values, context }, { sources: names });
  const client = await connectBigQuery({ pipeline, values, identity, context })();
  const work = await openWork(context, { reads: true });
  try {
    const purpose = { pipeline: pipeline.spec.name, runId: identity.id, execution: identity.execution, generation: 0 };
    // A sample is small: it comes in pages.
    const reading = { client, storage: async () => undefined };
    return await sampleAll(names, { ...options, context, values, work, reading, purpose });
  } finally {
    await work.close();
  }
}

function chosen({ pipeline, sources }: SampleOptions): string[] {
  const all = Object.entries(pipeline.spec.sources ?? {});
  const known = all.filter(([, { type }]) => type === "bigquery").map(([name]) => name);
  const unknown = sources.filter((name) => !known.includes(name));
  if (unknown.length === 0 && known.length > 0) return sources.length > 0 ? sources : known;
  const other = all.find(([name]) => name === unknown[0]);
  const message = other
    ? `samples of sources of type \`${other[1].type}\` cannot be made`
    : known.length === 0
      ? "there is no source of BigQuery to sample"
      : `there is no source \`${unknown[0]}\``;
  throw new EtlError({ code: "usage", message, hint: didYouMean(unknown[0] ?? "", known) });
}

async function sampleAll(names: string[], sampling: Sampling): Promise<Sampled[]> {
  const looked = await allOf(names, (name) => look(sourceOf(name, sampling), sampling.reading));
  const undeclared = looked.filter(({ source }) => !source.columns);
  // Which columns are sensitive, only their author can say: they are declared first.
  if (undeclared.length > 0) return declareColumns(undeclared, sampling);
  throwProblems(looked.flatMap((one) => irreplaceable(one.source.name, columnsOf(one, sampling), placeOf(one.source))));
  const files = await allOf(looked, (one) => fileOf(one, sampling));
  const plans = await allOf(looked, (one) => planSample(one, looked, sampling, sampling.reading));
  checkBudget(plans, sampling);
  const read = await allOf(plans, (plan) => readSample(plan, sampling));
  throwProblems(
    read.flatMap(({ problems }) => problems),
    "cannot be sampled",
  );
  const key = looked.length > 1 ? (sampling.key ?? sharedKey(looked)) : undefined;
  return allOf(read, (sample) => finish({ sample, file: files[read.indexOf(sample)]!, key }, sampling));
}

/** All of them, or every error. */
async function allOf<T, R>(items: T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const settled = await Promise.allSettled(items.map(act));
  const errors = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  if (errors.length > 0) throw joinErrors(errors);
  return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

function sourceOf(name: string, { pipeline, values, context }: Sampling): Looked["source"] {
  const path = ["sources", name];
  const spec = resolveReferences(pipeline.spec.sources![name]!, { values, pipeline, context, path });
  if (spec.type !== "bigquery") throw new TypeError(`${name} is no source of BigQuery`);
  const where = (...inner: string[]) => pipeline.where([...path, ...inner]);
  return { name, spec, columns: spec.columns, values: boundValues(values), limit: undefined, since: undefined, where };
}

function placeOf({ where }: Looked["source"]) {
  return (column: string) => where("columns", column);
}

function columnsOf({ columns }: Pick<Looked, "columns">, { pipeline }: Sampling): SampleColumn[] {
  const sensitive = sensitiveColumns(pipeline);
  return columns.map(({ name, type }) => ({ name, type, sensitive: sensitive.has(name) }));
}

function fileOf({ source, columns }: Looked, { pipeline, force }: Sampling): Promise<SampleFile> {
  const { sample } = pipeline.spec.sources![source.name]!;
  const where = () => source.where("sample");
  return sampleFile({ name: source.name, sample, columns, folder: pipeline.folder, force, where });
}

function checkBudget(plans: SamplePlan[], { pipeline }: Sampling): void {
  const { run } = pipeline.spec.budget ?? {};
  const budget = run === undefined ? undefined : parseBytes(run);
  if (budget === undefined) return;
  const expected = plans.map(({ source, plan }) => ({ name: source.name, billed: plan.billed }));
  keepWithinBudget(expected, { budget, where: () => pipeline.where(["budget", "run"]) });
}

/** Its rows, and a query that gives them with pseudonyms. */
async function readSample({ source, plan, columns }: SamplePlan, sampling: Sampling) {
  const { work, reading, purpose, pipeline, context } = sampling;
  const options = { ...reading, purpose, mostBilled: undefined, mayBeAdopted: false, staging: () => undefined };
  const { name } = source;
  const { db } = work;
  await keepAppended({ db, name, scan: await openRead(plan, options), columns });
  const sampled = columnsOf({ columns }, sampling);
  const replaced = sampled.filter(({ sensitive }) => sensitive).map((column) => column.name);
  const secret = replaced.length > 0 ? await pseudonymSecret(pipeline.folder, context) : new Uint8Array();
  const query = await replaceSensitive({ db, relation: name, columns: sampled, secret });
  const problems = await findNationalIds({ db, query, columns: sampled, source: name, where: placeOf(source) });
  return { name, query, columns, replaced, problems };
}

interface Finish {
  sample: Awaited<ReturnType<typeof readSample>>;
  file: SampleFile;
  key: string | undefined;
}

async function finish({ sample, file, key }: Finish, sampling: Sampling): Promise<Sampled> {
  const { name, query, columns, replaced } = sample;
  const { work, context, pipeline } = sampling;
  const rows = await writeSample({ db: work.db, query, columns, ...file, context });
  const lacking = { source: name, sample: file.path, columns: undefined };
  const isDeclared = pipeline.spec.sources![name]!.sample !== undefined;
  const declared = isDeclared ? undefined : await declareSource(lacking, sampling);
  const hasKey = columns.some((column) => column.name === key);
  return { source: name, file: file.path, rows, key: hasKey ? key : undefined, replaced, declared };
}

async function declareColumns(looked: Looked[], sampling: Sampling): Promise<Sampled[]> {
  const done: Sampled[] = [];
  for (const { source, columns } of looked) {
    const declared = await declareSource({ source: source.name, sample: undefined, columns }, sampling);
    done.push({ source: source.name, file: undefined, rows: undefined, key: undefined, replaced: [], declared });
  }
  return done;
}
