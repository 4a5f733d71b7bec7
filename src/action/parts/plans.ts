/** What would change: counts and names, no rows. */
import {
  againstWords,
  comparedWords,
  manifestWords,
  monthWords,
  ownWords,
  queryWords,
  rowsWords,
  schemaWords,
  valuesWords,
} from "../../commands/plan-words.ts";
import type { Plan } from "../../commands/plan-form.ts";
import { count } from "../../util/error.ts";
import { escapeHtml, heading, paragraph, table } from "../html.ts";
import type { PlanPart, Report } from "../report.ts";

/** More would not be read. */
const mostRows = 60;

export function plans({ results }: Report): string {
  const all = results.flatMap((result) => result.plans ?? []);
  return all.map((plan) => planOf(withAll(plan), all.length === 1 ? "Plan" : `Plan of ${plan.pipeline}`)).join("");
}

/** Of another version, what is missing is nothing. */
function withAll(plan: PlanPart): Plan {
  const none = {
    target: "",
    offline: true,
    against: undefined,
    compared: undefined,
    budget: undefined,
    month: undefined,
  };
  const lists = { schema: [], queries: [], manifest: [], data: [], models_added: [], models_removed: [] };
  return { ...none, ...lists, notes: [], problems: [], ...plan };
}

function planOf(plan: Plan, title: string): string {
  return [
    heading(title, 3),
    lines([againstWords(plan) && `Compared with ${againstWords(plan)}.`, comparedWords(plan)]),
    part(["Table", "Rows", "Values and columns"], plan.data, (one) => [one.model, rowsWords(one), valuesWords(one)]),
    part(["Output", "Destination", "Columns"], plan.schema, (one) => [one.output, one.destination, schemaWords(one)]),
    part(["Source", "BigQuery bills"], plan.queries, (one) => [one.name, queryWords(one)]),
    lines(monthWords(plan)),
    part(["Resource", "Key", "Change"], plan.manifest, (one) => [one.resource, one.path, manifestWords(one)]),
    ownPart(plan),
    lines(plan.notes),
  ].join("");
}

function ownPart({ own_manifest: own }: Plan): string {
  if (!own) return "";
  const rows = part(["Resource", "Key", `In place of ${own.file}`], own.changes, (one) => [
    one.resource,
    one.path,
    manifestWords(one),
  ]);
  return rows + lines([ownWords(own)]);
}

function lines(texts: (string | undefined)[]): string {
  const told = texts.filter((text) => text !== undefined && text !== "");
  return told.length === 0 ? "" : paragraph(told.map((text) => escapeHtml(text!)).join("<br>"));
}

function part<T>(heads: string[], items: readonly T[], rowOf: (item: T) => string[]): string {
  if (items.length === 0) return "";
  const rest = items.length - mostRows;
  const more = rest > 0 ? paragraph(`… and ${count(rest, "row")} more`) : "";
  return table(heads, items.slice(0, mostRows).map(rowOf)) + more;
}
