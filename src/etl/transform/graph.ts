/** Which model reads which: order, cycles, unknown and unused tables. */
import type { DeclaredCheck } from "../../spec/check.ts";
import type { Column } from "../../spec/column.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Problem } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import type { Queryable } from "../engine/engine.ts";
import { modelNames, readModelFiles, type ModelFile } from "./model-file.ts";
import { findInputs } from "./program/inputs.ts";
import type { DescribeProgram, Programs, RunProgram } from "./program/program.ts";
import { fileText, parseSql, type TableReference } from "./sql.ts";

export type ModelNode = QueryNode | ProgramNode;

export interface QueryNode extends NodeBase {
  kind: "query";
  /** The query, parameters still in it. */
  sql: string;
}

/** Its rows are kept, always: a program is run once, whoever reads them. */
export interface ProgramNode extends NodeBase {
  kind: "program";
  /** What is missing on this machine for it to run. */
  ready: (() => Promise<Problem[]>) | undefined;
  run: RunProgram;
  mutants: (() => Promise<RunProgram[]>) | undefined;
}

interface NodeBase {
  name: string;
  file: ModelFile;
  /** Names of the sources and models it reads, each once; those of a program in the order of its parameters. */
  reads: string[];
  /** Names of the sources and models that its checks hold its values against, each once. */
  related: string[];
  /** Of these, those that must be there before it is: its checks take rows out of it, before anything reads it. */
  awaits: string[];
  /** Its columns depend on the data (PIVOT without IN, a program that declares none): they are known when its rows are. */
  isDynamic: boolean;
}

export interface Graph {
  /** Every model, each after all that it reads. */
  models: ModelNode[];
  /** Sources that no model reads and no output publishes. */
  unusedSources: string[];
  problems: Problem[];
}

/** Reads and orders all models. Problems are collected, not thrown; with errors among them the order is not to be used. */
export async function buildGraph(pipeline: LoadedPipeline, engine: Queryable, programs: Programs): Promise<Graph> {
  const { files, problems } = await readModelFiles(pipeline);
  const known = [...Object.keys(pipeline.spec.sources ?? {}), ...modelNames(files, pipeline)];
  const parsed = await Promise.all(files.map((file) => parseModel(file, { pipeline, engine, programs, known })));
  const nodes = new Map(parsed.flatMap(({ node }) => (node ? [[node.name, node] as const] : [])));
  const found = [...problems, ...parsed.flatMap((result) => result.problems)];
  for (const { node, tables } of parsed) if (node) found.push(...unknownTables(tables, known, node.name));
  found.push(...unknownRelated(pipeline, known));
  const { order, cycles } = sortByReads(nodes);
  found.push(...cycles.map((cycle) => cycleProblem(cycle, nodes)));
  // What a broken query reads is not known, so nothing can be called unused.
  const broken = found.some((problem) => problem.severity === "error");
  const unused = broken ? { sources: [], problems: [] } : unusedNodes(pipeline, order);
  return { models: order, unusedSources: unused.sources, problems: [...found, ...unused.problems] };
}

/** Names that may stand behind `$` in a model. */
export function parameterNames({ spec }: LoadedPipeline): string[] {
  return [...(spec.interval ? ["interval_start", "interval_end"] : []), ...Object.keys(spec.params ?? {})];
}

interface ParseModel {
  pipeline: LoadedPipeline;
  engine: Queryable;
  programs: Programs;
  /** All sources and models. */
  known: string[];
}

interface ParsedModel {
  node: ModelNode | undefined;
  tables: TableReference[];
  problems: Problem[];
}

/** Loaded when a pipeline has such a model. */
const describers: Record<Exclude<ModelFile["language"], "sql">, () => Promise<DescribeProgram>> = {
  typescript: async () => (await import("./typescript/describe.ts")).describeTypescript,
  command: async () => (await import("./command/describe.ts")).describeCommand,
  python: async () => (await import("./python/describe.ts")).describePython,
};

function parseModel(file: ModelFile, asked: ParseModel): Promise<ParsedModel> {
  const { language } = file;
  return language === "sql" ? parseQuery(file, asked) : parseProgram(file, describers[language], asked);
}

async function parseProgram(
  file: ModelFile,
  describer: () => Promise<DescribeProgram>,
  { pipeline, programs, known }: ParseModel,
): Promise<ParsedModel> {
  const describe = await describer();
  const { description, problems } = await describe({ file, pipeline, programs });
  if (!description) return { node: undefined, tables: [], problems };
  const { name } = file;
  const declared = pipeline.spec.models?.[name];
  const found = findInputs({ model: name, parameters: description.parameters, known, pipeline });
  const undeclared = description.needsColumns && !declared?.columns ? [columnsProblem(file, pipeline)] : [];
  const node: ProgramNode = {
    kind: "program",
    name,
    file,
    ready: description.ready,
    run: description.run,
    mutants: description.mutants,
    reads: found.inputs.map((input) => input.name),
    related: relatedTables(declared),
    awaits: awaitedTables(name, declared),
    isDynamic: !declared?.columns,
  };
  return { node, tables: found.inputs, problems: [...problems, ...found.problems, ...undeclared] };
}

function columnsProblem({ name, shown }: ModelFile, { where, spec }: LoadedPipeline): Problem {
  return {
    severity: "error",
    rule: "columns",
    message: `\`${name}\` is a program, and its columns are not declared`,
    hint: `Say in pipeline.yaml what it makes: models: { ${name}: { columns: { id: INT64, name: STRING } } }.`,
    where: spec.models?.[name] ? where(["models"], name) : { file: shown },
  };
}

async function parseQuery(file: ModelFile, { pipeline, engine }: ParseModel): Promise<ParsedModel> {
  const { spec, where } = pipeline;
  const declared = spec.models?.[file.name]?.depends_on;
  const { sql, tables, problems } = await parseSql(fileText(file.text, file.shown), {
    engine,
    parameters: parameterNames(pipeline),
    hasInterval: spec.interval !== undefined,
  });
  if (tables === undefined && !declared) {
    problems.push({
      severity: "error",
      rule: "depends-on",
      message: `which tables \`${file.name}\` reads cannot be seen from its query (PIVOT, for example)`,
      hint: `Say it in pipeline.yaml: models: { ${file.name}: { depends_on: [table, …] } }.`,
      where: { file: file.shown, line: 1, column: 1 },
    });
  }
  const named = (declared ?? []).map((name): TableReference => ({
    name,
    where: where(["models", file.name, "depends_on"]),
  }));
  const all = [...(tables ?? []), ...named.filter(({ name }) => !tables?.some((table) => table.name === name))];
  const node: QueryNode = {
    kind: "query",
    name: file.name,
    file,
    sql,
    reads: all.map((table) => table.name),
    related: relatedTables(spec.models?.[file.name]),
    awaits: awaitedTables(file.name, spec.models?.[file.name]),
    isDynamic: tables === undefined,
  };
  return { node, tables: all, problems };
}

function unknownTables(tables: TableReference[], known: string[], reader: string): Problem[] {
  const others = known.filter((name) => name !== reader);
  return tables
    .filter(({ name }) => !known.includes(name))
    .map(({ name, where }) => ({
      severity: "error",
      rule: "unknown-table",
      message: `there is no source or model \`${name}\``,
      hint: unknownTableHint(name, others),
      where,
    }));
}

/** Tables that checks name and that there are not. */
function unknownRelated({ spec, where }: LoadedPipeline, known: string[]): Problem[] {
  return (["sources", "models"] as const).flatMap((group) =>
    Object.entries(spec[group] ?? {}).flatMap(([name, { columns = {} }]) =>
      Object.entries<Column>(columns).flatMap(([column, { checks = [] }]) =>
        checks.flatMap(({ relationships }, i): Problem[] => {
          if (!relationships || known.includes(relationships.to)) return [];
          const path = [group, name, "columns", column, "checks", i, "relationships", "to"];
          const message = `there is no source or model \`${relationships.to}\``;
          const hint = unknownTableHint(relationships.to, known);
          return [{ severity: "error", rule: "unknown-table", message, hint, where: where(path) }];
        }),
      ),
    ),
  );
}

function unknownTableHint(name: string, known: string[]): string {
  const sameButCase = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (sameButCase) return `Write it as it is declared: \`${sameButCase}\`.`;
  if (/[/\\]|\.(csv|json|ndjson|parquet)$/i.test(name))
    return "Declare the file under `sources:` (type: file), and name the source here.";
  if (name.includes("."))
    return "Models see sources and models by their names alone: declare the table under `sources:`.";
  return known.length > 0 ? didYouMean(name, known) : "Declare it under `sources:`.";
}

/** Depth first, so that each comes after what it reads. Names in a cycle are left out of the order. */
function sortByReads(nodes: ReadonlyMap<string, ModelNode>): { order: ModelNode[]; cycles: string[][] } {
  const order: ModelNode[] = [];
  const cycles: string[][] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (name: string, path: string[]): void => {
    const node = nodes.get(name);
    if (!node || state.get(name) === "done") return;
    if (state.get(name) === "open") {
      cycles.push([...path.slice(path.indexOf(name)), name]);
      return;
    }
    state.set(name, "open");
    for (const read of [...node.reads, ...node.awaits]) visit(read, [...path, name]);
    state.set(name, "done");
    order.push(node);
  };
  for (const name of nodes.keys()) visit(name, []);
  return { order, cycles };
}

function cycleProblem(cycle: string[], nodes: ReadonlyMap<string, ModelNode>): Problem {
  const waiting = cycle.slice(0, -1).find((name, i) => !nodes.get(name)!.reads.includes(cycle[i + 1]!));
  return {
    severity: "error",
    rule: "cycle",
    message: `models ${waiting ? "wait for" : "read"} each other in a circle: ${cycle.join(" ← ")}`,
    hint: waiting
      ? `A check of \`${waiting}\` sets rows aside by what is made of \`${waiting}\` later: take \`on_fail: quarantine\` off it.`
      : "Take one of these tables out of one of the queries.",
    where: { file: nodes.get(cycle[0]!)!.file.shown },
  };
}

function unusedNodes({ spec, where }: LoadedPipeline, models: ModelNode[]): { sources: string[]; problems: Problem[] } {
  const published = Object.entries(spec.outputs ?? {}).map(([name, output]) => output.model ?? name);
  const related = Object.values(spec.sources ?? {}).flatMap(relatedTables);
  const used = new Set([...models.flatMap((model) => [...model.reads, ...model.related]), ...related, ...published]);
  const sources = Object.keys(spec.sources ?? {}).filter((name) => !used.has(name));
  const idle =
    published.length === 0 ? [] : models.filter(({ name }) => !used.has(name) && !hasChecks(spec.models?.[name]));
  const warnings: Problem[] = [
    ...sources.map((name): Problem => ({
      severity: "warning",
      rule: "unused",
      message: `no model reads the source \`${name}\``,
      hint: "Remove it, or read it.",
      where: where(["sources"], name),
    })),
    ...idle.map((model): Problem => ({
      severity: "warning",
      rule: "unused",
      message: `nothing reads or publishes the model \`${model.name}\``,
      hint: "Publish it under `outputs:`, or remove it.",
      where: { file: model.file.shown },
    })),
  ];
  return { sources, problems: warnings };
}

/** The tables that a table's checks hold its values against, each once. */
export function relatedTables(
  table: { columns?: Record<string, { checks?: DeclaredCheck[] | undefined }> | undefined } | undefined,
): string[] {
  const checks = Object.values(table?.columns ?? {}).flatMap((column) => column.checks ?? []);
  return [...new Set(checks.flatMap(({ relationships }) => relationships?.to ?? []))];
}

/** Those that must be there before rows can be taken out of the table, but for itself. */
function awaitedTables(name: string, table: Parameters<typeof relatedTables>[0]): string[] {
  const checks = Object.values(table?.columns ?? {}).flatMap((column) => column.checks ?? []);
  const quarantining = checks.filter((check) => check.on_fail === "quarantine");
  return [...new Set(quarantining.flatMap(({ relationships }) => relationships?.to ?? []))].filter((to) => to !== name);
}

/** Whether a table or any of its columns has a check. */
export function hasChecks(
  table:
    | { checks?: unknown[] | undefined; columns?: Record<string, { checks?: unknown[] | undefined }> | undefined }
    | undefined,
): boolean {
  return (
    (table?.checks?.length ?? 0) > 0 ||
    Object.values(table?.columns ?? {}).some((column) => (column.checks?.length ?? 0) > 0)
  );
}
