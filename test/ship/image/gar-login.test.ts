import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pushAccount } from "../../../src/ship/image/gar-login.ts";
import { loginFor } from "../../../src/ship/image/login.ts";
import type { Problem } from "../../../src/util/error.ts";
import { requestToken, startOidcServer, type OidcServer } from "../../servers/github-oidc.ts";
import { federatedToken, provider, startGoogleLogin, type GoogleLoginServer } from "../../servers/google-login.ts";
import { makeFolder, problemsOf, type Folder } from "../../support/folder.ts";

// The whole way into the team's registry, with Google's own library, against servers on this machine.

const accessToken = "access-token-of-the-team";
const account = "gar-nada-41a6@nais-management-1.iam.gserviceaccount.com";
const image = { registry: "europe-north1-docker.pkg.dev", repository: "nais-management-1/nada/orders" };

let oidc: OidcServer;
let google: GoogleLoginServer;
let folder: Folder;
beforeEach(async () => {
  [oidc, folder] = await Promise.all([startOidcServer(), makeFolder()]);
  google = await startGoogleLogin({ oidc, accounts: [account], accessToken });
});
afterEach(() => Promise.all([oidc.stop(), google.stop(), folder.remove()]));

const env = () => ({
  ...oidc.env,
  NAIS_WORKLOAD_IDENTITY_PROVIDER: provider,
  NAIS_ETL_GOOGLE_LOGIN: google.url,
});
const outOfOrder = () => ({ status: 503, body: {} });
const login = (more: Record<string, string> = {}, to = image) =>
  loginFor(to, { ...folder.context, env: { ...env(), ...more } });

/** What a refusal says, after it was made sure that it says no token. */
async function refusal(more: Record<string, string> = {}, to = image): Promise<Problem> {
  const problems = await problemsOf(() => login(more, to));
  const shown = JSON.stringify([problems, folder.logged]);
  for (const token of [...oidc.given, requestToken, federatedToken, accessToken]) expect(shown).not.toContain(token);
  return problems[0]!;
}

describe("a workflow that pushes to its team's registry", () => {
  test("shows Google GitHub's token, and acts as the team's account", async () => {
    expect(await login()).toEqual({ user: "oauth2accesstoken", password: accessToken });
    expect(oidc.asked.map(({ path }) => path)).toEqual([
      `/token?api-version=2.0&audience=${encodeURIComponent(`https://iam.googleapis.com/${provider}`)}`,
    ]);
    expect(google.asked).toMatchObject([
      {
        path: "/v1/token",
        authorization: undefined,
        body: {
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          audience: `//iam.googleapis.com/${provider}`,
          requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
          subject_token: oidc.given[0],
          subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
          scope: "https://www.googleapis.com/auth/cloud-platform",
        },
      },
      {
        path: `/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
        authorization: `Bearer ${federatedToken}`,
        body: { scope: ["https://www.googleapis.com/auth/cloud-platform"], lifetime: "3600s" },
      },
    ]);
    folder.context.log.info([accessToken, ...oidc.given, requestToken].join(" "));
    expect(folder.logged).toEqual(["*** *** ***\n"]);
  });

  test("asks again where Google is out of order for a moment", async () => {
    google.answers.push(outOfOrder, () => undefined, outOfOrder);
    expect(await login()).toMatchObject({ password: accessToken });
    expect(google.asked).toHaveLength(4);
  });

  test("needs none of that with a password, or credentials that an earlier step has left", async () => {
    const own = { NAIS_ETL_REGISTRY_USER: "me", NAIS_ETL_REGISTRY_PASSWORD: "mine" };
    expect(await login(own)).toEqual({ user: "me", password: "mine" });
    expect([...oidc.asked, ...google.asked]).toEqual([]);
  });
});

describe("a workflow that is not let in", () => {
  test("for the length of its subject is told before Google is asked", async () => {
    oidc.subject = `repo:navikt/orders:ref:refs/heads/${"ø".repeat(47)}`;
    expect(Buffer.byteLength(oidc.subject)).toBe(128);
    const { message, hint } = await refusal();
    expect(message).toContain("longer than 127 bytes, and that of this job has 128");
    expect(message + hint).not.toContain("øø");
    expect(hint).toContain("shorter branch name");
    expect(google.asked).toEqual([]);
  });

  test("at the limit, it is let in", async () => {
    oidc.subject = "repo:navikt/orders:ref:refs/heads/".padEnd(127, "x");
    expect(await login()).toMatchObject({ password: accessToken });
  });

  test("for a wrong provider is told where that comes from", async () => {
    const { message, hint } = await refusal({ NAIS_WORKLOAD_IDENTITY_PROVIDER: "projects/9/providers/x" });
    expect(message).toContain("invalid_target");
    expect(hint).toContain("`projects/9/providers/x`");
    expect(hint).toContain("NAIS_WORKLOAD_IDENTITY_PROVIDER");
  });

  test("for its organisation is told so", async () => {
    oidc.subject = "repo:somebody/orders:ref:refs/heads/main";
    const { hint } = await refusal({ GITHUB_REPOSITORY: "somebody/orders" });
    expect(hint).toContain("lets no workflow of somebody/orders in");
  });

  test("for its repository is told where to add it", async () => {
    const { message, hint } = await refusal({}, { ...image, repository: "nais-management-1/other/orders" });
    expect(message).toContain("iam.serviceAccounts.getAccessToken");
    expect(hint).toContain("open team other, then Repositories, and add navikt/orders");
    expect(hint).toContain("gar-other-");
  });

  test("for an old token is told to try again", async () => {
    const body = { error: "invalid_grant", error_description: "ID Token issued at 1 is stale to sign-in." };
    google.answers.push(() => ({ status: 400, body }));
    expect((await refusal()).hint).toContain("too old, or too young");
  });

  test("for a reason that nobody foresaw is told it, without the token that Google quotes", async () => {
    google.answers.push(({ subject_token: token }) => ({
      status: 400,
      body: { error: "new", error_description: `of this kind: ${String(token)}.` },
    }));
    const { message, hint } = await refusal();
    expect(message).toContain("Error code new: of this kind: ***.");
    expect(hint).toContain("status.cloud.google.com");
  });

  test("for a permission that the job lacks is told the lines to add", async () => {
    const { hint } = await refusal({ ACTIONS_ID_TOKEN_REQUEST_URL: "" });
    expect(hint).toContain("id-token: write");
    expect(google.asked).toEqual([]);
  });

  test("shows its token to no server that is not Google's, or on this machine", async () => {
    expect((await refusal({ NAIS_ETL_GOOGLE_LOGIN: "https://login.example" })).message).toContain(
      "is no server on this machine",
    );
    expect((await refusal({ NAIS_ETL_GOOGLE_LOGIN: "http://192.0.2.1" })).message).toContain("plain HTTP");
  });
});

test.each([
  ["nada", "gar-nada-41a6"],
  ["a".repeat(21), `gar-${"a".repeat(21)}-`],
  ["a".repeat(25), `gar-${"a".repeat(21)}-`],
  ["twenty-letters-here-and", "gar-twenty-letters-here-a-"],
  ["twenty-letters-team--x", "gar-twenty-letters-team--"],
])("the account that pushes for %s is %s", (team, expected) => {
  const name = pushAccount({ team, project: "p" });
  expect(name.startsWith(expected)).toBe(true);
  expect(name).toMatch(/^gar-[a-z-]+-[0-9a-f]{4}@p\.iam\.gserviceaccount\.com$/);
  expect(name.split("@")[0]!.length).toBeLessThanOrEqual(30);
});
