/** Rows that cross the wire only to be reduced here: said aloud, with the query that reduces them there. */
import { formatBytes } from "../../util/bytes.ts";
import { count, type Problem } from "../../util/error.ts";
import { quotePath } from "../connectors/bigquery/googlesql.ts";
import type { ReadPlan } from "../connectors/bigquery/plan.ts";
import { fromDuckdb, type Translated } from "../engine/bigquery/from-duckdb.ts";
import type { ModelNode } from "../transform/graph.ts";
import { queryTree } from "../transform/sql.ts";
import type { Extract } from "./extracted.ts";

export interface Crossing {
  bytes: number | undefined;
  rows: number | undefined;
}

const most = { bytes: 1_000_000_000, rows: 5_000_000 };

export type Crossed = Pick<Extract, "graph" | "work" | "pipeline">;

/** A warning where much is read of a table that models then reduce. A `query:` has reduced it already. */
export async function findCrossing(plan: ReadPlan, crossing: Crossing, options: Crossed): Promise<Problem | undefined> {
  const { source } = plan;
  const isMuch = (crossing.bytes ?? 0) > most.bytes || (crossing.rows ?? 0) > most.rows;
  if (!isMuch || source.spec.query !== undefined || source.limit !== undefined) return undefined;
  const readers = options.graph.models.filter(({ reads }) => reads.includes(source.name));
  if (readers.length === 0) return undefined;
  const pushed = await pushedDown(plan, options);
  return crossingProblem(plan, crossing, { pushed, readers }, options);
}

export async function warnOfCrossing(plan: ReadPlan, crossing: Crossing, options: Extract): Promise<void> {
  const problem = await findCrossing(plan, crossing, options);
  if (problem) options.context.log.problem(problem);
}

interface Found {
  pushed: string | undefined;
  readers: ModelNode[];
}

function crossingProblem(
  { source, fields, shown }: ReadPlan,
  { bytes, rows }: Crossing,
  { pushed, readers }: Found,
  { pipeline }: Crossed,
): Problem {
  const amounts = [bytes === undefined ? [] : [formatBytes(bytes)], rows === undefined ? [] : [count(rows, "row")]];
  const names = readers.map(({ name }) => `\`${name}\``).join(", ");
  const sketch = `SELECT ${fields.map(({ name }) => name).join(", ")} … FROM ${quotePath(shown)} … GROUP BY …`;
  return {
    severity: "warning",
    rule: "crossing",
    message: `${amounts.flat().join(" and ")} of the source \`${source.name}\` cross the wire, to be reduced by ${names}`,
    hint:
      pushed === undefined
        ? `BigQuery reduces them faster: write a \`query:\` that does, such as ${sketch}`
        : `BigQuery reduces them faster. In place of \`table:\` and \`where:\`, this \`query:\` gives what the models make of it:
${pushed}`,
    where: pipeline.where(["sources", source.name]),
  };
}

/**
 * What the models make of a source, up to the first that reduces it, in GoogleSQL.
 * Undefined where more than one reads it, where none reduces it, and where a part is not known to mean the same.
 */
async function pushedDown(plan: ReadPlan, { graph, work }: Crossed): Promise<string | undefined> {
  const { source, fields, shown } = plan;
  const exact = fields.filter(({ type }) => !["FLOAT", "FLOAT64"].includes(type)).map(({ name }) => name);
  let current: Translated = { sql: "", columns: exact, reduces: false };
  let name = source.name;
  const parts: string[] = [];
  while (!current.reduces) {
    const [reader, ...others] = graph.models.filter(({ reads }) => reads.includes(name));
    if (reader?.kind !== "query" || others.length > 0 || reader.reads.length > 1) return undefined;
    const from = {
      name,
      as: parts.length === 0 ? quotePath(shown) : quotePath(name),
      columns: new Set(current.columns),
    };
    const translated = fromDuckdb(await queryTree(reader.sql, work.db), from);
    if (!translated) return undefined;
    current = parts.length === 0 ? withCondition(translated, source.spec.where) : translated;
    name = reader.name;
    parts.push(current.reduces ? current.sql : `${quotePath(name)} AS (\n${current.sql}\n)`);
  }
  const last = parts.pop()!;
  return parts.length === 0 ? last : `WITH ${parts.join(",\n")}\n${last}`;
}

/** The source's own condition, in front of the model's. */
function withCondition(translated: Translated, where: string | undefined): Translated {
  if (where === undefined) return translated;
  const { sql } = translated;
  const condition = `WHERE (${where})`;
  const place = /^WHERE /m.exec(sql)?.index;
  if (place !== undefined)
    return { ...translated, sql: `${sql.slice(0, place)}${condition} AND ${sql.slice(place + "WHERE ".length)}` };
  const [head = "", ...rest] = sql.split(/^(?=GROUP BY|HAVING)/m);
  return { ...translated, sql: `${head.trimEnd()}\n${condition}${rest.length > 0 ? `\n${rest.join("")}` : ""}` };
}
