/** Which home a pipeline has on its target. */
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";
import type { Home } from "./home.ts";
import { localHome } from "./local-home.ts";
import { bigqueryHome, type BigQueryHome } from "./publish/bigquery/home.ts";

export function findHome(options: BigQueryHome): Home {
  return livesInBigQuery(options.pipeline) ? bigqueryHome(options) : localHome(options);
}

export function livesInBigQuery({ spec, target }: LoadedPipeline): boolean {
  return target !== localTarget && Object.values(spec.outputs ?? {}).some(({ type }) => type === "bigquery");
}
