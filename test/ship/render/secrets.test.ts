import { describe, expect, test } from "vitest";
import { explainSecrets } from "../../../src/ship/render/secrets.ts";
import { renderNaisjob } from "../../../src/ship/render/naisjob.ts";
import { pipelineProblems } from "../../../src/ship/render/pipeline-problems.ts";
import { baseTarget } from "../../../src/spec/target.ts";
import { pipelineOf } from "../../support/pipeline.ts";

const load = (secrets: string, more = "") => pipelineOf(`team: b\nsecrets:\n${secrets}\n${more}`, baseTarget);
const spec = (secrets: string, more?: string) => renderNaisjob({ pipeline: load(secrets, more) }).manifest.spec;
const google = "from: google-secret-manager";

describe("a secret of nais", () => {
  test("comes as variables, each secret once", () => {
    const { envFrom, filesFrom } = spec(
      "  A: { from: nais, secret: two }\n  B: { from: nais, secret: one }\n  C: { from: nais, secret: two }",
    );
    expect(envFrom).toEqual([{ secret: "one" }, { secret: "two" }]);
    expect(filesFrom).toBeUndefined();
  });

  test("that is mounted comes as files, each folder once, and its keys are no variables", () => {
    const { envFrom, filesFrom } = spec(
      "  A: { from: nais, secret: s, key: tls.crt, mount: /var/run/secrets/s }\n  B: { from: nais, secret: s, key: tls.key, mount: /var/run/secrets/s }",
    );
    expect(envFrom).toBeUndefined();
    expect(filesFrom).toEqual([{ secret: "s", mountPath: "/var/run/secrets/s" }]);
  });

  test("that `nais:` mounts is read there", () => {
    const more = "nais: { filesFrom: [{ secret: s, mountPath: /etc/s }] }";
    const { envFrom, filesFrom } = spec("  A: { from: nais, secret: s }\n  B: { from: nais, secret: t }", more);
    expect(envFrom).toEqual([{ secret: "t" }]);
    expect(filesFrom).toEqual([{ secret: "s", mountPath: "/etc/s" }]);
  });
});

const accessor = (id: string) => ({
  role: "roles/secretmanager.secretAccessor",
  resource: {
    apiVersion: "secretmanager.cnrm.cloud.google.com/v1beta1",
    kind: "SecretManagerSecret",
    name: `secrets/${id}`,
  },
});

function warnings(secrets: string, more: string) {
  const found = pipelineProblems({ pipeline: load(secrets, more), now: new Date("2026-11-05") });
  return found.map(({ rule, where }) => [rule, where?.line]);
}

describe("a secret of Secret Manager puts nothing of itself into the manifest:", () => {
  test("of one in the team's project, the job asks for access", () => {
    const secrets = `  A: { ${google}, name: b }\n  B: { ${google}, name: a, key: K }\n  C: { ${google}, name: b, key: K }`;
    expect(spec(secrets).gcp?.permissions).toEqual([accessor("a"), accessor("b")]);
    expect(spec(secrets)).not.toHaveProperty("envFrom");
  });

  test.each([
    ["a longer name, whose owner gives access", `name: projects/p/secrets/a`, ""],
    ["a project of the pipeline's own", "name: a", "bigquery: { project: p }"],
    ["a name that only the run knows", 'name: "${env:X}"', ""],
    ["no name", "key: K", ""],
  ])("of %s, it does not", (_which, keys, more) => {
    expect(spec(`  A: { ${google}, ${keys} }`, more)).not.toHaveProperty("gcp");
  });

  test("a regional one, and one at an endpoint of its own, must be reached", () => {
    const secrets = `  A: { ${google}, name: projects/p/locations/europe-north1/secrets/a }\n  B: { ${google}, name: b, endpoint: "https://sm.example.com" }\n  C: { ${google}, name: c }`;
    expect(spec(secrets).accessPolicy?.outbound?.external).toEqual([
      { host: "secretmanager.europe-north1.rep.googleapis.com" },
      { host: "sm.example.com" },
    ]);
  });

  test("without a name it is the team's, which KNADA names and nais does not", () => {
    expect(warnings(`  A: { ${google} }`, "")).toEqual([["secret-team", 3]]);
    expect(
      warnings(`  A: { ${google} }`, "nais: { env: [{ name: KNADA_TEAM_SECRET, value: projects/p/secrets/b }] }"),
    ).toEqual([]);
  });
});

test("where each value comes from is told, and no value", () => {
  const { spec: pipeline } = load(`
  A: { from: env, name: X }
  B: { from: nais, secret: s, key: K }
  C: { from: nais, secret: s, key: tls.key, mount: /etc/s }
  D: { ${google}, name: own, version: 2 }
  E: { ${google}, name: projects/p/secrets/theirs, key: K }
  F: { ${google} }`);
  expect(explainSecrets(pipeline).map(({ name, value }) => `${name}: ${value}`)).toEqual([
    "A: the variable X",
    "B: the variable K, of Secret s",
    "C: the file /etc/s/tls.key, of Secret s",
    "D: version 2 of own in Secret Manager, in the team's project, to which this job asks for access",
    "E: the value of K in version latest of projects/p/secrets/theirs in Secret Manager, whose owner gives this job roles/secretmanager.secretAccessor",
    "F: version latest of the secret that KNADA_TEAM_SECRET names in Secret Manager, whose owner gives this job roles/secretmanager.secretAccessor",
  ]);
});
