/** What the outputs may be written with: datasets, their locations, and grants, without writing anything. */
import { tablesOf } from "../../spec/table.ts";
import type { BigQueryClient } from "../connectors/bigquery/client.ts";
import { explainRefusal } from "../connectors/bigquery/errors.ts";
import { heldPermissions, probeCreation, probeJobs } from "../connectors/bigquery/permissions.ts";
import { unlessRefused } from "../connectors/bigquery/refusal.ts";
import { formatTableName, tablePath, type TableName } from "../connectors/bigquery/table-name.ts";
import { findDataset, type Dataset } from "../publish/bigquery/dataset.ts";
import { tableProblems } from "../publish/bigquery/table-problems.ts";
import type { TableResource } from "../publish/bigquery/table-resource.ts";
import { quarantineName } from "../publish/quarantine.ts";
import { declaredState, outputTables, type DatasetName } from "../state-dataset.ts";
import { bad, good, look, note, ofProblem, type Finding } from "./finding.ts";
import type { Patient } from "./sources.ts";

interface Written {
  /** `output apps_per_env`, `quarantine`, or `state`. */
  name: string;
  path: string[];
  dataset: DatasetName;
  /** Undefined for the state's own tables. */
  table: TableName | undefined;
  /** The output's name in the file. */
  output?: string;
}

/** Of type bigquery, and the dataset of the state. */
export async function lookAtOutputs(patient: Patient, client: BigQueryClient): Promise<Finding[]> {
  const written = writtenBy(patient, client);
  const locations = new Map<string, string>();
  const looks = written.map((one) => look(one.name, () => lookAtOutput(one, { patient, client, locations })));
  const findings = (await Promise.all(looks)).flat();
  const jobs = written.length === 0 ? [] : await look("jobs", () => mayRunJobs(client, [...locations.values()][0]));
  return [...findings, ...jobs, ...oneLocation(locations)];
}

function writtenBy(patient: Patient, { project }: BigQueryClient): Written[] {
  const outputs = outputTables(patient, project).map(([output, table]): Written => ({
    name: `output ${output}`,
    path: ["outputs", output, "table"],
    dataset: table,
    table,
    output,
  }));
  const table = quarantineName(patient, project);
  const aside = table ? [{ name: "quarantine", path: ["quarantine", "table"], dataset: table, table }] : [];
  const dataset = declaredState(patient, project);
  const state = dataset ? [{ name: "state", path: ["bigquery", "state"], dataset, table: undefined }] : [];
  return [...outputs, ...aside, ...state];
}

interface Looking {
  patient: Patient;
  client: BigQueryClient;
  /** By name of what is written. */
  locations: Map<string, string>;
}

async function lookAtOutput(written: Written, looking: Looking): Promise<Finding | Finding[]> {
  const { client, patient, locations } = looking;
  const where = patient.pipeline.where(written.path);
  const { project, dataset: id } = written.dataset;
  const dataset = await findDataset({ client, name: { project, dataset: id }, patience: 0, where });
  locations.set(written.name, dataset.location);
  const shown = `${project}.${id}`;
  await explaining(shown, client, () => probeCreation(client, dataset, dataset.location));
  if (!written.table) return good(written.name, `${shown} in ${dataset.location}: its tables can be made`);
  return lookAtTable({ ...written, table: written.table, home: dataset }, looking);
}

/** Of what a publish asks of a table that is there. Source: …/bigquery/docs/access-control */
const needed = [
  "bigquery.tables.get",
  "bigquery.tables.getData",
  "bigquery.tables.update",
  "bigquery.tables.updateData",
];

/** And where `keep` asks for snapshots. Their end and their going need no more than the update of tables. */
const neededToKeep = "bigquery.tables.createSnapshot";

async function lookAtTable(
  written: Written & { table: TableName; home: Dataset },
  { client, patient }: Looking,
): Promise<Finding | Finding[]> {
  const { name, table, home } = written;
  const shown = formatTableName(table);
  const place = `${shown} in ${home.location}`;
  const existing = await explaining(shown, client, () =>
    unlessRefused(404, () => client.request<TableResource>({ path: tablePath(table) })),
  );
  if (existing === undefined) return good(name, `${place}: is not there yet, and can be made`);
  const asked = [...needed, ...(keeps(written, patient) ? [neededToKeep] : [])];
  const held = await explaining(shown, client, () => heldPermissions(client, table, asked));
  const lacking = asked.filter((permission) => !held.includes(permission));
  const unfit = unfitFor(written, existing, patient);
  if (lacking.length === 0)
    return unfit.some(({ state }) => state === "bad") ? unfit : [good(name, `${place}: can be written`), ...unfit];
  const who = (await client.account.email()) ?? "this account";
  const without = lacking.every((permission) => permission === neededToKeep)
    ? ": runs publish, and `keep` keeps nothing"
    : "";
  const message = `${place}: ${who} lacks ${lacking.join(", ")}${without}`;
  return bad(
    name,
    message,
    `Ask for roles/bigquery.dataEditor on dataset ${home.project}.${home.dataset}, for ${who}.`,
  );
}

function keeps({ output }: Written, { pipeline }: Patient): boolean {
  const spec = output === undefined ? undefined : pipeline.spec.outputs?.[output];
  return spec?.type === "bigquery" && (spec.keep ?? 0) > 0;
}

/** As a run would say it: by the columns that the file declares, for models are not run here. */
function unfitFor({ name, output, path, table }: Written, existing: TableResource, { pipeline }: Patient): Finding[] {
  const spec = output === undefined ? undefined : pipeline.spec.outputs?.[output];
  if (spec?.type !== "bigquery") return [];
  const columns = tablesOf(pipeline.spec).find((one) => one.name === (spec.model ?? output))?.columns;
  const where = pipeline.where(path);
  return tableProblems(table!, { existing, spec, columns, allowed: false, where }).map((problem) =>
    problem.severity === "warning" ? note(name, problem.message, problem.hint) : ofProblem(name, problem),
  );
}

async function explaining<T>(name: string, client: BigQueryClient, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw await explainRefusal(error, { action: "write", name, part: "doctor" }, client);
  }
}

async function mayRunJobs(client: BigQueryClient, location: string | undefined): Promise<Finding> {
  await explaining(client.project, client, () => probeJobs(client, location));
  return good("jobs", `loads and queries may run in ${client.project}`);
}

/** One transaction publishes them all. */
function oneLocation(locations: Map<string, string>): Finding[] {
  const different = new Set(locations.values());
  if (different.size < 2) return [];
  const list = [...locations].map(([name, location]) => `${name} in ${location}`).join(", ");
  return [
    bad(
      "locations",
      `they differ: ${list}`,
      "One transaction publishes all outputs: make a pipeline for each location.",
    ),
  ];
}
