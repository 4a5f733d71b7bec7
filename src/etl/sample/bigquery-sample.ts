/** Samples of BigQuery: the same rows each time, and of several sources those that belong together. */
import { parseBytes } from "../../util/bytes.ts";
import { allOrErrors, throwProblems } from "../../util/error.ts";
import { connectBigQuery } from "../connect-bigquery.ts";
import { openRead } from "../connectors/bigquery/read.ts";
import type { Reading } from "../connectors/bigquery/plan.ts";
import { boundValues } from "../extract/bound-values.ts";
import { keepWithinBudget } from "../extract/budget.ts";
import { resolveReferences } from "../values.ts";
import { keepAppended } from "./append-sample.ts";
import { declareColumns, finishSample, hideSensitive, sampleColumns, type Sampled } from "./finish-sample.ts";
import { look, planSample, sharedKey, type Looked, type SamplePlan } from "./plan-sample.ts";
import { irreplaceable } from "./replace-sensitive.ts";
import type { Sampling } from "./sampling.ts";
import { sampleFile, type SampleFile } from "./write-sample.ts";

interface BigQuerySampling extends Sampling {
  reading: Reading;
}

export async function sampleBigQuery(names: string[], sampling: Sampling): Promise<Sampled[]> {
  const client = await connectBigQuery(sampling)();
  // A sample is small: it comes in pages.
  return sampleAll(names, { ...sampling, reading: { client, storage: async () => undefined } });
}

async function sampleAll(names: string[], sampling: BigQuerySampling): Promise<Sampled[]> {
  const looked = await allOrErrors(names.map((name) => look(sourceOf(name, sampling), sampling.reading)));
  const undeclared = looked.filter(({ source }) => !source.columns);
  if (undeclared.length > 0)
    return declareColumns(
      undeclared.map(({ source: { name }, columns }) => ({ name, columns })),
      sampling,
    );
  throwProblems(
    looked.flatMap(({ source, columns }) =>
      irreplaceable(source.name, sampleColumns(columns, sampling), placeOf(source)),
    ),
  );
  const files = await allOrErrors(looked.map((one) => fileOf(one, sampling)));
  const plans = await allOrErrors(looked.map((one) => planSample(one, looked, sampling, sampling.reading)));
  checkBudget(plans, sampling);
  const read = await allOrErrors(plans.map((plan) => readSample(plan, sampling)));
  throwProblems(
    read.flatMap(({ problems }) => problems),
    "cannot be sampled",
  );
  const key = looked.length > 1 ? (sampling.key ?? sharedKey(looked)) : undefined;
  return allOrErrors(read.map((sample) => finishSample({ sample, file: files[read.indexOf(sample)]!, key }, sampling)));
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

async function readSample({ source, plan, columns }: SamplePlan, sampling: BigQuerySampling) {
  const { work, reading, pipeline, identity } = sampling;
  const { id: runId, execution } = identity;
  const purpose = { pipeline: pipeline.spec.name, runId, execution, generation: 0 };
  const options = { ...reading, purpose, mostBilled: undefined, mayBeAdopted: false, staging: () => undefined };
  const { name } = source;
  await keepAppended({ db: work.db, name, scan: await openRead(plan, options), columns });
  const hidden = await hideSensitive({ name, columns, where: placeOf(source) }, sampling);
  return { ...hidden, query: inSameOrder(hidden.query) };
}

/** Several streams bring the rows in no order, and a file that is committed should change only where its rows do. */
function inSameOrder(query: string): string {
  return `SELECT * FROM (${query}) AS sampled ORDER BY md5(CAST(sampled AS VARCHAR))`;
}
