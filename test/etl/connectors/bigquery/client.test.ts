import { expect, test } from "vitest";
import { openBigQuery } from "../../../../src/etl/connectors/bigquery/client.ts";
import { plainContext } from "../../../support/context.ts";
import { refused, scripted } from "./scripted.ts";

const open = (settings: Record<string, string>, env: Record<string, string> = {}) =>
  openBigQuery({
    settings: { api_endpoint: "http://127.0.0.1:1", ...settings },
    context: plainContext({ env }),
    labels: {},
    where: (key) => ({ file: "pipeline.yaml", line: key.length }),
  });

test("a request goes to the endpoint without credentials where that is this machine", async () => {
  await using server = await scripted([{ body: { id: "t" } }]);
  expect(await server.client.request({ path: "projects/p/datasets/d/tables/t", query: { view: "BASIC" } })).toEqual({
    id: "t",
  });
  const [{ method, path, query, headers }] = server.asked as [(typeof server.asked)[0]];
  expect({ method, path, query }).toEqual({
    method: "GET",
    path: "/bigquery/v2/projects/p/datasets/d/tables/t",
    query: { view: "BASIC", prettyPrint: "false" },
  });
  expect(headers.authorization).toBeUndefined();
  expect(headers["user-agent"]).toMatch(/^nais-etl\/\d/);
});

test("503, 429, a rate limit of 403 and a dropped connection pass by themselves", async () => {
  await using server = await scripted([
    refused(503, "backendError"),
    refused(429, "rateLimitExceeded"),
    refused(403, "rateLimitExceeded"),
    "drop",
    { body: { done: true } },
  ]);
  expect(await server.client.request({ path: "x" })).toEqual({ done: true });
  expect(server.asked).toHaveLength(5);
});

test("an expired token is renewed once, and refused the second time", async () => {
  await using server = await scripted([refused(401, "authError"), { body: { done: true } }]);
  expect(await server.client.request({ path: "x" })).toEqual({ done: true });
  await using other = await scripted([refused(401, "authError")]);
  await expect(other.client.request({ path: "x" })).rejects.toMatchObject({ status: 401 });
  expect(other.asked).toHaveLength(2);
});

test("what is refused for good is told at once, with its reason", async () => {
  await using server = await scripted([refused(404, "notFound", "Not found: Table p:d.t")]);
  await expect(server.client.request({ path: "x" })).rejects.toMatchObject({
    status: 404,
    reason: "notFound",
    message: "Not found: Table p:d.t",
  });
  expect(server.asked).toHaveLength(1);
});

test("nothing listens: on this machine nobody waits for that", async () => {
  const server = await scripted([{}]);
  await server[Symbol.asyncDispose]();
  await expect(server.client.request({ path: "x" })).rejects.toMatchObject({ status: 0, reason: "ECONNREFUSED" });
});

test("a run that is told to stop ends a request under way, and one to leave nothing behind is sent all the same", async () => {
  const stop = new AbortController();
  await using server = await scripted(["hang", { body: { gone: true } }], { signal: stop.signal });
  const asking = server.client.request({ path: "x" });
  setTimeout(() => stop.abort(new Error("stopped by SIGTERM")), 50);
  await expect(asking).rejects.toThrow("stopped by SIGTERM");
  expect(await server.client.request({ path: "y", evenIfStopped: true })).toEqual({ gone: true });
});

test("a server that does not answer in time is asked again", async () => {
  await using server = await scripted(["hang", { body: { done: true } }]);
  expect(await server.client.request({ path: "x", timeout: 100 })).toEqual({ done: true });
});

test("the project is the file's, else the one of the team on nais, else of the environment", async () => {
  const both = { GCP_TEAM_PROJECT_ID: "team", GOOGLE_CLOUD_PROJECT: "other" };
  expect((await open({ project: "file" }, both)).project).toBe("file");
  expect((await open({}, both)).project).toBe("team");
  expect((await open({}, { GOOGLE_CLOUD_PROJECT: "other" })).project).toBe("other");
  await expect(open({})).rejects.toThrow("it is not known which Google project pays for queries");
});

test("labels hold only what BigQuery takes", async () => {
  const { labels } = await openBigQuery({
    settings: { project: "p", api_endpoint: "http://[::1]:1" },
    context: plainContext(),
    labels: { pipeline: "Årlig.x", run: `2022-01-20T07:00Z${"x".repeat(80)}` },
    where: () => ({ file: "pipeline.yaml" }),
  });
  expect(labels).toEqual({ pipeline: "årlig-x", run: `2022-01-20t07-00z${"x".repeat(46)}` });
});

test("plain HTTP to another machine is refused: it would be sent our token", async () => {
  await expect(open({ project: "p", api_endpoint: "http://example.com" })).rejects.toMatchObject({
    message: "`bigquery.api_endpoint` is plain HTTP to another machine: http://example.com",
    where: { file: "pipeline.yaml", line: "api_endpoint".length },
  });
  await expect(open({ project: "p", storage_endpoint: "http://127.0.0.1.example.com" })).rejects.toThrow("plain HTTP");
  await expect(open({ project: "p", api_endpoint: "https://h/with/path" })).rejects.toThrow("is not an address");
});

test("a host that is not Google's is refused: it would be sent our token", async () => {
  const evil = [
    "https://evil.example.com",
    "https://googleapis.com.evil.no",
    "https://evilgoogleapis.com",
    "https://a.googleapis.com@evil.no",
  ];
  for (const api_endpoint of evil)
    await expect(open({ project: "p", api_endpoint })).rejects.toThrow("would send the job's Google token to");
  await expect(open({ project: "p", storage_endpoint: "evil.no:443" })).rejects.toMatchObject({
    code: "invalid",
    message: "`bigquery.storage_endpoint` would send the job's Google token to evil.no, which is not Google's",
    where: { file: "pipeline.yaml", line: "storage_endpoint".length },
  });
});

test("Google's regional and private hosts may have it, and those that the environment names", async () => {
  const google = ["https://bigquery.europe-north1.rep.googleapis.com", "bigquerystorage-mine.p.googleapis.com"];
  for (const storage_endpoint of google) expect(await open({ project: "p", storage_endpoint })).toBeDefined();
  const env = { NAIS_ETL_GOOGLE_HOSTS: "other.no, Proxy.example.com" };
  const { storage } = await open({ project: "p", storage_endpoint: "https://proxy.example.com:8443" }, env);
  expect(storage).toMatchObject({ host: "proxy.example.com", port: 8443 });
});
