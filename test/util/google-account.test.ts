import { generateKeyPairSync } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { defaultAccount } from "../../src/util/google-account.ts";
import { makeFolder, problemsOf } from "../support/folder.ts";

const asked = { scope: "https://www.googleapis.com/auth/bigquery", part: "bigquery", hint: "" };

afterEach(() => vi.unstubAllEnvs());

/** Nothing here asks a server: what credentials are, stands in their file. */
async function kindOf(credentials: object) {
  const folder = await makeFolder({ "adc.json": JSON.stringify(credentials) });
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", `${folder.path}/adc.json`);
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  // Else Google's library would ask for it.
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "own-project");
  try {
    return await (await defaultAccount(asked)).kind();
  } finally {
    await folder.remove();
  }
}

const person = { type: "authorized_user", client_id: "i", client_secret: "s", refresh_token: "r" };
const key = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

test("a person's credentials are told from others, and whose quota they use", async () => {
  expect(await kindOf({ ...person, quota_project_id: "own-project" })).toEqual({
    kind: "a person",
    quotaProject: "own-project",
  });
});

test("so are a key, an impersonation and a federated identity", async () => {
  const account = "robot@own-project.iam.gserviceaccount.com";
  expect(await kindOf({ type: "service_account", client_email: account, private_key: key() })).toMatchObject({
    kind: "the key of a service account",
  });
  const impersonated = {
    type: "impersonated_service_account",
    source_credentials: person,
    service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
  };
  expect(await kindOf(impersonated)).toMatchObject({ kind: "impersonation of a service account" });
  const federated = {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/g",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: "https://sts.googleapis.com/v1/token",
    credential_source: { file: "/nowhere" },
  };
  expect(await kindOf(federated)).toMatchObject({ kind: "workload identity federation" });
});

test("credentials that cannot be read are an error that quotes nothing of them", async () => {
  const [problem] = await problemsOf(() => kindOf({ type: "service_account", private_key: "-----BEGIN secret" }));
  expect(problem!.message).toBe("[bigquery] the Google credentials cannot be used");
});
