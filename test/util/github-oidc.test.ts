import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { githubToken, mayAskGithub } from "../../src/util/github-oidc.ts";
import { requestToken, startOidcServer, type OidcServer } from "../servers/github-oidc.ts";
import { startHttpServer } from "../servers/http.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let oidc: OidcServer;
let folder: Folder;
beforeEach(async () => {
  [oidc, folder] = await Promise.all([startOidcServer(), makeFolder()]);
});
afterEach(() => Promise.all([oidc.stop(), folder.remove()]));

const at = (env: Record<string, string>) => ({ ...folder.context, env });

describe("a token of GitHub", () => {
  test("is for the audience that is named, and masked before anyone has it", async () => {
    const context = at(oidc.env);
    const { token, expires, subject } = await githubToken("https://x.no/a?b&c", context);
    expect(oidc.verify(token)).toMatchObject({ aud: "https://x.no/a?b&c", sub: subject });
    expect(expires).toEqual(new Date(oidc.verify(token)!.exp * 1000));
    expect(oidc.asked).toMatchObject([
      {
        path: "/token?api-version=2.0&audience=https%3A%2F%2Fx.no%2Fa%3Fb%26c",
        headers: { authorization: `Bearer ${requestToken}` },
      },
    ]);
    context.log.info(`${token} ${requestToken}`);
    expect(folder.logged).toEqual(["*** ***\n"]);
  });

  test("is asked for again where GitHub is out of order for a moment", async () => {
    oidc.faults.push(503, 429);
    await githubToken("hookd", at(oidc.env));
    expect(oidc.asked).toHaveLength(3);
  });

  test("that is refused is not, and the error holds no token", async () => {
    oidc.faults.push(403);
    const problems = await problemsOf(() => githubToken("hookd", at(oidc.env)));
    expect(problems).toMatchObject([{ message: "[github] GitHub gives no token: it answers 403" }]);
    expect(oidc.asked).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain(requestToken);
  });

  test.each([{ value: "no.token" }, { value: 1 }, {}, "text", null])("that is none is told: %j", async (answer) => {
    const server = await startHttpServer((_, response) => void response.end(JSON.stringify(answer)));
    const context = at({ ...oidc.env, ACTIONS_ID_TOKEN_REQUEST_URL: server.url });
    const problems = await problemsOf(() => githubToken("hookd", context)).finally(() => server.stop());
    expect(problems).toMatchObject([{ message: "[github] GitHub's answer holds no token" }]);
  });

  test("is not asked for over plain HTTP of another machine", async () => {
    const context = at({ ...oidc.env, ACTIONS_ID_TOKEN_REQUEST_URL: "http://192.0.2.1/" });
    expect(await problemsOf(() => githubToken("hookd", context))).toMatchObject([
      { message: expect.stringContaining("is not an address with https://") },
    ]);
  });
});

describe("a job that may have none", () => {
  const job = { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "navikt/orders" };

  test("is told the permission to add", async () => {
    expect(mayAskGithub({ env: job })).toBe(false);
    const [problem] = await problemsOf(() => githubToken("hookd", at(job)));
    expect(problem!.hint).toContain("permissions:\n  contents: read\n  id-token: write");
  });

  test.each([
    ["a fork", { repo: { full_name: "somebody/orders" } }],
    ["a fork that was deleted", { repo: null }],
  ])("of %s is told that GitHub gives it none", async (_, head) => {
    await folder.write("event.json", JSON.stringify({ pull_request: { head } }));
    const [problem] = await problemsOf(() =>
      githubToken("hookd", at({ ...job, GITHUB_EVENT_PATH: `${folder.path}/event.json` })),
    );
    expect(problem!.hint).toContain("pull request of a fork");
    expect(problem!.hint).not.toContain("id-token");
  });

  test("of a pull request of the repository itself is told the permission", async () => {
    const head = { repo: { full_name: "navikt/orders" } };
    await folder.write("event.json", JSON.stringify({ pull_request: { head } }));
    const env = { ...job, GITHUB_EVENT_PATH: `${folder.path}/event.json` };
    expect((await problemsOf(() => githubToken("hookd", at(env))))[0]!.hint).toContain("id-token: write");
  });

  test("outside GitHub Actions is told so", async () => {
    const [problem] = await problemsOf(() => githubToken("hookd", at({})));
    expect(problem).toMatchObject({ message: expect.stringContaining("not a job of GitHub Actions") });
  });
});
