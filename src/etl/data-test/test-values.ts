/** What a test's `$name` are bound to: its parameters, its interval, and the time that its clock shows. */
import type { Context } from "../../util/context.ts";
import type { Problem } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import { exampleLabel, lastComplete, type Interval } from "../../spec/interval.ts";
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { intervalNamed, timeZoneOf } from "../../spec/next-scheduled.ts";
import { parseParam, type ParamType } from "../../spec/param.ts";
import type { Dialect } from "../engine/dialect.ts";
import { replaceParameters } from "../transform/sql-text.ts";
import type { RunValues } from "../values.ts";

export interface TestValues extends RunValues {
  /** When the clock stands still, where. */
  frozen: Date | undefined;
  /** What `freshness` counts from, as in a run on samples. */
  reference: Date;
  problems: Problem[];
}

/** The environment is not looked at: a test gives the same result everywhere. */
export function valuesOfTest(test: DeclaredTest, pipeline: LoadedPipeline, context: Context): TestValues {
  const frozen = test.now === undefined ? undefined : new Date(test.now);
  const now = frozen ?? context.now();
  const { params, problems } = readParams(test, pipeline, now);
  const interval = readInterval(test, pipeline, now);
  return {
    params,
    interval: interval.value,
    frozen,
    reference: interval.value?.end ?? now,
    problems: [...problems, ...interval.problems],
  };
}

/** For finding out types, which do not depend on values: NULL of its type in place of each `$name`. */
export function bindNothing({ spec }: LoadedPipeline, dialect: Dialect): (sql: string) => string {
  const type = spec.interval?.every === "hour" ? "TIMESTAMP" : "DATE";
  const types = new Map<string, ParamType>(
    Object.entries(spec.params ?? {}).map(([name, param]) => [name, param.type]),
  );
  if (spec.interval) for (const name of ["interval_start", "interval_end"]) types.set(name, type);
  return (sql) =>
    replaceParameters(sql, (name) => (types.has(name) ? dialect.literal(null, { kind: types.get(name)! }) : undefined));
}

/** Parameters without a value are left out: only a model that uses one needs it. */
function readParams(test: DeclaredTest, { spec }: LoadedPipeline, now: Date): Pick<TestValues, "params" | "problems"> {
  const specs = spec.params ?? {};
  const problems: Problem[] = [];
  for (const name of Object.keys(test.params ?? {})) {
    if (name in specs) continue;
    const hint = didYouMean(name, Object.keys(specs));
    problems.push(wrong("unknown-parameter", `there is no parameter \`${name}\``, hint, test.where(["params"], name)));
  }
  const params: RunValues["params"] = {};
  for (const [name, param] of Object.entries(specs)) {
    const given = test.params?.[name];
    const text = given === undefined ? param.default : (test.plain(["params", name]) ?? given);
    if (text === undefined) continue;
    const parsed = parseParam(String(text), param, now);
    if ("value" in parsed) params[name] = { type: param.type, value: parsed.value };
    else
      problems.push(
        wrong("wrong-value", `parameter \`${name}\`: ${parsed.problem}`, undefined, test.where(["params", name])),
      );
  }
  return { params, problems };
}

function readInterval(
  test: DeclaredTest,
  { spec }: LoadedPipeline,
  now: Date,
): { value: Interval | undefined; problems: Problem[] } {
  const where = test.where(["interval"]);
  if (!spec.interval) {
    if (test.interval === undefined) return { value: undefined, problems: [] };
    const hint = "Remove it, or add `interval: day` (or hour, month) to the pipeline.";
    return { value: undefined, problems: [wrong("no-interval", "the pipeline has no interval", hint, where)] };
  }
  const { every, sample } = spec.interval;
  const label = test.interval ?? sample;
  const value = label === undefined ? lastComplete(now, every, timeZoneOf(spec)) : intervalNamed(label, spec);
  if (value) return { value, problems: [] };
  const message = `\`${label}\` is not ${every === "hour" ? "an" : "a"} ${every}`;
  return { value, problems: [wrong("wrong-value", message, `Write it as ${exampleLabel(every)}.`, where)] };
}

function wrong(rule: string, message: string, hint: string | undefined, where: Problem["where"]): Problem {
  return { severity: "error", rule, message, ...(hint && { hint }), ...(where && { where }) };
}
