/** Values of a run in GoogleSQL: named parameters of a query, typed literals where none are taken. */
import { EtlError, type Where } from "../../../util/error.ts";
import { didYouMean } from "../../../util/suggest.ts";
import { parametersIn, replaceParametersIn } from "./googlesql.ts";

/** A value that `@name` stands for. */
export interface BoundValue {
  name: string;
  /** STRING, INT64, FLOAT64, BOOL, DATE or TIMESTAMP. */
  type: string;
  /** As the API takes it. */
  value: string;
  /** As a typed literal of GoogleSQL. */
  literal: string;
}

/** Source: https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter */
export interface QueryParameter {
  name: string;
  parameterType: { type: string };
  parameterValue: { value: string };
}

interface Bind {
  values: BoundValue[];
  /** Place of the text, for messages. */
  where: () => Where;
}

/** The parameters that a query uses. @throws {EtlError} `invalid` for a name that has no value */
export function queryParameters(sql: string, bind: Bind): QueryParameter[] {
  return parametersIn(sql).map((name) => {
    const { type, value } = boundValue(name, bind);
    return { name, parameterType: { type }, parameterValue: { value } };
  });
}

/** The text with literals in place of its parameters. @throws {EtlError} `invalid` for a name that has no value */
export function withLiterals(sql: string, bind: Bind): string {
  return replaceParametersIn(sql, (name) => boundValue(name, bind).literal);
}

function boundValue(name: string, { values, where }: Bind): BoundValue {
  const found = values.find((value) => value.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  throw new EtlError({
    code: "invalid",
    message: `there is no value for \`@${name}\``,
    hint: didYouMean(
      name,
      values.map((value) => value.name),
    ).replace("There are none here.", "Declare it under `params:`, or give the pipeline an `interval:`."),
    where: where(),
  });
}
