/** Which checks a test wants to see fail, and which it watches besides. */
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { nearest } from "../../util/suggest.ts";
import type { Check } from "../check/check.ts";
import { compileChecks } from "../check/compile.ts";
import type { Dialect } from "../engine/dialect.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";

export interface CheckName {
  table: string;
  check: string;
}

export interface WantedChecks {
  /** Checks to run, by the table that they look at: all of a computed model, and of what is given those that are named. */
  watched: Check[];
  wanted: CheckName[];
}

export interface FindWanted {
  test: DeclaredTest;
  /** Relations of the test, the tested model last. */
  tables: { name: string; columns: TypedColumn[]; given: boolean }[];
  pipeline: LoadedPipeline;
  dialect: Dialect;
}

/**
 * A check is named as the run names it, with its table in front (`stg_apps.unique(name)`) where the tested model has one of
 * the same name too. What is given is made up for the test and rarely complete, so its checks are run only when they are named.
 */
export function findWantedChecks(options: FindWanted): WantedChecks & { problems: Problem[] } {
  const { test, tables } = options;
  const { checks, problems } = compileAll(options);
  const wanted: CheckName[] = [];
  for (const [i, text] of test.expect.fails!.entries()) {
    const found = resolve(text, checks, test.model);
    if ("hint" in found) problems.push({ severity: "error", ...found, where: test.where(["expect", "fails", i]) });
    else wanted.push(found);
  }
  const given = new Set(tables.filter((table) => table.given).map(({ name }) => name));
  const watched = checks.filter((check) => !given.has(check.table) || wanted.some((name) => isNamed(check, name)));
  return { watched, wanted, problems };
}

export function isNamed(check: { table: string; name: string }, { table, check: name }: CheckName): boolean {
  return check.table === table && spaced(check.name) === spaced(name);
}

function compileAll({ tables, pipeline, dialect }: FindWanted): { checks: Check[]; problems: Problem[] } {
  const checks: Check[] = [];
  const problems: Problem[] = [];
  for (const { name, columns } of tables) {
    const group = pipeline.spec.sources?.[name] ? "sources" : "models";
    const declared = pipeline.spec[group]?.[name];
    const types = new Map(columns.map((column) => [column.name, column.type]));
    const table = { group, name, types, columns: declared?.columns, checks: declared?.checks } as const;
    try {
      checks.push(...compileChecks(table, dialect));
    } catch (error) {
      if (!(error instanceof EtlError)) throw error;
      problems.push(...error.problems);
    }
  }
  return { checks, problems };
}

type Unresolved = Required<Pick<Problem, "rule" | "message" | "hint">>;

function resolve(text: string, checks: Check[], model: string): CheckName | Unresolved {
  const own = checks.find((check) => isNamed(check, { table: model, check: text }));
  if (own) return { table: model, check: own.name };
  const fitting = checks.filter((check) => [check.name, nameOf(check)].some((name) => spaced(name) === spaced(text)));
  const tables = [...new Set(fitting.map(({ table }) => table))];
  if (tables.length === 1) return { table: tables[0]!, check: fitting[0]!.name };
  const rule = "unknown-check";
  if (tables.length > 1) {
    return {
      rule,
      message: `\`${text}\` is a check of ${tables.join(" and of ")}`,
      hint: `Say which: \`${nameOf(fitting[0]!)}\`.`,
    };
  }
  return {
    rule,
    message: `there is no check \`${text}\` on the way to \`${model}\``,
    hint: hintFor(text, checks, model),
  };
}

function hintFor(text: string, checks: Check[], model: string): string {
  // Half of a name: YAML has taken the comma for its own.
  if (/\([^)]*$|^[^(]*\)/.test(text)) return 'In YAML, a name with a comma needs quotes: "unique(dato, env)".';
  const names = checks.map((check) => (check.table === model ? check.name : nameOf(check)));
  const near = nearest(text, names);
  if (near) return `Did you mean \`${near}\`?`;
  return names.length > 0 ? `There are: ${names.join(", ")}.` : "There are none: declare them in pipeline.yaml.";
}

function nameOf({ table, name }: Check): string {
  return `${table}.${name}`;
}

/** `unique(a,b)` and `unique(a, b)` are one. */
function spaced(name: string): string {
  return name.replaceAll(/\s*,\s*/g, ", ").trim();
}
