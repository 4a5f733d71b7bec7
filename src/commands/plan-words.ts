/** The parts of a plan in words, for a terminal and for a comment alike. */
import { formatBytes } from "../util/bytes.ts";
import { count, formatNumber } from "../util/error.ts";
import type { ColumnChanges } from "../etl/plan/compare-columns.ts";
import type { ModelChange } from "../etl/plan/data-diff.ts";
import type { SchemaChange } from "../etl/plan/schema-change.ts";
import type { ManifestChange } from "../ship/render/manifest-diff.ts";
import type { OwnManifestPlan, Plan, QueryPlan } from "./plan-form.ts";

export function targetWords({ target }: Plan): string {
  return target === "" ? "" : ` on ${target}`;
}

export function againstWords({ against }: Plan): string | undefined {
  return against && `${against.ref} (${against.commit.slice(0, 7)})`;
}

export function schemaWords(schema: SchemaChange): string {
  const words = changeWords(schema);
  return schema.needs_allow_schema_change ? `${words}; run it once with --allow-schema-change` : words;
}

export function changeWords(schema: SchemaChange): string {
  const { moved_from: place } = schema;
  return place === undefined
    ? placeWords(schema)
    : `${placeWords(schema)}; it was ${place}, which stays there as it is`;
}

function placeWords(schema: SchemaChange): string {
  const { change, impossible, compared_with: other, rows } = schema;
  if (change === "gone") return "is published no more; what is there stays as it is";
  if (change === "unknown") return "not known: there is nothing to compare with";
  if (change === "none" && rows !== undefined) return `as it is there; the last run published ${count(rows, "row")}`;
  if (change === "none") return other === "destination" ? "as it is there" : "as before";
  if (change === "new")
    return `a new ${other === "destination" ? "table" : "output"} of ${count(schema.added.length, "column")}`;
  return `${columnWords(schema).join(", ")}${impossible ? "; BigQuery cannot change it so" : ""}`;
}

function columnWords({ added, removed, retyped }: ColumnChanges): string[] {
  return [
    ...added.map(({ name, type }) => `+ ${name} ${type}`),
    ...removed.map(({ name }) => `- ${name}`),
    ...retyped.map(({ name, was, type }) => `${name} ${was} → ${type}`),
  ];
}

export function queryWords({ bytes, rows }: QueryPlan): string {
  const parts = [bytes === undefined ? [] : formatBytes(bytes), rows === undefined ? [] : count(rows, "row")].flat();
  return parts.length === 0 ? "not known" : parts.join(", ");
}

export function manifestWords({ path, before, after }: ManifestChange): string {
  if (path === "") return after === undefined ? "gone" : "new";
  const from = before === undefined || after === undefined ? 0 : firstDifference(before, after);
  return `${partOf(before, from)} → ${partOf(after, from)}`;
}

/** Who deploys a file of their own goes on doing so: nothing is changed by a pipeline beside it. */
export function ownWords({ file, changes }: OwnManifestPlan): string {
  const stays = `\`nais-etl deploy --resource ${file}\` leaves it as it is`;
  return changes.length === 0 ? `the cluster takes the rendered one as it takes yours; ${stays}` : stays;
}

const longest = 80;
/** What is shown in front of the first difference. */
const lead = 30;

/** Of a long text the part that differs. */
function partOf(text: string | undefined, from: number): string {
  if (text === undefined) return "(none)";
  const start = text.length <= longest ? 0 : Math.max(0, from - lead);
  const end = start + longest;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}

function firstDifference(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

export function rowsWords({ added, removed, rows_changed: changed }: ModelChange): string {
  const parts = [
    [added, "added"],
    [removed, "removed"],
    [changed, "changed"],
  ] as const;
  const told = parts.filter(([rows]) => rows > 0).map(([rows, word]) => `${formatNumber(rows)} ${word}`);
  return told.length === 0 ? "the same rows" : told.join(", ");
}

/** The model, and the one that readers saw in its place. */
export function modelWords({ model, was }: ModelChange): string {
  return was === undefined ? model : `${model} (was ${was})`;
}

export function valuesWords({ changed, columns, key, unsteady }: ModelChange): string {
  const values = Object.entries(changed).map(([name, rows]) => `${name} in ${count(rows, "row")}`);
  const notes = [
    ...(key ? [] : ["rows have no key: a changed one counts as removed and added"]),
    ...(unsteady ? ["its rows may differ each time it is run"] : []),
  ];
  return [...values, ...columnWords(columns), ...notes].join("; ");
}

export function comparedWords({ compared, models_added: added, models_removed: removed }: Plan): string | undefined {
  if (compared === undefined) return undefined;
  const others = [
    ...(added.length > 0 ? [`new: ${added.join(", ")}`] : []),
    ...(removed.length > 0 ? [`gone: ${removed.join(", ")}`] : []),
  ];
  return [`${count(compared, "table")} compared on the same samples`, ...others].join("; ");
}

/** What a month costs, beside what a run does. */
export function monthWords({ budget, month }: Plan): string[] {
  if (!budget || !month) return [];
  const limit = budget.limit === undefined ? "" : ` of the ${formatBytes(budget.limit)} that it may`;
  const past = `the last 30 days: ${formatBytes(month.past_bytes)} in ${count(month.past_runs, "run")}`;
  const next = `the next 30 days: ${formatBytes(month.next_bytes)} in ${count(month.next_runs, "run")}`;
  return [
    `a run is billed ${formatBytes(budget.run_bytes)}${limit}`,
    ...(month.past_runs > 0 ? [past] : []),
    ...(month.next_runs > 0 ? [next] : []),
  ];
}
