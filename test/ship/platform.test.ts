import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { platformOf, type PlatformSetting } from "../../src/ship/platform.ts";
import { json, startHttpServer, type HttpServer } from "../servers/http.ts";
import { plainContext } from "../support/context.ts";
import { problemsOf } from "../support/folder.ts";

const file = {
  DEPLOY_SERVER: "deploy.nav.example:443",
  NAIS_MANAGEMENT_PROJECT_ID: "nais-management-1",
  NAIS_WORKLOAD_IDENTITY_PROVIDER: "projects/1/locations/global/workloadIdentityPools/p/providers/g",
  TENANT_NAME: "nav",
};
const all: PlatformSetting[] = ["deployServer", "managementProject", "workloadIdentityProvider", "tenant"];

let server: HttpServer;
let fault: number | undefined;
let text: string | undefined;
beforeEach(async () => {
  [fault, text] = [undefined, undefined];
  server = await startHttpServer((request, response) => {
    const status = request.url === "/github-deploy-data/navikt.json" ? fault : 404;
    fault = undefined;
    if (status !== undefined) response.writeHead(status).end();
    else if (text !== undefined) response.end(text);
    else json(response, file);
  });
});
afterEach(() => server.stop());

const context = (env: Record<string, string> = {}) => plainContext({ env: { NAIS_ETL_PLATFORM: server.url, ...env } });

const tenantProblems = () => problemsOf(() => platformOf({ owner: "navikt", needs: ["tenant"] }, context()));

describe("the platform's settings", () => {
  test("stand in the file of the organisation", async () => {
    expect(await platformOf({ owner: "navikt", needs: all }, context())).toEqual({
      deployServer: "deploy.nav.example:443",
      managementProject: "nais-management-1",
      workloadIdentityProvider: "projects/1/locations/global/workloadIdentityPools/p/providers/g",
      tenant: "nav",
    });
  });

  test("are those of the repository's owner", async () => {
    const { tenant } = await platformOf({ needs: ["tenant"] }, context({ GITHUB_REPOSITORY: "navikt/orders" }));
    expect(tenant).toBe("nav");
  });

  test("of the environment go first, and what it says whole is not looked up", async () => {
    const env = { TENANT_NAME: "own", DEPLOY_SERVER: "" };
    expect(await platformOf({ owner: "navikt", needs: ["tenant"] }, context(env))).toEqual({ tenant: "own" });
    expect(server.asked).toEqual([]);
    const both = await platformOf({ owner: "navikt", needs: ["tenant", "deployServer"] }, context(env));
    expect(both).toEqual({ tenant: "own", deployServer: "deploy.nav.example:443" });
  });

  test("are asked for again where the server is out of order for a moment", async () => {
    fault = 503;
    expect(await platformOf({ owner: "navikt", needs: ["tenant"] }, context())).toEqual({ tenant: "nav" });
  });
});

describe("settings that are not known", () => {
  test("are told by name, all of them, with the organisation", async () => {
    expect(await problemsOf(() => platformOf({ owner: "a/../navikt", needs: all }, context()))).toMatchObject([
      { message: `[platform] ${Object.keys(file).join(", ")} is not known for a/../navikt` },
    ]);
    expect(server.asked[0]!.path).toBe("/github-deploy-data/a%2F..%2Fnavikt.json");
  });

  test("for nobody say how to give them", async () => {
    expect(await problemsOf(() => platformOf({ needs: ["tenant"] }, context()))).toMatchObject([
      {
        message: "[platform] TENANT_NAME is not known",
        hint: expect.stringContaining("give TENANT_NAME as a variable"),
      },
    ]);
  });

  test("are no guess where the file is none, or the server refuses", async () => {
    text = "<html>";
    expect(await tenantProblems()).toMatchObject([{ message: expect.stringContaining("it is no JSON") }]);
    fault = 400;
    expect(await tenantProblems()).toMatchObject([{ message: expect.stringContaining("status 400") }]);
  });

  test("are not read over plain HTTP of another machine", async () => {
    const env = { NAIS_ETL_PLATFORM: "http://192.0.2.1" };
    expect(await problemsOf(() => platformOf({ owner: "navikt", needs: ["tenant"] }, context(env)))).toMatchObject([
      { message: expect.stringContaining("plain HTTP to another machine") },
    ]);
  });
});
