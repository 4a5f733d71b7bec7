import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyToNais, type ApplyToNais } from "../../../src/ship/deploy/nais/apply.ts";
import { startOidcServer, type OidcServer } from "../../servers/github-oidc.ts";
import { startHttpServer, type HttpServer } from "../../servers/http.ts";
import { plainContext } from "../../support/context.ts";
import { problemsOf } from "../../support/folder.ts";

interface Reply {
  status: number;
  body: unknown;
}

let tokens: OidcServer;
let http: HttpServer;
let replies: Reply[];
let received: { path: string; token: string; body: { resources: { metadata: { name: string } }[] } }[];
beforeEach(async () => {
  [replies, received] = [[], []];
  tokens = await startOidcServer({ repository: "navikt/trial" });
  http = await startHttpServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
      received.push({ path: request.url!, token, body: JSON.parse(Buffer.concat(parts).toString()) as never });
      const isOurs = tokens.verify(token)?.aud === "api.nais.io";
      const { status, body } = isOurs ? replies.shift()! : { status: 401, body: { error: "invalid token" } };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
});
afterEach(async () => {
  await tokens.stop();
  await http.stop();
});

const job = (name: string) => ({ apiVersion: "nais.io/v1", kind: "Naisjob", metadata: { name }, spec: {} });

function apply(order: Partial<ApplyToNais> = {}) {
  const context = { ...plainContext({ env: tokens.env }), now: () => new Date() };
  return applyToNais(
    {
      resources: [job("one"), job("two")],
      cluster: "dev-gcp",
      team: "my-team",
      origin: { revision: "abc" },
      console: http.url,
      timeout: 10_000,
      retryAfter: 5,
      ...order,
    },
    context,
  );
}

const result = (resource: string, status: string, more: object = {}) => ({
  resource,
  environmentName: "dev-gcp",
  status,
  changedFields: [{ field: "spec.image" }],
  ...more,
});

describe("the HTTP API", () => {
  test("takes the resources with a token made for it, and answers for each", async () => {
    replies = [
      { status: 200, body: { results: [result("Naisjob/one", "created"), result("Naisjob/two", "applied")] } },
    ];
    expect(await apply()).toMatchObject({
      passed: true,
      code: 0,
      state: "applied",
      resources: [
        { resource: "Naisjob/one", state: "applied" },
        { resource: "Naisjob/two", state: "applied" },
      ],
      problems: [],
    });
    expect(received[0]).toMatchObject({
      path: "/api/v1/teams/my-team/environments/dev-gcp/apply",
      body: { resources: [{ kind: "Naisjob", metadata: { name: "one" } }, { metadata: { name: "two" } }] },
    });
    expect(tokens.audiences).toEqual(["api.nais.io"]);
  });

  test("says what is unchanged", async () => {
    const same = { changedFields: [] };
    replies = [
      { status: 200, body: { results: [result("one", "applied", same), result("two", "applied", same)] } },
      { status: 200, body: { results: [result("one", "applied", same), result("two", "created", same)] } },
    ];
    expect(await apply()).toMatchObject({ passed: true, state: "unchanged", problems: [{ rule: "deploy-unchanged" }] });
    const states = (await apply()).resources.map(({ state }) => state);
    expect(states).toEqual(["unchanged", "applied"]);
  });

  test("answers 207 where some failed: every error is told", async () => {
    const failed = result("Naisjob/two", "error", { error: 'unknown field "spec.imge"' });
    replies = [{ status: 207, body: { results: [result("Naisjob/one", "applied"), failed] } }];
    expect(await apply()).toMatchObject({
      passed: false,
      code: 1,
      resources: [{ state: "applied" }, { state: "failed", errors: ['unknown field "spec.imge"'] }],
      problems: [{ message: '[deploy] Naisjob/two: unknown field "spec.imge"' }],
    });
  });

  test.each([
    [400, "kind Pod is not allowed", "no resources of this kind"],
    [403, "not authorized", "Repositories"],
    [404, "no such team", "does not have this API yet"],
  ])("refuses with %i, which is told with its cure", async (status, error, cure) => {
    replies = [{ status, body: { error } }];
    expect(await apply()).toMatchObject({
      passed: false,
      code: 4,
      problems: [
        {
          message: `[deploy] the platform answers ${status}: ${error}`,
          hint: expect.stringContaining(cure) as unknown,
        },
      ],
    });
  });

  test("refuses a misspelt environment with the one that is meant", async () => {
    replies = [{ status: 404, body: {} }];
    expect((await apply({ cluster: "dev-gpc" })).problems[0]!.hint).toContain("Did you mean `dev-gcp`?");
  });

  test("is asked again while it has trouble of its own", async () => {
    const well = { status: 200, body: { results: [result("one", "applied"), result("two", "applied")] } };
    replies = [{ status: 503, body: {} }, { status: 429, body: {} }, well];
    expect(await apply()).toMatchObject({ passed: true });
    expect(received).toHaveLength(3);
  });

  test("is asked once more with a new token where one was not taken", async () => {
    replies = [
      { status: 401, body: {} },
      { status: 401, body: { error: "expired" } },
    ];
    expect(await apply()).toMatchObject({
      code: 4,
      problems: [{ hint: expect.stringContaining("id-token") as unknown }],
    });
    expect(new Set(received.map(({ token }) => token)).size).toBe(2);
  });

  test("that cannot be reached is unavailable", async () => {
    expect(await apply({ console: "http://127.0.0.1:9", timeout: 20 })).toMatchObject({ passed: false, code: 5 });
  });

  test("is not sent more than 5 MB", async () => {
    const large = { ...job("one"), spec: { text: "x".repeat(6 * 1024 * 1024) } };
    expect(await problemsOf(() => apply({ resources: [large] }))).toMatchObject([
      { message: "[deploy] the resources have 6.0 MB, and the platform takes 5 MB at once" },
    ]);
    expect(received).toEqual([]);
  });
});
