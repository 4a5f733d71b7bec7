/** Samples of sources from the real thing: a few rows, that join, and in which nobody is recognised. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import { openSecrets } from "../../secrets/secrets.ts";
import { identifyRun } from "../identity.ts";
import { readSecrets } from "../read-secrets.ts";
import { resolveParams, type RunValues } from "../values.ts";
import { openWork } from "../work.ts";
import type { Sampled } from "./finish-sample.ts";
import type { SampleOptions, Sampling } from "./sampling.ts";

/** @throws {EtlError} where a sample would hold numbers of people; then none is written */
export async function sampleSources(options: SampleOptions, context: Context): Promise<Sampled[]> {
  const { pipeline } = options;
  const names = chosen(options);
  const secrets = openSecrets({ pipeline, context });
  const params = resolveParams({ pipeline, given: options.params, context });
  const identity = identifyRun({ pipeline, label: options.interval ?? pipeline.spec.interval?.sample, context });
  const values: RunValues = { params, interval: identity.interval, secrets };
  await readSecrets({ pipeline, values, context }, { sources: names });
  const work = await openWork(context, { reads: true });
  try {
    return await sampleAll(names, { ...options, context, values, work, identity });
  } finally {
    await work.close();
  }
}

/** What each kind is read by, loaded when there is one. */
const samplers: Record<string, () => Promise<(names: string[], sampling: Sampling) => Promise<Sampled[]>>> = {
  bigquery: async () => (await import("./bigquery-sample.ts")).sampleBigQuery,
  http: async () => (await import("./http-sample.ts")).sampleHttp,
};

function chosen({ pipeline, sources }: SampleOptions): string[] {
  const all = Object.entries(pipeline.spec.sources ?? {});
  const known = all.filter(([, { type }]) => type in samplers).map(([name]) => name);
  const unknown = sources.filter((name) => !known.includes(name));
  if (unknown.length === 0 && known.length > 0) return sources.length > 0 ? sources : known;
  const other = all.find(([name]) => name === unknown[0]);
  const message = other
    ? `samples of sources of type \`${other[1].type}\` cannot be made`
    : known.length === 0
      ? "there is no source of BigQuery or http to sample"
      : `there is no source \`${unknown[0]}\``;
  throw new EtlError({ code: "usage", message, hint: didYouMean(unknown[0] ?? "", known) });
}

async function sampleAll(names: string[], sampling: Sampling): Promise<Sampled[]> {
  const done: Sampled[] = [];
  for (const [type, load] of Object.entries(samplers)) {
    const own = names.filter((name) => sampling.pipeline.spec.sources![name]!.type === type);
    if (own.length > 0) done.push(...(await (await load())(own, sampling)));
  }
  return done;
}
