/** The values of a run as GoogleSQL's `@name`. */
import type { ParamType } from "../../spec/param.ts";
import type { BoundValue } from "../connectors/bigquery/parameters.ts";
import { googlesqlDialect } from "../engine/bigquery/dialect.ts";
import type { RunValues } from "../values.ts";

export function boundValues({ params, interval }: RunValues): BoundValue[] {
  const given = Object.entries(params).map(([name, { type, value }]) => bound(name, type, String(value)));
  if (!interval) return given;
  const { type, startValue, endValue } = interval;
  return [bound("interval_start", type, startValue), bound("interval_end", type, endValue), ...given];
}

function bound(name: string, type: ParamType, value: string): BoundValue {
  return { name, type, value, literal: googlesqlDialect.literal(value, { kind: type }) };
}
