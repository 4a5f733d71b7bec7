import { afterEach, beforeEach, expect, test } from "vitest";
import { status } from "../../src/commands/status.ts";
import { choosePlatform } from "../../src/ship/follow/choose-platform.ts";
import { trigger } from "../../src/commands/trigger.ts";
import { startOidcServer, type OidcServer } from "../servers/github-oidc.ts";
import { startNaisApi, type NaisApiServer } from "../servers/nais-api/server.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

// How commands come to nais' own API. What it answers: test/ship/follow/nais.test.ts.

let api: NaisApiServer;
let oidc: OidcServer;
let folder: Folder;

beforeEach(async () => {
  oidc = await startOidcServer({ now: () => new Date("2026-11-05T10:00:00Z") });
  api = await startNaisApi((token) => oidc.verify(token)?.aud === "api.nais.io");
  api.accounts.set("known", { team: "my-team", mayUpdate: true });
  api.jobs.push({ team: "my-team", environment: "prod-gcp", name: "orders", runs: [] });
  folder = await makeFolder({ "pipeline.yaml": "name: orders\nteam: my-team\n" });
});

afterEach(async () => {
  await folder.remove();
  await api.stop();
  await oidc.stop();
});

function as(env: Record<string, string>) {
  return { ...folder.context, env: { NAIS_ETL_API: api.url, ...env } };
}

test("with a token for it, it is nais' API that is asked, in the environment of the target", async () => {
  expect(await trigger({ target: "prod-gcp", json: true }, as({ NAIS_API_TOKEN: "known" }))).toBe(0);
  expect(JSON.parse(folder.printed.join(""))).toMatchObject({ run: "orders-manual-20261105100000", started: true });
  expect(api.jobs[0]?.runs.map(({ name }) => name)).toEqual(["orders-manual-20261105100000"]);
  expect(folder.effects).toEqual(["trigger.send"]);
});

test("a workflow's own token reads, and what it lacks to start a run is said", async () => {
  await status({ target: "prod-gcp" }, as(oidc.env));
  expect(folder.printed.join("")).toContain("orders (my-team, prod-gcp)");
  await expect(trigger({ target: "prod-gcp" }, as(oidc.env))).rejects.toMatchObject({
    message: expect.stringContaining("`jobs:update` is missing") as string,
  });
});

test("the command to follow a run names the cluster, and the job as it was named", async () => {
  await trigger({ target: "prod-gcp", with: "nais" }, as({ NAIS_API_TOKEN: "known" }));
  expect(folder.logged.join("")).toContain(
    "follow it: nais-etl logs --run orders-manual-20261105100000 --target prod-gcp --with nais --follow",
  );
  await trigger(
    { target: "prod-gcp", job: "orders", team: "my-team", name: "orders-2" },
    as({ NAIS_API_TOKEN: "known" }),
  );
  expect(folder.logged.join("")).toContain(
    "nais-etl logs --run orders-2 --job orders --team my-team --target prod-gcp --follow",
  );
});

test("of what was deployed, the commands name job and team: manifests of one's own have no pipeline.yaml", async () => {
  const platform = await choosePlatform({ team: "my-team", target: "prod-gcp" }, as({ NAIS_API_TOKEN: "known" }));
  expect(platform.flags?.("orders").join(" ")).toBe("--job orders --team my-team --target prod-gcp");
});

test.each([
  [{ with: "nais" }, {}, "it is not said in which cluster"],
  [{ with: "nai", target: "prod-gcp" }, {}, "--with nai is no way to ask"],
  [{ with: "nais", target: "prod-gcp" }, { NAIS_ETL_API: "" }, "TENANT_NAME is not known"],
  [{ with: "nais", target: "prod-gcp", timeout: "2 hours" }, {}, "is not a duration"],
])("with %j and %j it is said what is missing", async (options, env, message) => {
  await expect(trigger(options, as({ NAIS_API_TOKEN: "known", ...env }))).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(message) as string,
  });
});
