/** OPTIONS(…) of a table, a view or a dataset, as the API's resource says them. */
import type { DuckDBTimestampTZValue } from "@duckdb/node-api";
import { notHere } from "../api-error.ts";
import type { Session } from "../database.ts";
import { scalar } from "../value/type.ts";
import { emptyScope, type Context } from "./scope.ts";
import type { Expression, Options } from "./syntax.ts";
import { queryError } from "./token.ts";
import { translateExpression } from "./translate-expression.ts";
import { coerce } from "./typed.ts";

type Read = (context: Context, session: Session, value: Expression) => Promise<Record<string, unknown>>;

export async function readOptions(
  context: Context,
  session: Session,
  options: Options,
): Promise<Record<string, unknown>> {
  const resource: Record<string, unknown> = {};
  for (const { name, value } of options) {
    const read = readers[name];
    if (!read) throw notHere(`the option ${name}`);
    Object.assign(resource, await read(context, session, value));
  }
  return resource;
}

const dayMilliseconds = 86_400_000;

const readers: Record<string, Read> = {
  description: async (_, __, value) => ({ description: text(value) }),
  friendly_name: async (_, __, value) => ({ friendlyName: text(value) }),
  location: async (_, __, value) => ({ location: text(value) }),
  labels: async (_, __, value) => ({ labels: labels(value) }),
  require_partition_filter: async (_, __, value) => ({ requirePartitionFilter: text(value) === "TRUE" }),
  expiration_timestamp: async (...args) => ({ expirationTime: await timestamp(...args) }),
  partition_expiration_days: async (_, __, value) => ({
    partitionExpirationMs: String(Math.round(Number(text(value)) * dayMilliseconds)),
  }),
};

function text(value: Expression): string {
  if (value.kind === "literal") return value.text;
  throw queryError("An option wants a literal", value.at);
}

/** `[("key", "value")]` */
function labels(value: Expression): Record<string, string> {
  if (value.kind !== "array") throw queryError("labels wants an array of pairs", value.at);
  const pairs = value.elements.map((it) => {
    if (it.kind !== "struct" || it.fields.length !== 2) throw queryError("labels wants pairs", it.at);
    return it.fields.map((field) => text(field.value)) as [string, string];
  });
  return Object.fromEntries(pairs);
}

const timestamp: (...args: Parameters<Read>) => Promise<string> = async (context, session, value) => {
  const { sql } = coerce(translateExpression(context, emptyScope(), value), scalar("TIMESTAMP"));
  const { micros } = (await session.value(`SELECT ${sql}`)) as DuckDBTimestampTZValue;
  return String(micros / 1000n);
};
