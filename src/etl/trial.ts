/** A run's state for those who only look: `show`, `plan`. Nothing is published, recorded or locked, and no step tells of itself. */
import { openSecrets } from "../secrets/secrets.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { Context } from "../util/context.ts";
import { connectBigQuery } from "./connect-bigquery.ts";
import { identifyRun } from "./identity.ts";
import { localHome } from "./local-home.ts";
import { emptyRecord } from "./record/run-record.ts";
import { newState, type RunState } from "./run-state.ts";
import type { ModelNode } from "./transform/graph.ts";
import { resolveParams } from "./values.ts";
import type { Work } from "./work.ts";

export interface Trial {
  pipeline: LoadedPipeline;
  interval: string | undefined;
  params: Record<string, string>;
  work: Work;
  models: ModelNode[];
}

export function trialState({ pipeline, interval, params, work, models }: Trial, context: Context): RunState {
  const secrets = openSecrets({ pipeline, context });
  const identity = identifyRun({ pipeline, label: interval, context });
  const values = { params: resolveParams({ pipeline, given: params, context }), interval: identity.interval, secrets };
  const quiet = { ...context, log: { ...context.log, info: () => undefined } };
  const nothing = {
    force: false,
    rerun: false,
    waitLock: undefined,
    allowSchemaChange: false,
    select: [],
    limit: undefined,
  };
  return newState({
    options: { pipeline, params, interval, ...nothing },
    pipeline,
    context: quiet,
    home: localHome({ pipeline, work, context }),
    identity,
    values,
    work,
    record: emptyRecord({ pipeline, identity, values, models, outputs: [], context }),
    bigquery: connectBigQuery({ pipeline, values, identity, context: quiet }),
  });
}
