import { expect, test } from "vitest";
import type { BigQueryClient } from "../../../../src/etl/connectors/bigquery/client.ts";
import { explainRefusal, type Attempted } from "../../../../src/etl/connectors/bigquery/errors.ts";
import { refusalOfGrpc, refusalOfJob, Refusal } from "../../../../src/etl/connectors/bigquery/refusal.ts";
import type { EtlError } from "../../../../src/util/error.ts";

const account = "apps-per-en-nais-analys-abcdefg@prod.iam.gserviceaccount.com";
const client = {
  project: "own-project",
  account: { email: async () => account },
  api: { host: "bigquery.googleapis.com", isLoopback: false },
} as BigQueryClient;

async function explain(refusal: Refusal, attempted: Partial<Attempted> = {}) {
  const error = (await explainRefusal(
    refusal,
    { action: "read", name: "prod.products.apps", part: "source apps", ...attempted },
    client,
  )) as EtlError;
  return { message: error.message, hint: error.hint, code: error.code };
}

const refusal = (status: number, reason: string, message: string) => new Refusal({ status, reason, message });

test("403 names who, the table and the grant to ask for", async () => {
  const message =
    "Access Denied: Table prod:products.apps: User does not have bigquery.tables.getData permission for table prod:products.apps.";
  expect(await explain(refusal(403, "accessDenied", message))).toEqual({
    code: "failed",
    message: `[source apps] cannot read prod.products.apps: ${account} may not (it lacks bigquery.tables.getData)`,
    hint: `Ask for roles/bigquery.dataViewer on table prod.products.apps, for ${account}. The owner of the data grants it: in the data marketplace, or with GRANT on the table itself.`,
  });
});

test("403 of a view's query names the table behind it", async () => {
  const message =
    "Access Denied: Table prod:hidden.raw: User does not have permission to query table prod:hidden.raw, or perhaps it does not exist.";
  const { hint } = await explain(refusal(403, "accessDenied", message), { action: "query" });
  expect(hint).toContain("roles/bigquery.dataViewer on table prod.hidden.raw");
});

test("403 on jobs and read sessions is a grant on one's own project", async () => {
  const jobs =
    "Access Denied: Project own-project: User does not have bigquery.jobs.create permission in project own-project.";
  expect((await explain(refusal(403, "accessDenied", jobs))).hint).toContain(
    `Ask for roles/bigquery.jobUser on project own-project, for ${account}. On nais: a dataset under gcp.bigQueryDatasets`,
  );
  const sessions =
    "request failed: the user does not have 'bigquery.readsessions.create' permission for 'projects/own-project'";
  expect((await explain(refusalOfGrpc({ code: 7, details: sessions }))).hint).toContain(
    "roles/bigquery.readSessionUser",
  );
});

test("a dataset that is not there yet is the manifest's to make", async () => {
  const message = "Not found: Dataset own-project:apps_aggregated was not found in location europe-north1";
  expect(
    await explain(refusal(404, "notFound", "Not found: Dataset own-project:apps_aggregated"), {
      action: "publish",
      name: "own-project.apps_aggregated.apps",
      part: "publish",
    }),
  ).toMatchObject({
    message:
      "[publish] cannot publish to own-project.apps_aggregated.apps: the dataset own-project.apps_aggregated is not provisioned yet",
    hint: expect.stringContaining("Deploy the manifest first"),
  });
  expect((await explain(refusal(404, "notFound", message), { action: "query" })).message).toBe(
    "[source apps] cannot query prod.products.apps: own-project.apps_aggregated is not in location europe-north1",
  );
});

test("a table that is not there may have moved", async () => {
  expect((await explain(refusal(404, "notFound", "Not found: Table prod:products.apps"))).message).toBe(
    "[source apps] cannot read prod.products.apps: there is no prod.products.apps, or it may not be seen",
  );
});

test("tables of different locations are no single query", async () => {
  const message = "Cannot read and write in different locations: source: US, destination: EU";
  expect((await explain(refusal(400, "invalid", message), { action: "query" })).hint).toContain(
    "One query reads in one location",
  );
});

test("a wrong query is told with its place, as an error of the file", async () => {
  const failed = refusalOfJob({
    reason: "invalidQuery",
    message: "Unrecognized name: datoo; Did you mean dato? at [1:8]",
  });
  expect(await explain(failed, { action: "query", name: "`query` of apps" })).toMatchObject({
    code: "invalid",
    message: "[source apps] cannot query `query` of apps: Unrecognized name: datoo; Did you mean dato? at [1:8]",
  });
});

test("no answer is the network's, not the author's", async () => {
  expect((await explain(refusal(0, "ETIMEDOUT", "no answer (ETIMEDOUT)"))).message).toBe(
    "[source apps] cannot read prod.products.apps: bigquery.googleapis.com gives no answer (ETIMEDOUT)",
  );
});

test("what is none of BigQuery's is left as it is", async () => {
  const error = new Error("other");
  expect(await explainRefusal(error, { action: "read", name: "t", part: "p" }, client)).toBe(error);
});
