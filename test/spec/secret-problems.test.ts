import { describe, expect, test } from "vitest";
import { formatWhere } from "../../src/util/error.ts";
import { problemsOf } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";

async function found(text: string): Promise<string[]> {
  let warnings: string[] = [];
  const told = await problemsOf(() => {
    const pipeline = pipelineOf(text);
    warnings = pipeline.warnings.map(({ where, message }) => `${formatWhere(where!)} warning: ${message}`);
  });
  return [...told.map(({ where, message }) => `${formatWhere(where!)} ${message}`), ...warnings];
}

const key = "secrets: { KEY: { from: env } }\n";

describe("a secret may stand", () => {
  test.each([
    'sources: { a: { type: http, url: "https://x/${secret:KEY}", headers: { k: "Bearer ${secret:KEY}" }, query: { k: "${secret:KEY}" } } }',
    'sources: { a: { type: postgres, url: "postgres://u:${secret:KEY}@db/x", password: "${secret:KEY}", table: a.b } }',
    'outputs: { a: { type: cassandra, username: "${secret:KEY}", password: "${secret:KEY}", table: a.b } }',
    'notify: { slack: { webhook: "${secret:KEY}" } }',
  ])("where it leads to a system: %s", async (part) => {
    expect(await found(key + part)).toEqual([]);
  });

  test.each([
    ["sources: { a: { type: bigquery, table: a.b, where: \"x = '${secret:KEY}'\" } }", "sources.a.where"],
    ["sources: { a: { type: bigquery, query: \"SELECT '${secret:KEY}'\" } }", "sources.a.query"],
    ["sources: { a: { type: postgres, query: \"SELECT '${secret:KEY}'\" } }", "sources.a.query"],
    ['sources: { a: { type: file, path: "${secret:KEY}.csv" } }', "sources.a.path"],
    ['outputs: { a: { type: file, path: "out/${secret:KEY}.csv" } }', "outputs.a.path"],
    ['outputs: { a: { type: bigquery, table: a.b, labels: { k: "${secret:KEY}" } } }', "outputs.a.labels.k"],
    ['outputs: { a: { type: bigquery, table: a.b, description: "${secret:KEY}" } }', "outputs.a.description"],
    ['nais: { env: [{ name: K, value: "${secret:KEY}" }] }', "nais.env.0.value"],
    ['description: "${secret:KEY}"', "description"],
    ["models: { m: { checks: [{ sql: \"SELECT '${secret:KEY}'\" }] } }", "models.m.checks.0.sql"],
  ])("and nowhere else: %s", async (part, place) => {
    expect(await found(key + part)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^pipeline.yaml:2:\\d+ \`\\$\\{secret:KEY\\}\` cannot stand in \`${place}\`: what is said there is shown`,
        ),
      ),
    ]);
  });
});

describe("how a secret is read", () => {
  test("may depend on the environment, and on nothing that is known later", async () => {
    expect(await found('secrets: { A: { from: google-secret-manager, name: "projects/${env:P}/secrets/s" } }')).toEqual(
      [],
    );
    const text = `
params: { p: { type: STRING, default: x } }
secrets:
  A: { from: env }
  B: { from: google-secret-manager, name: "\${param:p}" }
  C: { from: google-secret-manager, name: "\${secret:A}" }
`;
    expect(await found(text)).toEqual([
      "pipeline.yaml:5:43 `${param:p}` cannot stand in `secrets.B.name`",
      "pipeline.yaml:6:43 `${secret:A}` cannot stand in `secrets.C.name`",
    ]);
  });

  test.each([
    ["{ from: google-secret-manager, name: projects/p/secrets/s/versions/7 }", /my-secret`?$|is not a secret's name/],
    ["{ from: google-secret-manager, name: my secret }", /is not a secret's name/],
    ["{ from: google-secret-manager, version: 0 }", /version/],
    ["{ from: nais, secret: s, key: ../../etc/passwd }", /is not a key of a Kubernetes secret/],
    ["{ from: nais, secret: My_Secret }", /is not a secret's name/],
    ["{ from: nais, secret: s, mount: relative }", /is not a folder/],
    ["{ from: env, name: 1A }", /is not a variable's name/],
  ])("is checked: %s", async (secret, message) => {
    expect(await found(`secrets: { A: ${secret} }`)).toEqual([expect.stringMatching(message)]);
  });

  test("a version in the name is told where it belongs", async () => {
    const text = "secrets: { A: { from: google-secret-manager, name: projects/p/secrets/s/versions/7 } }";
    expect(await problemsOf(() => pipelineOf(text))).toMatchObject([
      { hint: "Write `name: projects/p/secrets/s` and `version: 7`." },
    ]);
  });
});

describe("two nais secrets", () => {
  test("that give the same variable are refused: one of them would be seen", async () => {
    const text = `
secrets:
  A: { from: nais, secret: one, key: PASSWORD }
  B: { from: nais, secret: one, key: PASSWORD }
  C: { from: nais, secret: two, key: PASSWORD }
  D: { from: nais, secret: three, key: PASSWORD, mount: /var/run/secrets/three }
`;
    expect(await found(text)).toEqual([
      "pipeline.yaml:5:6 the nais secrets `one` and `two` both give the variable PASSWORD: only one of them would be seen",
    ]);
  });

  test("that are mounted in the same folder are refused: the cluster would", async () => {
    const text = `
secrets:
  A: { from: nais, secret: one, mount: /var/run/secrets/x }
  B: { from: nais, secret: one, mount: /var/run/secrets/x }
  C: { from: nais, secret: two, mount: /var/run/secrets/x/ }
`;
    expect(await found(text)).toEqual([
      "pipeline.yaml:5:40 the nais secrets `one` and `two` are both mounted in /var/run/secrets/x",
    ]);
  });
});

describe("a secret that stands in the file itself", () => {
  test.each([
    ["sources: { a: { type: postgres, table: a.b, password: hunter2 } }", "sources.a.password"],
    ["sources: { a: { type: postgres, table: a.b, url: postgres://u:hunter2@db/x } }", "sources.a.url"],
    [
      "sources: { a: { type: http, url: https://x, headers: { Authorization: Bearer hunter2 } } }",
      "sources.a.headers.Authorization",
    ],
    ["notify: { slack: { webhook: https://hooks.slack.com/services/T0/B0/hunter2 } }", "notify.slack.webhook"],
  ])("is warned of, and not repeated: %s", async (text, place) => {
    expect(await found(text)).toEqual([
      expect.stringMatching(
        new RegExp(`warning: a secret stands in \`${place}\` itself, for everybody who reads the repository$`),
      ),
    ]);
    expect(pipelineOf(text).warnings[0]!.message).not.toContain("hunter2");
  });

  test.each([
    'sources: { a: { type: postgres, table: a.b, password: "${env:PASSWORD}", url: postgres://u@db:5432/x } }',
    'sources: { a: { type: http, url: https://x/a:b@c, headers: { Accept: "Bearer x", Authorization: "Bearer ${env:X}" } } }',
  ])("is not: %s", async (text) => {
    expect(await found(text)).toEqual([]);
  });
});
