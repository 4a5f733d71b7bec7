/** BigQuery datasets that the platform makes for the pipeline: those of its outputs, in the team's own project. */
import type { Problem } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Path } from "../../spec/document.ts";
import type { Pipeline } from "../../spec/pipeline.ts";

interface TableUse {
  table: string;
  path: Path;
  /** Whether someone else makes the dataset. */
  unmanaged?: boolean;
}

/** Names of the datasets, sorted; and outputs whose dataset nobody would make. */
export function datasetsOf(pipeline: LoadedPipeline): { names: string[]; problems: Problem[] } {
  const names = new Set<string>();
  const problems: Problem[] = [];
  for (const use of tableUses(pipeline.spec)) {
    if (use.unmanaged) continue;
    const { dataset, isOwn } = splitTable(use.table, pipeline.spec);
    if (dataset.includes("${")) problems.push(unknownDataset(use, pipeline));
    else if (isOwn && !isDatasetName(dataset)) problems.push(badDataset({ use, dataset, pipeline }));
    else if (isOwn) names.add(dataset);
    else problems.push(foreignDataset(use, pipeline));
  }
  return { names: [...names].toSorted(), problems: [...problems, ...locationProblem(pipeline, names)] };
}

const platformLocation = "europe-north1";

/** A job that runs in one location finds no dataset in another. */
function locationProblem({ spec, where }: LoadedPipeline, names: ReadonlySet<string>): Problem[] {
  const location = spec.bigquery?.location;
  const [name] = names;
  if (location === undefined || location.toLowerCase() === platformLocation || name === undefined) return [];
  return [
    {
      severity: "error",
      rule: "dataset-location",
      message: `the platform makes the dataset \`${name}\` in ${platformLocation}, not in ${location}`,
      hint: `Remove \`location\`, or write \`dataset: { managed: false }\` beside outputs whose dataset is there already.`,
      where: where(["bigquery", "location"]),
    },
  ];
}

function tableUses({ outputs, bigquery, quarantine }: Pipeline): TableUse[] {
  const uses = Object.entries(outputs ?? {}).flatMap(([name, output]): TableUse[] =>
    output.type === "bigquery"
      ? [{ table: output.table, path: ["outputs", name, "table"], unmanaged: output.dataset?.managed === false }]
      : [],
  );
  if (bigquery?.state !== undefined) uses.push({ table: `${bigquery.state}.state`, path: ["bigquery", "state"] });
  if (quarantine && uses.length > 0) uses.push({ table: quarantine.table, path: ["quarantine", "table"] });
  return uses;
}

/** `dataset.table`, or `project.dataset.table` where the project is the one that holds the outputs. */
function splitTable(table: string, { bigquery }: Pipeline): { dataset: string; isOwn: boolean } {
  const parts = table.split(".");
  const dataset = parts.at(-2) ?? "";
  const project = parts.slice(0, -2).join(".");
  return { dataset, isOwn: project === "" || project === bigquery?.project };
}

/** What the platform takes as the name of a dataset that it makes; BigQuery itself takes more. */
function isDatasetName(text: string): boolean {
  return /^[a-z0-9][a-z0-9_]+$/.test(text);
}

function badDataset({ use, dataset, pipeline }: { use: TableUse; dataset: string; pipeline: LoadedPipeline }): Problem {
  return {
    severity: "error",
    rule: "dataset-name",
    message: `the platform makes no dataset of the name \`${dataset}\``,
    hint: "Write small letters, digits and _, at least two; or `dataset: { managed: false }` if the dataset is there already.",
    where: pipeline.where(use.path),
  };
}

function foreignDataset({ table, path }: TableUse, { where }: LoadedPipeline): Problem {
  return {
    severity: "error",
    rule: "dataset-not-provisioned",
    message: `\`${table}\` is in another project, where the manifest makes no dataset`,
    hint: "Write `dataset: { managed: false }` beside it if the dataset is there already, or leave the project out to write to the team's own.",
    where: where(path),
  };
}

function unknownDataset({ table, path }: TableUse, { where }: LoadedPipeline): Problem {
  return {
    severity: "error",
    rule: "dataset-not-provisioned",
    message: `which dataset \`${table}\` means is known only when the pipeline runs, so the manifest cannot make it`,
    hint: "Write the dataset's name, with one part under `targets:` for each cluster where it differs; or `dataset: { managed: false }`.",
    where: where(path),
  };
}
