/** What would corrupt a destination, found before it is touched. */
import { count, type Problem } from "../../util/error.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";
import { samplesInterval } from "../values.ts";
import type { OutputDecision } from "./decide.ts";
import { intervalHint, samplesHint } from "./interval-hint.ts";
import { nullItems } from "./null-items.ts";
import { guardQuery, type WritePlan } from "./statements.ts";

interface Guard {
  decision: OutputDecision;
  table: Table;
  plan: WritePlan;
  state: RunState;
}

/** @returns why this output must not be published; nothing where it may */
export async function guard({ decision, table, plan, state }: Guard): Promise<Problem[]> {
  const { name, spec } = decision;
  const { work, pipeline, values } = state;
  const where = pipeline.where(["outputs", name]);
  const missing = missingColumns(plan);
  if (missing.length > 0) {
    return [
      {
        severity: "error",
        rule: "unknown-column",
        message: `\`outputs.${name}\` names \`${missing.join("`, `")}\`, which \`${table.name}\` does not make`,
        hint: `Its columns: ${plan.columns.map((column) => column.name).join(", ")}.`,
        where,
      },
    ];
  }
  const { dialect } = work.db;
  const relation = dialect.quoteIdentifier(table.name);
  const [row] = await work.db.query(guardQuery({ plan, staged: relation, dialect }));
  const counted = Object.fromEntries(Object.entries(row!).map(([key, value]) => [key, Number(value)]));
  const found = breaches({
    plan,
    table,
    counted,
    allowEmpty: spec.allow_empty ?? false,
    interval: values.interval?.label,
    sample: samplesInterval(pipeline, values.interval?.label),
  });
  if (spec.type === "bigquery") found.push(...nullBreaches(await nullItems({ plan, relation, db: work.db })));
  return found.map(({ what, hint }) => ({
    severity: "error",
    rule: "publish",
    message: `\`outputs.${name}\` is not published: ${what}`,
    hint,
    where,
  }));
}

function missingColumns({ columns, key, partition }: WritePlan): string[] {
  const known = new Set(columns.map((column) => column.name));
  return [...key, ...(partition ? [partition.column] : [])].filter((column) => !known.has(column));
}

interface Breach {
  what: string;
  hint: string;
}

/** On target `local` too: what is published here is to be published there. */
function nullBreaches({ rows, columns }: Awaited<ReturnType<typeof nullItems>>): Breach[] {
  if (rows === 0) return [];
  return [
    {
      what: `${count(rows, "row")} with NULL in a list (${columns.join(", ")})`,
      hint: `A table in BigQuery holds none. Leave them out: list_filter(${columns[0]}, lambda x: x IS NOT NULL).`,
    },
  ];
}

function breaches({
  plan,
  table,
  counted,
  allowEmpty,
  interval = "",
  sample,
}: {
  plan: WritePlan;
  table: Table;
  counted: Record<string, number>;
  allowEmpty: boolean;
  interval: string | undefined;
  /** The interval that samples stand for, where it is another one. */
  sample: string | undefined;
}): Breach[] {
  const { rows = 0, null_keys = 0, repeated_keys = 0, null_partitions = 0, outside = 0 } = counted;
  const found: Breach[] = [];
  const add = (what: string, hint: string) => found.push({ what, hint });
  if (rows === 0 && plan.mode === "replace" && !allowEmpty)
    add(
      "`replace` would publish no rows: an empty table in place of one with rows",
      "Is the source empty? If no rows are right, write `allow_empty: true`.",
    );
  if (null_keys > 0)
    add(
      `${count(null_keys, "row")} with NULL in the key (${plan.key.join(", ")})`,
      "A key identifies a row: filter such rows out, or choose another key.",
    );
  if (repeated_keys > 0)
    add(
      `${count(repeated_keys, "key")} (${plan.key.join(", ")}) stand in several rows`,
      "Which of them should win? Aggregate or deduplicate in the model.",
    );
  if (null_partitions > 0)
    add(
      `${count(null_partitions, "row")} with NULL in the partition column ${plan.partition?.column}`,
      "Filter such rows out, or fill the column.",
    );
  if (outside > 0)
    add(
      `${count(outside, "row")} outside the run's interval ${interval}`,
      sample === undefined ? intervalHint(table) : samplesHint(sample, interval),
    );
  return found;
}
