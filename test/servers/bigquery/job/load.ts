/** https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#jobconfigurationload */
import { statSync } from "node:fs";
import { ApiError, invalid, notHere } from "../api-error.ts";
import { dropPhysical } from "../catalog/physical.ts";
import { findTable, getDataset } from "../catalog/catalog.ts";
import type { TableName } from "../catalog/name.ts";
import { measure } from "../catalog/size.ts";
import type { Session } from "../database.ts";
import { demand } from "../grants.ts";
import type { State } from "../state.ts";
import { assign } from "../value/assign.ts";
import { duckType, quote, quoteText } from "../value/type.ts";
import { normaliseFields, typeOfField, type Field } from "../value/field.ts";
import type { Job } from "./job.ts";
import { rewriteNdjson, selectNdjson } from "./ndjson.ts";
import { readParquetSchema } from "./parquet.ts";
import { place } from "./place.ts";

type Json = Record<string, any>;

interface Load {
  state: State;
  job: Job;
  /** The uploaded file. */
  media: string;
  name: TableName;
  options: Json;
}

/** Checks what BigQuery checks before it answers. @returns the work that follows */
export function prepareLoad({ state, job, media }: { state: State; job: Job; media?: string }): () => Promise<void> {
  const options = job.configuration["load"] as Json;
  if (options["sourceUris"]) throw notHere("loads from Cloud Storage: it takes uploads");
  if (media === undefined) throw invalid("Load configuration must specify at least one source URI");
  const { projectId, datasetId, tableId } = (options["destinationTable"] ?? {}) as Json;
  if (!projectId || !datasetId || !tableId) throw invalid("Required parameter is missing: destinationTable");
  const name: TableName = { project: projectId, dataset: datasetId, table: tableId };
  const { principal } = job;
  demand(state, { principal, permission: "bigquery.tables.updateData", on: name });
  getDataset(state.catalog, name.project, name.dataset, job.location);
  if (!findTable(state.catalog, name)) demand(state, { principal, permission: "bigquery.tables.create", on: name });
  return () => load({ state, job, media, name, options });
}

async function load(parts: Load): Promise<void> {
  const { state, job, media, name, options } = parts;
  const staged = state.catalog.nextPhysical();
  try {
    const fields = await state.database.with((session) => stage(parts, session, staged));
    await place({ state, job, name, options, staged, fields });
    const { rows, bytes } = await state.database.with((session) => measure(session, staged, fields));
    job.statistics["load"] = {
      inputFiles: "1",
      inputFileBytes: String(statSync(media).size),
      outputRows: String(rows),
      outputBytes: String(bytes),
      badRecords: "0",
    };
    job.statistics["totalBytesProcessed"] = "0";
    options["schema"] ??= { fields };
  } catch (error) {
    throw asLoadError(error);
  } finally {
    await dropPhysical(state.catalog, staged);
  }
}

/** What an expression of ours refused says what BigQuery says. */
function asLoadError(error: unknown): unknown {
  if (error instanceof ApiError || !(error instanceof Error)) return error;
  const message = error.message.replace(/^(Invalid Input|Conversion) Error: /, "").split("\n")[0]!;
  return invalid(`Error while reading data, error message: ${message}`);
}

/** Reads the file into a table of its own. @returns its columns */
async function stage({ state, media, name, options }: Load, session: Session, staged: string): Promise<Field[]> {
  const given = options["schema"]?.fields as Field[] | undefined;
  const known = findTable(state.catalog, name);
  const declared = given ? normaliseFields(given) : undefined;
  const format = options["sourceFormat"] ?? "CSV";
  if (format === "PARQUET") return stageParquet({ session, media, staged, options, declared, known: known?.fields });
  if (format !== "NEWLINE_DELIMITED_JSON") throw notHere(`loads of ${format}`);
  const fields = declared ?? known?.fields;
  if (!fields)
    throw options["autodetect"]
      ? notHere("schemas detected from JSON")
      : invalid("No schema specified on job or table.");
  return stageNdjson({ session, media, staged, options, fields });
}

interface ParquetStage {
  session: Session;
  media: string;
  staged: string;
  options: Json;
  declared: Field[] | undefined;
  known: Field[] | undefined;
}

async function stageParquet({ session, media, staged, options, declared, known }: ParquetStage): Promise<Field[]> {
  const listInference = options["parquetOptions"]?.enableListInference === true;
  const file = await readParquetSchema(session, media, listInference);
  // Without a schema, the file's columns are taken, with the types of the table's columns where it has them.
  const fields =
    declared ??
    file.detected.map((it) => known?.find(({ name }) => name.toLowerCase() === it.name.toLowerCase()) ?? it);
  const columns = fields.map((field) => {
    const found = file.expression(field) ?? `CAST(NULL AS ${duckType(typeOfField(field))})`;
    return `${assign(field, found)} AS ${quote(field.name)}`;
  });
  await session.run(`CREATE TABLE ${staged} AS SELECT ${columns.join(", ")} FROM read_parquet(${quoteText(media)})`);
  return fields;
}

interface NdjsonStage {
  session: Session;
  media: string;
  staged: string;
  options: Json;
  fields: Field[];
}

async function stageNdjson({ session, media, staged, options, fields }: NdjsonStage): Promise<Field[]> {
  const rewritten = `${media}.ndjson`;
  await rewriteNdjson({
    from: media,
    to: rewritten,
    fields,
    ignoreUnknownValues: options["ignoreUnknownValues"] === true,
  });
  const columns = fields.map((field) => `${assign(field, quote(field.name))} AS ${quote(field.name)}`);
  await session.run(`CREATE TABLE ${staged} AS SELECT ${columns.join(", ")} FROM (${selectNdjson(rewritten, fields)})`);
  return fields;
}
