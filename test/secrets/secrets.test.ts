import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSecrets, type Secrets } from "../../src/secrets/secrets.ts";
import { formatWhere } from "../../src/util/error.ts";
import { plainContext } from "../support/context.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";

interface Open {
  env?: Record<string, string>;
  target?: string;
  more?: string;
}

/** What every pod has. */
const pod = { NAIS_CLUSTER_NAME: "dev-gcp" };

function open(declared: string, { env = {}, target = "dev-gcp", more = "" }: Open = {}) {
  const context = plainContext({ env });
  const pipeline = pipelineOf(`secrets:\n  ${declared}\n${more}`, target);
  return { secrets: openSecrets({ pipeline, context }), context };
}

async function valueOf(name: string, secrets: Secrets): Promise<string | undefined> {
  await secrets.read([name]);
  return secrets.get(name);
}

async function problemOf(name: string, secrets: Secrets): Promise<string> {
  const [early] = await secrets.problems([name]);
  const [late] = await problemsOf(() => secrets.read([name]));
  expect(early).toEqual(late);
  expect(secrets.get(name)).toBeUndefined();
  return `${formatWhere(late!.where!)} ${late!.message} | ${late!.hint}`;
}

describe("a secret of the environment", () => {
  test("is the variable of its name, or the one that is named", async () => {
    const env = { KEY: "hunter2", OTHER: "hunter3" };
    expect(await valueOf("KEY", open("KEY: { from: env }", { env }).secrets)).toBe("hunter2");
    expect(await valueOf("KEY", open("KEY: { from: env, name: OTHER }", { env }).secrets)).toBe("hunter3");
  });

  test("that is not set is told with what to do, on the laptop and in the pod", async () => {
    expect(await problemOf("KEY", open("KEY: { from: env }", { target: "local" }).secrets)).toBe(
      "pipeline.yaml:2:8 the secret `KEY`: the environment variable KEY is not set | Set it before the run. A source with `sample:` needs none.",
    );
    expect(await problemOf("KEY", open("KEY: { from: env, name: OTHER }", { env: pod }).secrets)).toBe(
      "pipeline.yaml:2:8 the secret `KEY`: the environment variable OTHER is not set | Set it before the run; in a Naisjob under `nais: { env: … }`.",
    );
  });

  test.each([
    ["KEY: { from: env, name: PASSWORD }", "Run: export PASSWORD=…"],
    [
      "KEY: { from: nais, secret: team-secret, key: PASSWORD }",
      "Run: export PASSWORD=…, with the value in the nais secret `team-secret`. A pod has it by itself.",
    ],
  ])("that is not set is to be exported outside a pod, on any target: %s", async (declared, hint) => {
    expect(await problemOf("KEY", open(declared).secrets)).toBe(
      `pipeline.yaml:2:8 the secret \`KEY\`: the environment variable PASSWORD is not set | ${hint}`,
    );
    const kubernetes = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
    expect(await problemOf("KEY", open(declared, { env: kubernetes }).secrets)).not.toContain("export");
  });

  test("that is empty is none", async () => {
    expect(await problemOf("KEY", open("KEY: { from: env }", { env: { KEY: "" } }).secrets)).toContain(
      "the environment variable KEY is empty",
    );
    expect(await problemOf("KEY", open("KEY: { from: env }", { env: { KEY: "\n" } }).secrets)).toContain("is empty");
  });

  test("loses the line break that `echo` left at its end, and no other", async () => {
    const { secrets } = open("KEY: { from: env }", { env: { KEY: " a\nb \r\n" } });
    expect(await valueOf("KEY", secrets)).toBe(" a\nb ");
  });
});

describe("a secret of nais", () => {
  test("is a variable of the key's name", async () => {
    const env = { KEY: "hunter2", PASSWORD: "hunter3" };
    expect(await valueOf("KEY", open("KEY: { from: nais, secret: s }", { env }).secrets)).toBe("hunter2");
    expect(await valueOf("KEY", open("KEY: { from: nais, secret: s, key: PASSWORD }", { env }).secrets)).toBe(
      "hunter3",
    );
  });

  test("that the pod does not have is told with the secret and the key", async () => {
    const declared = "KEY: { from: nais, secret: team-secret, key: PASSWORD }";
    expect(await problemOf("KEY", open(declared, { env: pod }).secrets)).toBe(
      "pipeline.yaml:2:8 the secret `KEY`: the environment variable PASSWORD is not set | It comes from the nais secret `team-secret`. Does that have the key PASSWORD, and does the deployed manifest name it under `envFrom`, as `nais-etl render` prints it? A pod sees what a secret held when it started.",
    );
  });

  test("on the laptop comes from the environment", async () => {
    const declared = "KEY: { from: nais, secret: team-secret, key: PASSWORD, mount: /var/run/secrets/x }";
    const env = { PASSWORD: "hunter2" };
    expect(await valueOf("KEY", open(declared, { env, target: "local" }).secrets)).toBe("hunter2");
    expect(await problemOf("KEY", open(declared, { target: "local" }).secrets)).toContain(
      "On target local, secrets come from the environment: set it to the value in the nais secret `team-secret`.",
    );
  });

  describe("as a file", () => {
    let folder: Folder;

    beforeEach(async () => {
      folder = await makeFolder({ "mounted/tls.key": "hunter2\nhunter3\n", "mounted/empty": "" });
    });

    afterEach(() => folder.remove());

    const mounted = (key: string) => `KEY: { from: nais, secret: s, key: ${key}, mount: ${folder.path}/mounted }`;

    test("is read in place", async () => {
      const { secrets, context } = open(mounted("tls.key"), { env: { "tls.key": "not this" } });
      expect(await valueOf("KEY", secrets)).toBe("hunter2\nhunter3");
      expect(context.log.scrub("a hunter2 b hunter3")).toBe("a *** b ***");
    });

    test("also where `nais:` mounts the secret", async () => {
      const more = `nais: { filesFrom: [{ secret: t }, { secret: s, mountPath: ${folder.path}/mounted }] }`;
      expect(await valueOf("KEY", open("KEY: { from: nais, secret: s, key: tls.key }", { more }).secrets)).toBe(
        "hunter2\nhunter3",
      );
      const other = "KEY: { from: nais, secret: t, key: tls.key }";
      expect(await problemOf("KEY", open(other, { more, env: pod }).secrets)).toContain(
        "there is no file /var/run/secrets/tls.key | It comes from the nais secret `t`.",
      );
      expect(await problemOf("KEY", open(other, { more }).secrets)).toContain(
        "there is no file /var/run/secrets/tls.key | In a pod it is mounted, from the nais secret `t`.",
      );
    });

    test("that is not there, is empty, no file, or no text is told by its path", async () => {
      expect(await problemOf("KEY", open(mounted("tls.crt"), { env: pod }).secrets)).toMatch(
        /the secret `KEY`: there is no file .*\/mounted\/tls\.crt \| It comes from the nais secret `s`\. .* under `filesFrom`/,
      );
      expect(await problemOf("KEY", open(mounted("empty")).secrets)).toContain("mounted/empty is empty");
      await mkdir(join(folder.path, "mounted/folder"));
      expect(await problemOf("KEY", open(mounted("folder")).secrets)).toContain("cannot be read: EISDIR");
      await writeFile(join(folder.path, "mounted/store.p12"), Uint8Array.of(0x30, 0x82, 0xff));
      expect(await problemOf("KEY", open(mounted("store.p12")).secrets)).toContain("is not text in UTF-8");
    });
  });
});

describe("a secret of Google on the laptop", () => {
  test("comes from the environment, and nobody is asked", async () => {
    const declared = "KEY: { from: google-secret-manager, name: my-secret, endpoint: http://127.0.0.1:9 }";
    const { secrets } = open(declared, { env: { KEY: "hunter2" }, target: "local" });
    expect(await secrets.read(["KEY"])).toEqual([]);
    expect(secrets.get("KEY")).toBe("hunter2");
  });

  test("that is not set is told with the variable, and the command that prints the value", async () => {
    const declared = "KEY: { from: google-secret-manager, name: my-secret, key: API_KEY, version: 3 }";
    expect(await problemOf("KEY", open(declared, { target: "local" }).secrets)).toContain(
      "set KEY to what `gcloud secrets versions access 3 --secret=my-secret` prints (its value of API_KEY). A source with `sample:` needs none.",
    );
  });
});

describe("several", () => {
  const declared = "A: { from: env }\n  B: { from: env }\n  C: { from: env }";

  test("that are missing are told all at once, and those that nobody asks for are not", async () => {
    const { secrets } = open(declared, { env: { B: "hunter2" } });
    const told = [...(await secrets.problems(["A", "B", "A"])), ...(await problemsOf(() => secrets.read(["A", "B"])))];
    expect(told.map(({ message }) => message)).toEqual([
      "the secret `A`: the environment variable A is not set",
      "the secret `A`: the environment variable A is not set",
    ]);
  });

  test("are given only when they were read", async () => {
    const { secrets } = open(declared, { env: { A: "hunter2", B: "hunter3" } });
    await secrets.read(["A"]);
    expect([secrets.get("A"), secrets.get("B"), secrets.get("constructor")]).toEqual(["hunter2", undefined, undefined]);
    await expect(secrets.read(["D"])).rejects.toThrow("there is no secret D");
  });
});

test("a variable in how a secret is read is put in", async () => {
  const env = { WHICH: "OTHER", OTHER: "hunter2" };
  const declared = 'KEY: { from: google-secret-manager, name: "projects/${env:WHICH}/secrets/s" }';
  expect(await problemOf("KEY", open(declared, { env, target: "local" }).secrets)).toContain(
    "--secret=projects/OTHER/secrets/s",
  );
});

describe("what is masked", () => {
  test("is each declared secret that stands in the environment, before any is read", () => {
    const { context } = open(
      "A: { from: env, name: X }\n  B: { from: nais, secret: s, key: Y }\n  C: { from: google-secret-manager }",
      { env: { X: "hunter-x", Y: "hunter-y", C: "hunter-c", D: "hunter-d" } },
    );
    expect(context.log.scrub("hunter-x hunter-y hunter-c hunter-d")).toBe("*** *** *** hunter-d");
  });

  test.each([
    ["a token without its scheme", "Bearer abcdef123456", "token=abcdef123456"],
    ["a password without its scheme", `Basic ${Buffer.from("user:correct-horse").toString("base64")}`, "correct-horse"],
    ["a password of a connection string", "postgres://user:p%40ss%20word@db:5432/x", "p@ss word"],
    ["the same as it stands there", "postgres://user:p%40ss%20word@db:5432/x", "p%40ss%20word"],
    [
      "the key of a key file",
      JSON.stringify({ client_email: "a@b", private_key: "-----BEGIN-----\nMIIEvQIBADAN\n-----END-----\n" }),
      "MIIEvQIBADAN",
    ],
    ["a password deep in JSON", '{"db": {"password": ["correct-horse"]}}', "correct-horse"],
  ])("is %s", (_what, value, shown) => {
    const { context } = open("A: { from: env }", { env: { A: value } });
    expect(context.log.scrub(`x ${shown} y`)).toMatch(/^x (token=)?\*\*\* y$/);
  });

  test("is not who a key file is of", () => {
    const value = JSON.stringify({ client_email: "robot@project.iam", token_uri: "https://oauth2.example" });
    const { context } = open("A: { from: env }", { env: { A: value } });
    expect(context.log.scrub("robot@project.iam https://oauth2.example")).not.toContain("***");
  });
});

test("what holds the secrets shows none when it is printed", async () => {
  const { secrets } = open("A: { from: env }", { env: { A: "hunter2-hunter2" } });
  await secrets.read(["A"]);
  const { inspect } = await import("node:util");
  expect(`${JSON.stringify(secrets)} ${inspect(secrets, { depth: 9, showHidden: true })}`).not.toContain("hunter2");
});
