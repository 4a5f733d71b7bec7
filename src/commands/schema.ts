/** `nais-etl schema`: the declared columns in another format; `--format pipeline` is the JSON Schema of pipeline.yaml. */
import { readdir } from "node:fs/promises";
import { join, parse, relative, resolve } from "node:path";
import { writeManifests } from "../ship/manifest/yaml.ts";
import { findPipeline } from "../spec/find.ts";
import { bigquerySchema } from "../spec/formats/bigquery.ts";
import { cqlTable } from "../spec/formats/cql.ts";
import { duckdbTable } from "../spec/formats/duckdb.ts";
import { rowJsonSchema } from "../spec/formats/json-schema.ts";
import { markdownPage } from "../spec/formats/markdown.ts";
import { odcsContract } from "../spec/formats/odcs.ts";
import { postgresTable } from "../spec/formats/postgres.ts";
import { typescriptInterface } from "../spec/formats/typescript.ts";
import { formatJsonSchema, pipelineJsonSchema } from "../spec/json-schema.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { tablesOf, type Table } from "../spec/table.ts";
import { localTarget } from "../spec/target.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { trustedFolder, writeBelow } from "../util/write-below.ts";
import { didYouMean, nearest } from "../util/suggest.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface SchemaOptions {
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** The part of `targets:` to merge; `local` by default. */
  target?: string | undefined;
  /** A source or model; by default all that declare columns. */
  model?: string | undefined;
  /** `bigquery` by default. */
  format?: string | undefined;
  /** Write the types of TypeScript models beside them. */
  types?: boolean | undefined;
  /** Folder to write to instead of printing. */
  output?: string | undefined;
}

interface Format {
  /** The end of a file's name. */
  ending: string;
  /** What stands for one table: a text, or an object that is written as JSON. */
  format: (table: Table) => string | object;
  /** Without a model's name: only the tables that an output publishes. */
  publishedOnly?: boolean;
}

const formats: Record<string, Format> = {
  bigquery: { ending: "bigquery.json", format: bigquerySchema },
  duckdb: { ending: "duckdb.sql", format: duckdbTable },
  postgres: { ending: "postgres.sql", format: postgresTable, publishedOnly: true },
  cql: { ending: "cql", format: cqlTable, publishedOnly: true },
  "json-schema": { ending: "schema.json", format: rowJsonSchema },
  typescript: { ending: "d.ts", format: typescriptInterface },
  markdown: { ending: "md", format: markdownPage },
};
const formatNames = [...Object.keys(formats), "odcs", "pipeline"];

interface File {
  name: string;
  text: string;
}

/** @throws {EtlError} `usage` for an unknown format or model, or a model that declares no columns. */
export async function schema(options: SchemaOptions, context: Context): Promise<void> {
  if (options.types) return writeModelTypes(options, context);
  const { format = "bigquery", output } = options;
  assertFormat(format);
  const files = await filesOf(format, options, context);
  if (output === undefined) return context.print(printed(format, files));
  const folder = resolve(context.cwd, output);
  await context.effect("schema.write", async () => {
    for (const { name, text } of files)
      await writeBelow({ folder: trustedFolder(folder, context.cwd), path: join(folder, name), data: text });
  });
  for (const { name } of files) context.log.info(`wrote ${relative(context.cwd, join(folder, name))}`);
}

/** Loaded when asked for: it brings the engine, which knows what SQL models make. */
async function writeModelTypes(options: SchemaOptions, context: Context): Promise<void> {
  const pipeline = await loadPipeline({ file: await findPipeline(options, context), target: localTarget }, context);
  const { modelTypes } = await import("../etl/model-types.ts");
  const { writeTypes } = await import("../etl/transform/typescript/types-file.ts");
  const file = await modelTypes(pipeline, context);
  if (!file) {
    const hint = "Types are for models in models/NAME.ts.";
    throw new EtlError({ code: "usage", message: "the pipeline has no model in TypeScript", hint });
  }
  await writeTypes(file, context);
  context.log.info(`wrote ${file.shown}`);
}

async function filesOf(format: string, options: SchemaOptions, context: Context): Promise<File[]> {
  if (format === "pipeline") return [{ name: "pipeline.schema.json", text: formatJsonSchema(pipelineJsonSchema()) }];
  const file = await findPipeline(options, context);
  const pipeline = await loadPipeline({ file, target: options.target ?? localTarget }, context);
  const publishedOnly = format === "odcs" || (formats[format]?.publishedOnly ?? false);
  const tables = await chooseTables(pipeline, { model: options.model, publishedOnly });
  if (format === "odcs") {
    const contract = writeManifests([{ manifest: odcsContract(pipeline.spec, tables) }]);
    return [{ name: `${pipeline.spec.name}.odcs.yaml`, text: contract }];
  }
  const { ending, format: make } = formats[format]!;
  return tables.map((table) => ({ name: `${table.name}.${ending}`, text: asText(make(table)) }));
}

function asText(made: string | object): string {
  return typeof made === "string" ? `${made}\n` : `${JSON.stringify(made, undefined, 2)}\n`;
}

/** Several tables in JSON are one object, by name; in anything else they follow on each other. */
function printed(format: string, files: File[]): string {
  const isJson = files.every(({ name }) => name.endsWith(".json"));
  if (files.length === 1 || !isJson) return files.map(({ text }) => text.trimEnd()).join("\n\n");
  const ending = `.${formats[format]!.ending}`;
  const entries = files.map(({ name, text }) => [name.slice(0, -ending.length), JSON.parse(text)]);
  return JSON.stringify(Object.fromEntries(entries), undefined, 2);
}

function assertFormat(format: string): void {
  if (formatNames.includes(format)) return;
  throw new EtlError({
    code: "usage",
    message: `\`${format}\` is not a format`,
    hint: nearestOf(format, formatNames),
  });
}

interface Choice {
  model: string | undefined;
  publishedOnly: boolean;
}

async function chooseTables(pipeline: LoadedPipeline, { model, publishedOnly }: Choice): Promise<Table[]> {
  const tables = tablesOf(pipeline.spec);
  const chosen =
    model === undefined
      ? tables.filter(({ outputs }) => outputs.length > 0 || !publishedOnly)
      : tables.filter(({ name }) => name === model);
  if (chosen.length > 0) return chosen;
  throw model === undefined ? noColumns(pipeline, publishedOnly) : await noTable(pipeline, { model, tables });
}

function noColumns(pipeline: LoadedPipeline, publishedOnly: boolean): EtlError {
  return new EtlError({
    code: "usage",
    message: `no ${publishedOnly ? "published model" : "source or model"} in ${pipeline.shownFile} declares columns`,
    hint: "Declare them: models: { NAME: { columns: { dato: DATE, env: STRING } } }.",
    where: pipeline.where([]),
  });
}

async function noTable(
  pipeline: LoadedPipeline,
  { model, tables }: { model: string; tables: Table[] },
): Promise<EtlError> {
  const { sources = {}, models = {} } = pipeline.spec;
  const group = Object.hasOwn(sources, model) ? "sources" : "models";
  const isDeclared = Object.hasOwn({ ...sources, ...models }, model);
  if (isDeclared || (await modelFiles(pipeline)).includes(model)) {
    return new EtlError({
      code: "usage",
      message: `\`${model}\` declares no columns`,
      hint: `Declare them in ${pipeline.shownFile}: ${group}: { ${model}: { columns: { dato: DATE, env: STRING } } }.`,
      where: pipeline.where(isDeclared ? [group, model] : [group]),
    });
  }
  const names = tables.map(({ name }) => name);
  return new EtlError({
    code: "usage",
    message: `there is no source or model \`${model}\``,
    hint: nearestOf(model, names),
  });
}

/** The nearest, and all of them. */
function nearestOf(word: string, known: string[]): string {
  const near = nearest(word, known);
  return [...(near === undefined ? [] : [`Did you mean \`${near}\`?`]), didYouMean("", known)].join("\n");
}

/** Names of the models that have a file; a file needs no entry in pipeline.yaml. */
async function modelFiles({ folder }: LoadedPipeline): Promise<string[]> {
  const files = await readdir(join(folder, "models")).catch(() => []);
  return files.map((file) => parse(file).name);
}
