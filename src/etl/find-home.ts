/** Which home a pipeline has on its target. */
import { localTarget } from "../spec/target.ts";
import type { Home } from "./home.ts";
import { localHome } from "./local-home.ts";
import { bigqueryHome, type BigQueryHome } from "./publish/bigquery/home.ts";

export function findHome(options: BigQueryHome): Home {
  const { spec, target } = options.pipeline;
  const writesToBigQuery = Object.values(spec.outputs ?? {}).some(({ type }) => type === "bigquery");
  return target !== localTarget && writesToBigQuery ? bigqueryHome(options) : localHome(options);
}
