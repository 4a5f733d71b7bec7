/** https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets */
import { ApiError, invalid } from "../api-error.ts";
import { addDataset, dropDataset, etagOf, getDataset, type Dataset } from "../catalog/catalog.ts";
import { demand } from "../grants.ts";
import { isTrue, type Call } from "../http/call.ts";
import { demandMatch, mergePatch } from "./patch.ts";

/** What the server says itself, whatever a client sends. */
const reckoned = ["kind", "etag", "id", "selfLink", "creationTime", "lastModifiedTime", "datasetReference", "location"];

export async function insertDataset({ state, path, body, principal }: Call): Promise<unknown> {
  const project = path["projectId"]!;
  demand(state, { principal, permission: "bigquery.datasets.create", on: { project } });
  const reference = body["datasetReference"] as { datasetId?: string; projectId?: string } | undefined;
  if (!reference?.datasetId) throw invalid("Required parameter is missing: datasetReference.datasetId");
  const location = (body["location"] as string | undefined) ?? state.options.location;
  const dataset = addDataset(state.catalog, {
    project,
    id: reference.datasetId,
    location,
    resource: { ...own(body), creationTime: String(Date.now()) },
    isHidden: false,
  });
  return datasetResource(dataset);
}

export async function getDatasetMethod({ state, path, principal }: Call): Promise<unknown> {
  const [project, dataset] = [path["projectId"]!, path["datasetId"]!];
  demand(state, { principal, permission: "bigquery.datasets.get", on: { project, dataset } });
  return datasetResource(getDataset(state.catalog, project, dataset));
}

export async function listDatasets({ state, path, query }: Call): Promise<unknown> {
  const project = path["projectId"]!;
  const all = [...state.catalog.datasets.values()].filter((it) => it.project === project && !it.isHidden);
  const from = Number(query.get("pageToken") ?? 0);
  const end = from + Number(query.get("maxResults") ?? 1000);
  const datasets = all.slice(from, end).map((it) => {
    const { kind: _, etag: __, selfLink: ___, ...brief } = datasetResource(it);
    return pick({ ...brief, kind: "bigquery#dataset" }, [
      "kind",
      "id",
      "datasetReference",
      "labels",
      "location",
      "friendlyName",
    ]);
  });
  return {
    kind: "bigquery#datasetList",
    etag: etagOf(...all.map(({ id }) => id)),
    ...(datasets.length > 0 && { datasets }),
    ...(end < all.length && { nextPageToken: String(end) }),
  };
}

export async function patchDataset({ state, path, body, headers, principal }: Call): Promise<unknown> {
  const [project, id] = [path["projectId"]!, path["datasetId"]!];
  demand(state, { principal, permission: "bigquery.datasets.update", on: { project, dataset: id } });
  const dataset = getDataset(state.catalog, project, id);
  demandMatch(headers, etagOfDataset(dataset));
  dataset.resource = mergePatch(dataset.resource, own(body));
  dataset.version += 1;
  return datasetResource(dataset);
}

export async function deleteDataset({ state, path, query, principal }: Call): Promise<undefined> {
  const [project, id] = [path["projectId"]!, path["datasetId"]!];
  demand(state, { principal, permission: "bigquery.datasets.delete", on: { project, dataset: id } });
  const dataset = getDataset(state.catalog, project, id);
  if (dataset.tables.size > 0 && !isTrue(query, "deleteContents")) {
    throw new ApiError({ reason: "resourceInUse", message: `Dataset ${project}:${id} is still in use` });
  }
  await dropDataset(state.catalog, dataset);
  return undefined;
}

const own = (body: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !reckoned.includes(key)));

const pick = (from: Record<string, unknown>, keys: string[]) =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]));

const etagOfDataset = (it: Dataset) => etagOf(it.project, it.id, it.version);

function datasetResource(dataset: Dataset): Record<string, unknown> {
  const { project, id, location, resource } = dataset;
  return {
    access: [{ role: "OWNER", specialGroup: "projectOwners" }],
    ...resource,
    kind: "bigquery#dataset",
    etag: etagOfDataset(dataset),
    id: `${project}:${id}`,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${project}/datasets/${id}`,
    datasetReference: { projectId: project, datasetId: id },
    location,
    lastModifiedTime: resource["creationTime"] ?? "0",
    type: "DEFAULT",
  };
}
