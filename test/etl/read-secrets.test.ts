import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingSecrets, readSecrets } from "../../src/etl/read-secrets.ts";
import { resolveReferences, type RunValues } from "../../src/etl/values.ts";
import { openSecrets } from "../../src/secrets/secrets.ts";
import type { Context } from "../../src/util/context.ts";
import { createLogger } from "../../src/util/log.ts";
import { startSecretServer, type SecretServer } from "../servers/secret-manager/server.ts";
import { plainContext } from "../support/context.ts";
import { pipelineOf } from "../support/pipeline.ts";

// What a run does with secrets, from the file to what a connector gets.

let server: SecretServer;
const logged: string[] = [];

beforeAll(async () => {
  server = await startSecretServer({
    "projects/p/secrets/api": [{ data: "old" }, { data: "TOKEN=hunter2-hunter2\nID=me" }],
    "projects/p/secrets/db": [{ data: "correct horse" }],
  });
});

afterAll(() => server.stop());

beforeEach(() => {
  server.asked.length = 0;
  logged.length = 0;
});

function asking(target: string, env: Record<string, string> = {}) {
  const google = `from: google-secret-manager, endpoint: "${server.url}"`;
  const pipeline = pipelineOf(
    `
sources:
  api: { type: http, url: https://api.example.com, headers: { Authorization: "Bearer \${secret:TOKEN}" }, query: { id: "\${secret:ID}" }, sample: api.csv }
  other: { type: http, url: https://other.example.com, headers: { key: "\${secret:OTHER}" } }
outputs:
  out: { type: postgres, url: postgres://u@db/x, password: "\${secret:PASSWORD}", table: a.b }
secrets:
  TOKEN: { ${google}, name: projects/p/secrets/api, key: TOKEN }
  ID: { ${google}, name: projects/p/secrets/api, key: ID }
  OTHER: { ${google}, name: projects/p/secrets/not-there }
  PASSWORD: { ${google}, name: projects/p/secrets/db, version: 1 }
  UNUSED: { from: env }
`,
    target,
  );
  const log = createLogger({
    write: (line) => void logged.push(line),
    format: "json",
    verbose: true,
    colour: false,
    now: () => new Date("2026-11-05T10:00:00Z"),
  });
  const context: Context = { ...plainContext({ env }), log };
  const values: RunValues = { params: {}, interval: undefined, secrets: openSecrets({ pipeline, context }) };
  return { pipeline, values, context };
}

test("a connector gets the value, and the log the version", async () => {
  const state = asking("dev-gcp");
  await readSecrets(state, { outputs: ["out"] });
  await readSecrets(state, { sources: ["api"] });

  const part = <T>(it: T, path: string[]) => resolveReferences(it, { ...state, path });
  expect(part(state.pipeline.spec.sources!["api"]!, ["sources", "api"])).toMatchObject({
    headers: { Authorization: "Bearer hunter2-hunter2" },
    query: { id: "me" },
  });
  expect(part(state.pipeline.spec.outputs!["out"]!, ["outputs", "out"])).toMatchObject({ password: "correct horse" });

  const events = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.map(({ step, name, resource, version }) => [step, name, resource, version])).toEqual([
    ["secret", "PASSWORD", "projects/p/secrets/db", "1"],
    ["secret", "ID", "projects/p/secrets/api", "2"],
    ["secret", "TOKEN", "projects/p/secrets/api", "2"],
  ]);
  expect(logged.join("")).not.toMatch(/hunter|correct|horse/);
  state.context.log.info("401: Bearer hunter2-hunter2 refused, user correct%20horse");
  expect(JSON.parse(logged.at(-1)!)).toMatchObject({ message: "401: Bearer *** refused, user ***" });
});

test("what no part of the run needs is not asked for", async () => {
  const state = asking("dev-gcp");
  await readSecrets(state, { sources: ["api"] });
  await readSecrets(state, { sources: ["api"] });
  expect(server.asked).toEqual(["projects/p/secrets/api/versions/latest"]);
  expect(await missingSecrets(state, { sources: ["api", "other"], outputs: ["out"] })).toEqual([]);
});

describe("on target local", () => {
  test("nobody is asked, and a source that reads its sample needs none", async () => {
    const state = asking("local");
    expect(await missingSecrets(state, { sources: ["api"] })).toEqual([]);
    await readSecrets(state, { sources: ["api"] });
    expect(server.asked).toEqual([]);
  });

  test("all that are not in the environment are told at once", async () => {
    const state = asking("local", { PASSWORD: "x" });
    const problems = await missingSecrets(state, { sources: ["other"], outputs: ["out"] });
    expect(problems.map(({ message }) => message)).toEqual([
      "the secret `OTHER`: the environment variable OTHER is not set",
    ]);
  });
});
