/** `nais-etl why [RUN]`: what failed, since when, what has changed, what readers see, and the one command that mends it. */
import type { Context } from "../util/context.ts";
import { findWhy } from "../etl/why/why.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import type { DeployedJobOptions } from "./deployed-job.ts";
import { loadWhereItRan } from "./load-where-it-ran.ts";
import { refuseTwoForms } from "./refuse-two-forms.ts";
import { clusterOf } from "./why-cluster.ts";
import { whyMarkdown, whyText } from "./why-text.ts";

export interface WhyOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  /** A run's id or execution; by default the last run. */
  run?: string;
  markdown?: boolean;
  json?: boolean;
}

export async function why(options: WhyOptions, context: Context): Promise<void> {
  const { run: asked, markdown = false, json = false } = options;
  refuseTwoForms(options);
  const pipeline = await loadWhereItRan(options, context);
  const found = await findWhy({ pipeline, asked, askCluster: clusterOf(askedOf(options, pipeline), context) }, context);
  if (json) return context.print(context.log.scrub(JSON.stringify(found, undefined, 2)));
  const text = markdown ? whyMarkdown(found) : whyText(found, context.log.paint);
  context.print(context.log.scrub(text));
}

function askedOf({ dir, pipeline }: WhyOptions, { target }: LoadedPipeline): DeployedJobOptions {
  return { dir, pipeline, target };
}
