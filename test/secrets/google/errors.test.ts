import { describe, expect, test } from "vitest";
import { explainRefusal } from "../../../src/secrets/google/errors.ts";
import { parseResource } from "../../../src/secrets/google/resource.ts";
import { secretHost, secretLocation } from "../../../src/spec/secret.ts";
import { parseEndpoint } from "../../../src/util/endpoint.ts";

const endpoint = parseEndpoint("https://secretmanager.googleapis.com", { key: "", where: () => ({ file: "" }) });

function explain(error: object, { name = "projects/p/secrets/s", email }: { name?: string; email?: string } = {}) {
  return explainRefusal({ error, resource: parseResource(name)!, version: "latest", endpoint, email });
}

describe("who has no access is named, with the command that gives it", () => {
  test.each([
    ["apps-per-en-nais-analy-w4o5cwa@cluster.iam.gserviceaccount.com", "serviceAccount"],
    ["ola.nordmann@example.com", "user"],
  ])("%s", (email, kind) => {
    const { message, hint } = explain({ code: 7, details: "Permission denied" }, { email });
    expect(message).toBe(`${email} may not read projects/p/secrets/s, or there is no such secret`);
    expect(hint).toBe(
      `Somebody who owns the secret gives it roles/secretmanager.secretAccessor:\ngcloud secrets add-iam-policy-binding s --project=p --member=${kind}:${email} --role=roles/secretmanager.secretAccessor`,
    );
  });

  test("for a regional secret with its location", () => {
    const { hint } = explain({ code: 7 }, { name: "projects/p/locations/europe-north1/secrets/s", email: "a@b.c" });
    expect(hint).toContain("--project=p --location=europe-north1 ");
  });
});

test.each([
  ["projects/p/secrets/s", "secretmanager.googleapis.com"],
  ["projects/p/locations/europe-north1/secrets/s", "secretmanager.europe-north1.rep.googleapis.com"],
])("%s is asked for at %s", (name, host) => {
  expect(secretHost(parseResource(name)!.location)).toBe(host);
  expect(secretLocation(name)).toBe(parseResource(name)!.location);
});

test("missing credentials are told with where to get them, and nothing of Google's own message", () => {
  const error = new Error(
    "Could not load the default credentials. Browse to https://cloud.google.com/… /home/u/key.json",
  );
  expect(explain(error)).toMatchObject({ message: "there are no Google credentials here" });
});

test.each([
  [{ code: 16, details: "hunter2" }, "Secret Manager does not take the credentials"],
  [{ code: 3, details: "hunter2" }, "Secret Manager does not know what projects/p/secrets/s is"],
  [
    { code: 14, details: "hunter2" },
    "secretmanager.googleapis.com gives no answer for projects/p/secrets/s (UNAVAILABLE)",
  ],
  [
    { code: 99, details: "hunter2" },
    "secretmanager.googleapis.com gives no answer for projects/p/secrets/s (gRPC status 99)",
  ],
  [new Error("hunter2"), "secretmanager.googleapis.com gives no answer for projects/p/secrets/s (no connection)"],
])("%j is told in our words", (error, message) => {
  expect(explain(error)).toMatchObject({ message });
  expect(JSON.stringify(explain(error))).not.toContain("hunter2");
});
