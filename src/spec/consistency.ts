/** What one schema cannot see: keys that must fit each other. */
import { matchesGlob, normalize } from "node:path";
import type { Problem, Where } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import type { DeclaredCheck } from "./check.ts";
import type { Column, Columns } from "./column.ts";
import type { Path } from "./document.ts";
import { canonicalText } from "./literal.ts";
import { outputFormat, unknownFormat } from "./connectors/file-format.ts";
import type { Output } from "./output.ts";
import type { Pipeline } from "./pipeline.ts";
import { quarantineProblems } from "./quarantine-problems.ts";
import { httpProblems } from "./http-problems.ts";
import { boundProblem } from "./interval-bound.ts";
import { findReferences } from "./reference.ts";
import { secretProblems } from "./secret-problems.ts";
import { formatType, type Type } from "./type.ts";

type Locate = (path: Path, key?: string) => Where;
type Found = Omit<Problem, "severity" | "where"> & { path: Path; severity?: Problem["severity"] };

export function consistencyProblems(spec: Pipeline, locate: Locate): Problem[] {
  const { problems } = findReferences(spec, locate);
  const found = [
    ...outputProblems(spec),
    ...checkColumnProblems(spec),
    ...quarantineProblems(spec),
    ...sourceProblems(spec),
    ...httpProblems(spec),
    ...referenceProblems(spec),
    ...secretProblems(spec),
  ];
  return [
    ...problems,
    ...found.map(({ path, severity = "error", ...rest }) => ({ severity, where: locate(path), ...rest })),
  ];
}

function* outputProblems(spec: Pipeline): Generator<Found> {
  const places = new Map<string, string>();
  for (const [name, output] of Object.entries(spec.outputs ?? {})) {
    const path = ["outputs", name];
    if (spec.interval && (output.write ?? "replace") === "replace") {
      yield {
        path: [...path, ...(output.write ? ["write"] : [])],
        rule: "interval-replace",
        message: `\`outputs.${name}\` replaces the whole table on each interval: every night would wipe the others`,
        hint: "Write `write: replace_partition` with `partition:`, or `merge`, or `append`; or remove `interval:`.",
      };
    }
    yield* keyColumnProblems(spec, name, output);
    yield* filterProblems(name, output);
    const place = placeOf(output);
    const other = places.get(place);
    if (other !== undefined) {
      yield {
        path,
        rule: "same-destination",
        message: `\`outputs.${name}\` writes to ${place}, as \`outputs.${other}\` does`,
        hint: "Give each output a destination of its own.",
      };
    }
    places.set(place, name);
    if (output.type === "file") yield* overwrittenSources(spec, output.path, path);
    if ("path" in output && !output.path.includes("${") && outputFormat(output) === undefined)
      yield { path: [...path, "path"], rule: "unknown-format", ...unknownFormat(output.path) };
  }
}

/** An output must not take the place of what the pipeline reads: the next run would read its own result. */
function* overwrittenSources(spec: Pipeline, written: string, path: Path): Generator<Found> {
  for (const [name, source] of Object.entries(spec.sources ?? {})) {
    const read = [source.type === "file" ? source.path : undefined, source.sample];
    if (!read.some((pattern) => pattern !== undefined && matchesGlob(normalize(written), normalize(pattern)))) continue;
    yield {
      path: [...path, "path"],
      rule: "overwrites-source",
      message: `\`${path.join(".")}\` would overwrite ${written}, which the source \`${name}\` reads`,
      hint: "Write to a folder of its own: path: out/….",
    };
  }
}

/** Source: https://cloud.google.com/bigquery/docs/managing-partitioned-tables#require-filter */
function* filterProblems(name: string, { write, key = [], partition }: Output): Generator<Found> {
  if (write !== "merge" || !partition?.require_filter || key.includes(partition.column)) return;
  yield {
    path: ["outputs", name, "partition", "require_filter"],
    rule: "merge-filter",
    message: `\`outputs.${name}\` merges by ${key.join(", ")}, which says nothing of the partition: BigQuery would have to read all of them, and \`require_filter\` forbids it`,
    hint: `Add \`${partition.column}\` to \`key\`, or leave \`require_filter\` out.`,
  };
}

function* keyColumnProblems(spec: Pipeline, name: string, output: Output): Generator<Found> {
  const columns = spec.models?.[output.model ?? name]?.columns;
  if (!columns) return;
  const named: [string, string][] = [
    ...(output.key ?? []).map((column): [string, string] => ["key", column]),
    ...(output.cluster ?? []).map((column): [string, string] => ["cluster", column]),
    ...(output.partition ? [["partition", output.partition.column] as [string, string]] : []),
  ];
  for (const [key, column] of named) {
    if (Object.hasOwn(columns, column)) continue;
    yield {
      path: ["outputs", name, key],
      rule: "unknown-column",
      message: `\`outputs.${name}.${key}\` names \`${column}\`, which is not a column of \`${output.model ?? name}\``,
      hint: didYouMean(column, Object.keys(columns)),
    };
  }
}

/** Where an output goes, as one text. */
export function placeOf(output: Output): string {
  if ("table" in output) return output.table;
  return "bucket" in output ? `${output.bucket}/${output.prefix ?? ""}${output.path}` : output.path;
}

function* checkColumnProblems(spec: Pipeline): Generator<Found> {
  for (const group of ["sources", "models"] as const) {
    for (const [name, table] of Object.entries(spec[group] ?? {})) {
      const path = [group, name];
      for (const [i, check] of (table.checks ?? []).entries())
        yield* tableCheckProblems(check, table.columns, [...path, "checks", i]);
      if (group === "models") yield* waitProblems(table.checks ?? [], [...path, "checks"]);
      for (const [column, { checks, type }] of Object.entries<Column>(table.columns ?? {})) {
        for (const [i, check] of (checks ?? []).entries()) {
          const place = [...path, "columns", column, "checks", i];
          yield* columnCheckProblems(check, type, place);
          yield* relationProblems(spec, check, type, place);
        }
      }
    }
  }
}

const tableOnly = ["row_count", "sql", "freshness", "completeness"] as const;
const columnOnly = ["accepted_values", "range", "matches", "relationships"] as const;

/** Kinds that look at a value or at a number of rows: no share of rows can be tolerated. */
const withoutShare = ["row_count", "freshness"] as const;

function* settingProblems(check: DeclaredCheck, path: Path): Generator<Found> {
  for (const kind of withoutShare) {
    if (check[kind] !== undefined && check.tolerate !== undefined)
      yield {
        path: [...path, "tolerate"],
        rule: "check-setting",
        message: `\`tolerate\` does nothing with \`${kind}\`: it has no share of rows`,
        hint:
          kind === "row_count"
            ? "Widen `min` and `max`, or write `severity: warn`."
            : "Widen `within`, or write `severity: warn`.",
      };
  }
  if (check.sql !== undefined && check.where !== undefined)
    yield {
      path: [...path, "where"],
      rule: "check-setting",
      message: "`where` does nothing with `sql`",
      hint: "Put the condition into the query.",
    };
}

function* waitProblems(checks: DeclaredCheck[], path: Path): Generator<Found> {
  for (const [i, { freshness }] of checks.entries())
    if (freshness?.wait !== undefined)
      yield {
        path: [...path, i, "freshness", "wait"],
        rule: "check-setting",
        message: "`wait` does nothing on a model: its rows are made once, and get no newer by waiting",
        hint: "Wait where they come from: give the source that the model reads this check.",
      };
}

/** Types whose values have no order, or none that the engine knows. */
const incomparable = new Set(["BIGNUMERIC", "JSON", "ARRAY", "STRUCT"]);

function* valueProblems(check: DeclaredCheck, type: Type, path: Path): Generator<Found> {
  const { accepted_values, range } = check;
  for (const [kind, values] of Object.entries({ accepted_values, range })) {
    if (values === undefined) continue;
    const place = { path: [...path, kind], rule: "check-value" };
    if (incomparable.has(type.kind)) {
      const message = `\`${kind}\` cannot compare ${formatType(type)}`;
      yield { ...place, message, hint: "Write a check of kind `sql`." };
      continue;
    }
    for (const value of Object.values(values)) {
      // A bound of a whole number may well be 1.5.
      if (value === undefined || (typeof value === "number" && (type.kind === "INT64" || type.kind === "NUMERIC")))
        continue;
      const result = canonicalText(value, type);
      if ("problem" in result) yield { ...place, message: result.problem, hint: "Write values of the column's type." };
    }
  }
}

/** Of tables that are described nowhere here, such as models without an entry, nothing can be said. */
function* relationProblems(spec: Pipeline, check: DeclaredCheck, type: Type, path: Path): Generator<Found> {
  if (!check.relationships) return;
  const { to, column } = check.relationships;
  const known = (spec.sources?.[to] ?? spec.models?.[to])?.columns;
  if (!known) return;
  const other = Object.hasOwn(known, column) ? known[column] : undefined;
  const place = { path: [...path, "relationships"], rule: "check-value" };
  if (!other) {
    const hint = didYouMean(column, Object.keys(known));
    yield { ...place, message: `\`${to}\` has no column \`${column}\``, hint };
  } else if (other.type.kind !== type.kind) {
    const message = `${formatType(type)} cannot be looked up in \`${to}.${column}\`, which is ${formatType(other.type)}`;
    yield { ...place, message, hint: "Cast one of them in a model." };
  }
}

function* columnCheckProblems(check: DeclaredCheck, type: Type, path: Path): Generator<Found> {
  yield* settingProblems(check, path);
  yield* valueProblems(check, type, path);
  for (const kind of tableOnly) {
    if (check[kind] !== undefined)
      yield {
        path,
        rule: "check-place",
        message: `\`${kind}\` is a check of the whole table, not of a column`,
        hint: "Move it to the model's own `checks:`.",
      };
  }
  for (const kind of ["not_null", "unique"] as const) {
    if (Array.isArray(check[kind]))
      yield {
        path,
        rule: "check-place",
        message: `\`${kind}\` on a column takes no list of columns`,
        hint: `Write \`${kind}\` alone, or move it to the model's own \`checks:\`.`,
      };
  }
}

function* tableCheckProblems(check: DeclaredCheck, columns: Columns | undefined, path: Path): Generator<Found> {
  yield* settingProblems(check, path);
  for (const kind of columnOnly) {
    if (check[kind] !== undefined)
      yield {
        path,
        rule: "check-place",
        message: `\`${kind}\` is a check of a column`,
        hint: "Move it below the column: columns: { name: { type: …, checks: […] } }.",
      };
  }
  for (const kind of ["not_null", "unique"] as const) {
    if (check[kind] === true)
      yield {
        path,
        rule: "check-place",
        message: `\`${kind}\` on a table needs columns`,
        hint: `Write \`${kind}: [column, …]\`.`,
      };
  }
  if (!columns) return;
  const named = [check.not_null, check.unique].filter(Array.isArray).flat();
  for (const kind of ["freshness", "completeness"] as const) if (check[kind]) named.push(check[kind].column);
  for (const column of named) {
    if (!Object.hasOwn(columns, column))
      yield {
        path,
        rule: "unknown-column",
        message: `the check names \`${column}\`, which is not a column here`,
        hint: didYouMean(column, Object.keys(columns)),
      };
  }
}

function* sourceProblems(spec: Pipeline): Generator<Found> {
  for (const [name, source] of Object.entries(spec.sources ?? {})) {
    const path = ["sources", name];
    if (spec.models?.[name])
      yield {
        path,
        rule: "same-name",
        message: `\`${name}\` is a source and a model`,
        hint: "Rename one of them: models see both by name.",
      };
    if (!("table" in source || "query" in source) || source.type === "http") continue;
    if (source.table !== undefined && source.query !== undefined)
      yield {
        path: [...path, "query"],
        rule: "table-or-query",
        message: `\`sources.${name}\` has both \`table\` and \`query\``,
        hint: "Keep one.",
      };
    if (source.query !== undefined && source.where !== undefined)
      yield {
        path: [...path, "where"],
        rule: "where-with-query",
        message: `\`sources.${name}.where\` does nothing beside \`query\``,
        hint: "Put the condition into the query.",
      };
  }
  for (const [name, source] of Object.entries(spec.sources ?? {})) {
    if (
      (source.type === "bigquery" || source.type === "postgres" || source.type === "oracle") &&
      source.table === undefined &&
      source.query === undefined
    ) {
      yield {
        path: ["sources", name],
        rule: "table-or-query",
        message: `\`sources.${name}\` has neither \`table\` nor \`query\``,
        hint: "Add `table: project.dataset.table`, or a `query:`.",
      };
    }
  }
}

function* referenceProblems(spec: Pipeline): Generator<Found> {
  const { references } = findReferences(spec, () => ({ file: "" }));
  const known = {
    param: Object.keys(spec.params ?? {}),
    secret: Object.keys(spec.secrets ?? {}),
  };
  for (const { kind, name, path } of references) {
    if (kind === "env") continue;
    if (kind === "interval" && !spec.interval) {
      yield {
        path,
        rule: "reference",
        message: `\`\${interval:${name}}\` is used, but the pipeline has no interval`,
        hint: "Add `interval: day` (or hour, month).",
      };
    } else if (kind === "interval") {
      const hint = boundProblem(name, spec.interval!.every);
      if (hint === undefined) continue;
      yield { path, rule: "reference", message: `\`\${interval:${name}}\` is no bound of the interval`, hint };
    } else if (!known[kind].includes(name)) {
      yield {
        path,
        rule: "reference",
        message: `\`\${${kind}:${name}}\`: there is no ${kind} \`${name}\``,
        hint: didYouMean(name, known[kind]),
      };
    }
  }
}
