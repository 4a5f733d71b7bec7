import { execFile } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fetchSecrets } from "../../../src/secrets/google/fetch.ts";
import { openSecrets } from "../../../src/secrets/secrets.ts";
import type { Wanted } from "../../../src/secrets/wanted.ts";
import type { GoogleSecret } from "../../../src/spec/secret.ts";
import { formatWhere } from "../../../src/util/error.ts";
import { startSecretServer, type SecretServer } from "../../servers/secret-manager/server.ts";
import { plainContext } from "../../support/context.ts";
import { problemsOf } from "../../support/folder.ts";
import { pipelineOf } from "../../support/pipeline.ts";

let server: SecretServer;

beforeAll(async () => {
  server = await startSecretServer();
});

afterAll(() => server.stop());

beforeEach(() => {
  server.secrets = {
    "projects/p/secrets/my-secret": [{ data: "hunter2\n" }],
    "projects/p/secrets/team": [{ data: "A=hunter-a\nB=hunter-b\nPORT=5432\nNOTE=something else\n" }],
    "projects/p/secrets/json": [{ data: '{ "A": "hunter-a", "B": { "c": 1 } }' }],
    "projects/p/secrets/many": [{ data: "one" }, { data: "two" }, { data: "three" }],
  };
  server.asked.length = 0;
  server.faults.length = 0;
});

afterEach(() => {
  server.denied.clear();
  server.disabledIn.clear();
});

interface Open {
  env?: Record<string, string>;
  more?: string;
}

/** Secrets as `NAME: { keys }`; the endpoint is added. */
function open(declared: Record<string, string>, { env = {}, more = "" }: Open = {}) {
  const lines = Object.entries(declared).map(
    ([name, keys]) => `  ${name}: { from: google-secret-manager, endpoint: "${server.url}"${keys && `, ${keys}`} }`,
  );
  const context = plainContext({ env });
  const pipeline = pipelineOf(`secrets:\n${lines.join("\n")}\n${more}`, "dev-gcp");
  return { secrets: openSecrets({ pipeline, context }), context, pipeline };
}

async function valueOf(keys: string, options: Open = {}): Promise<string | undefined> {
  const { secrets } = open({ KEY: keys }, options);
  await secrets.read(["KEY"]);
  return secrets.get("KEY");
}

async function problemOf(keys: string, options: Open = {}): Promise<string> {
  const [problem] = await problemsOf(() => open({ KEY: keys }, options).secrets.read(["KEY"]));
  expect(JSON.stringify(problem)).not.toContain("hunter");
  return `${formatWhere(problem!.where!)} ${problem!.message} | ${problem!.hint}`;
}

describe("which secret it is", () => {
  test("a full name says", async () => {
    expect(await valueOf("name: projects/p/secrets/my-secret")).toBe("hunter2");
    expect(server.asked).toEqual(["projects/p/secrets/my-secret/versions/latest"]);
  });

  test.each<[string, Open, string]>([
    ["the pipeline's own", { more: "bigquery: { project: own }", env: { GCP_TEAM_PROJECT_ID: "team" } }, "own"],
    ["the team's, as nais says it", { env: { GCP_TEAM_PROJECT_ID: "nais", GOOGLE_CLOUD_PROJECT: "x" } }, "nais"],
    [
      "that of the team's secret on KNADA",
      { env: { KNADA_TEAM_SECRET: "projects/knada/secrets/t", GOOGLE_CLOUD_PROJECT: "x" } },
      "knada",
    ],
    ["that of the environment", { env: { GOOGLE_CLOUD_PROJECT: "x" } }, "x"],
    ["a variable's", { more: 'bigquery: { project: "${env:P}" }', env: { P: "v" } }, "v"],
  ])("the project of a short name is %s", async (_which, options, project) => {
    await problemOf("name: short", options);
    expect(server.asked).toEqual([`projects/${project}/secrets/short/versions/latest`]);
  });

  test("KNADA_TEAM_SECRET says, where no name does; then the key is the secret's own name", async () => {
    server.secrets["projects/p/secrets/team"] = [{ data: "KEY=hunter2\nOTHER=x" }];
    const env = { KNADA_TEAM_SECRET: "projects/p/secrets/team" };
    expect(await valueOf("", { env })).toBe("hunter2");
    expect(await valueOf("key: OTHER", { env })).toBe("x");
  });

  test("nothing says", async () => {
    expect(await problemOf("")).toMatch(
      /^pipeline.yaml:2:8 the secret `KEY`: nothing says which secret of Secret Manager it is \| Write `name: my-secret`/,
    );
    expect(await problemOf("name: short")).toContain("it is not known in which Google project short is");
    expect(await problemOf("", { env: { KNADA_TEAM_SECRET: "team" } })).toContain(
      "KNADA_TEAM_SECRET is not projects/PROJECT/secrets/NAME: team",
    );
    expect(await problemOf('name: "${env:WHICH}"')).toContain("${env:WHICH} cannot be resolved");
    expect(await problemOf('name: "${env:WHICH}"', { env: { WHICH: "secrets/x" } })).toContain(
      "secrets/x is not projects/PROJECT/secrets/NAME",
    );
    expect(server.asked).toEqual([]);
  });
});

describe("which version it is", () => {
  test("the newest one, whose number is told", async () => {
    server.numbers = { p: "123456" };
    const { secrets } = open({ KEY: "name: projects/p/secrets/many" });
    expect(await secrets.read(["KEY"])).toEqual([{ name: "KEY", resource: "projects/p/secrets/many", version: "3" }]);
    expect(secrets.get("KEY")).toBe("three");
    server.numbers = {};
  });

  test("the one that is pinned", async () => {
    expect(await valueOf("name: projects/p/secrets/many, version: 2")).toBe("two");
    expect(server.asked).toEqual(["projects/p/secrets/many/versions/2"]);
  });

  test("one that is not there, is disabled or is destroyed is told with what to do", async () => {
    expect(await problemOf("name: projects/p/secrets/many, version: 9")).toMatch(
      /^pipeline.yaml:2:\d+ the secret `KEY`: projects\/p\/secrets\/many has no version 9 \| gcloud secrets versions list many --project=p$/,
    );
    server.secrets["projects/p/secrets/many"]![2]!.state = "DISABLED";
    expect(await problemOf("name: projects/p/secrets/many")).toMatch(
      /version 3 of projects\/p\/secrets\/many is disabled \| Enable it, .* `latest` is the newest version, enabled or not\.\ngcloud secrets versions enable 3 --secret=many --project=p$/,
    );
    server.secrets["projects/p/secrets/many"]![2]!.state = "DESTROYED";
    expect(await problemOf("name: projects/p/secrets/many, version: 3")).toContain(
      "version 3 of projects/p/secrets/many is destroyed, and its value is gone",
    );
  });
});

describe("what it holds", () => {
  test("is all of it, or the value of a key", async () => {
    expect(await valueOf("name: projects/p/secrets/team, key: B")).toBe("hunter-b");
    expect(await valueOf("name: projects/p/secrets/json, key: A")).toBe("hunter-a");
  });

  test("is asked for once, however many values are wanted", async () => {
    const declared = { A: "name: projects/p/secrets/team, key: A", B: "name: projects/p/secrets/team, key: B" };
    const { secrets } = open({ ...declared, C: "name: projects/p/secrets/my-secret" });
    await secrets.read(["A", "B"]);
    await secrets.read(["A", "B"]);
    expect([secrets.get("A"), secrets.get("B"), secrets.get("C")]).toEqual(["hunter-a", "hunter-b", undefined]);
    expect(server.asked).toEqual(["projects/p/secrets/team/versions/latest"]);
  });

  test.each([
    ["name: projects/p/secrets/team, key: C", "version 1 has no key `C` | It has: A, B, NOTE, PORT."],
    ["name: projects/p/secrets/json, key: B", "version 1 the value of `B` is an object"],
    ["name: projects/p/secrets/my-secret, key: B", "version 1 is not dotenv: line 1 is not KEY=value"],
    ["name: projects/p/secrets/bytes", "version 1 is not text in UTF-8"],
    ["name: projects/p/secrets/nothing", "version 1 is empty"],
  ])("%s is told: %s", async (keys, said) => {
    server.secrets["projects/p/secrets/bytes"] = [{ data: Uint8Array.of(0xff, 0x00) }];
    server.secrets["projects/p/secrets/nothing"] = [{ data: "\n" }];
    expect(await problemOf(keys)).toContain(said);
  });

  test("may begin with a byte order mark, which is no part of it", async () => {
    server.secrets["projects/p/secrets/bom"] = [{ data: "\uFEFFhunter2" }];
    expect(await valueOf("name: projects/p/secrets/bom")).toBe("hunter2");
  });

  test("is masked, also what the run does not want; but short words beside it stay readable", async () => {
    const { secrets, context } = open({ A: "name: projects/p/secrets/team, key: A" });
    await secrets.read(["A"]);
    const said = "hunter-a, hunter-b, something else, A=hunter-a, port 5432, SFVOVEVSLUE=";
    expect(context.log.scrub(said)).toBe("***, ***, ***, ***, port 5432, SFVOVEVSLUE=");
    expect(context.log.scrub(Buffer.from("user:hunter-a").toString("base64"))).not.toContain("odW50ZXItYQ");
  });
});

describe("a refusal says who needs what", () => {
  test("no access", async () => {
    server.denied.add("projects/p/secrets/my-secret");
    expect(await problemOf("name: projects/p/secrets/my-secret")).toBe(
      "pipeline.yaml:2:8 the secret `KEY`: the account that the pipeline runs as may not read projects/p/secrets/my-secret, or there is no such secret | Somebody who owns the secret gives it roles/secretmanager.secretAccessor:\ngcloud secrets add-iam-policy-binding my-secret --project=p --member=serviceAccount:EMAIL --role=roles/secretmanager.secretAccessor\n`nais-etl explain` prints a Naisjob's service account.",
    );
  });

  test("no API, no secret, all of them at once", async () => {
    server.disabledIn.add("q");
    const { secrets } = open({
      A: "name: projects/q/secrets/x",
      B: "name: projects/p/secrets/x",
      C: "name: projects/p/secrets/my-secret",
      D: "name: projects/p/locations/europe-north1/secrets/x",
    });
    const problems = await problemsOf(() => secrets.read(["A", "B", "C", "D"]));
    expect(problems.map(({ message, hint }) => [message, hint?.split("\n")[0]])).toEqual([
      [
        "the secret `A`: the Secret Manager API is not enabled in the project q",
        "gcloud services enable secretmanager.googleapis.com --project=q",
      ],
      [
        "the secret `B`: there is no secret projects/p/secrets/x, or it has no version yet",
        "gcloud secrets list --project=p",
      ],
      [
        "the secret `D`: there is no secret projects/p/locations/europe-north1/secrets/x, or it has no version yet",
        "gcloud secrets list --project=p --location=europe-north1",
      ],
    ]);
    expect(secrets.get("C")).toBe("hunter2");
  });

  test("a run that cannot have its secrets has failed, and may be tried again: it is no fault of the file", async () => {
    const { secrets } = open({ KEY: "name: projects/p/secrets/x" });
    await expect(secrets.read(["KEY"])).rejects.toMatchObject({ code: "failed", exitCode: 1 });
  });
});

describe("faults", () => {
  const name = "projects/p/secrets/my-secret";

  /** Without waiting long, and for what would wait for ever. */
  async function fetched(patience: number, timeout = 5000, signal?: AbortSignal) {
    const { pipeline, context: plain } = open({ KEY: `name: ${name}` });
    const context = { ...plain, now: () => new Date(), ...(signal && { signal }) };
    const wanted: Wanted<GoogleSecret> = {
      name: "KEY",
      secret: pipeline.spec.secrets!["KEY"] as GoogleSecret,
      pipeline,
      context,
    };
    const [one] = await fetchSecrets([wanted], context, { patience, timeout });
    return one!.result;
  }

  test.each([
    ["UNAVAILABLE", { code: 14 }],
    ["RESOURCE_EXHAUSTED", { code: 8 }],
    ["INTERNAL", { code: 13 }],
    ["a wrong checksum", "wrong checksum" as const],
  ])("%s passes", async (_what, fault) => {
    server.faults.push(fault, fault);
    expect(await fetched(10_000)).toMatchObject({ value: "hunter2" });
    expect(server.asked.length).toBe(3);
  });

  test("that do not pass are waited for within bounds, and then told", async () => {
    for (let i = 0; i < 20; i++) server.faults.push({ code: 14, details: "hunter2 is not here" });
    expect(await fetched(700)).toMatchObject({
      problem: {
        message: expect.stringMatching(/gives no answer for projects\/p\/secrets\/my-secret \(UNAVAILABLE\)$/),
      },
    });
    expect(server.asked.length).toBeGreaterThan(1);
    expect(server.asked.length).toBeLessThan(6);
  });

  test("a payload that is damaged each time is not used", async () => {
    for (let i = 0; i < 20; i++) server.faults.push("wrong checksum");
    expect(await fetched(700)).toMatchObject({
      problem: { message: expect.stringContaining("arrived damaged, several times") },
    });
  });

  test("an answer that does not come is asked for again", async () => {
    server.faults.push("no answer");
    expect(await fetched(20_000, 300)).toMatchObject({ value: "hunter2" });
    expect(server.asked.length).toBe(2);
  });

  test("an answer without a checksum is taken", async () => {
    server.faults.push("no checksum");
    expect(await fetched(0)).toMatchObject({ value: "hunter2" });
  });

  test.each([7, 5, 9, 16, 3])("status %i is not tried again", async (code) => {
    server.faults.push({ code, details: "x" });
    expect(await fetched(10_000)).toHaveProperty("problem");
    expect(server.asked.length).toBe(1);
  });

  test("a run that is told to stop waits for no secret", async () => {
    server.faults.push("no answer");
    const stop = new AbortController();
    const result = fetched(60_000, 60_000, stop.signal);
    while (server.asked.length === 0) await new Promise((resolve) => void setTimeout(resolve, 5));
    stop.abort(new Error("stopped"));
    await expect(result).rejects.toThrow("stopped");
  });

  test("nobody there", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => void closed.once("listening", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => void closed.close(resolve));
    const text = `secrets:\n  KEY: { from: google-secret-manager, name: ${name}, endpoint: "http://127.0.0.1:${port}" }`;
    const secrets = openSecrets({ pipeline: pipelineOf(text, "dev-gcp"), context: plainContext() });
    expect(await problemsOf(() => secrets.read(["KEY"]))).toMatchObject([
      {
        message: `the secret \`KEY\`: 127.0.0.1 gives no answer for ${name} (UNAVAILABLE)`,
        hint: "Is the server at its `endpoint` running?",
      },
    ]);
  });

  test("plain HTTP to another machine is refused: it would be sent our token", async () => {
    const text = `secrets:\n  KEY: { from: google-secret-manager, name: ${name}, endpoint: "http://example.com" }`;
    const secrets = openSecrets({ pipeline: pipelineOf(text, "dev-gcp"), context: plainContext() });
    expect(await problemsOf(() => secrets.read(["KEY"]))).toMatchObject([
      { message: "`secrets.KEY.endpoint` is plain HTTP to another machine: http://example.com" },
    ]);
  });

  test("so is a host that is not Google's", async () => {
    const text = `secrets:\n  KEY: { from: google-secret-manager, name: ${name}, endpoint: "https://evil.no" }`;
    const secrets = openSecrets({ pipeline: pipelineOf(text, "dev-gcp"), context: plainContext() });
    expect(await problemsOf(() => secrets.read(["KEY"]))).toMatchObject([
      { message: "`secrets.KEY.endpoint` would send the job's Google token to evil.no, which is not Google's" },
    ]);
  });
});

test("without credentials it ends with a sentence, and not with the process", async () => {
  // The client would end the process by a rejection that nobody can catch.
  const script = `
    import { openSecrets } from "./src/secrets/secrets.ts";
    import { plainContext } from "./test/support/context.ts";
    import { pipelineOf } from "./test/support/pipeline.ts";
    const pipeline = pipelineOf("secrets: { KEY: { from: google-secret-manager, name: projects/p/secrets/s } }", "dev-gcp");
    const error = await openSecrets({ pipeline, context: plainContext() }).read(["KEY"]).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(error.message);`;
  const env = { PATH: process.env["PATH"], HOME: "/nonexistent", METADATA_SERVER_DETECTION: "none" };
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    cwd: root,
    env,
  });
  expect(stdout).toBe("the secret `KEY`: there are no Google credentials here\n");
});
