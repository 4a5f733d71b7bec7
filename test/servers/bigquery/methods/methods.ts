/** The methods of the REST API that the server has; the rest is refused by name. */
import type { Handler } from "../http/call.ts";
import { getDatasetMethod, insertDataset, listDatasets, patchDataset, deleteDataset } from "./datasets.ts";
import { cancelJob, getJobMethod, insertJobMethod, listJobs } from "./jobs.ts";
import { getQueryResults, query } from "./queries.ts";
import { listRows } from "./tabledata.ts";
import { testTablePermissions } from "./permissions.ts";
import { deleteTable, getTableMethod, insertTable, listTables, patchTable, updateTable } from "./tables.ts";

export const handlers: Record<string, Handler> = {
  "datasets.delete": deleteDataset,
  "datasets.get": getDatasetMethod,
  "datasets.insert": insertDataset,
  "datasets.list": listDatasets,
  "datasets.patch": patchDataset,
  "jobs.cancel": cancelJob,
  "jobs.get": getJobMethod,
  "jobs.getQueryResults": getQueryResults,
  "jobs.insert": insertJobMethod,
  "jobs.list": listJobs,
  "jobs.query": query,
  "tabledata.list": listRows,
  "tables.delete": deleteTable,
  "tables.get": getTableMethod,
  "tables.insert": insertTable,
  "tables.list": listTables,
  "tables.patch": patchTable,
  "tables.testIamPermissions": testTablePermissions,
  "tables.update": updateTable,
};
