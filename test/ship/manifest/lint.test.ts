import { describe, expect, test } from "vitest";
import { formatProblem } from "../../../src/util/error.ts";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { naisjob } from "./manifests.ts";

const lint = (text: string, variables?: Record<string, unknown>) =>
  lintManifests({ text, file: "nais.yaml", variables }).problems;
const lines = (text: string, variables?: Record<string, unknown>) =>
  lint(text, variables).map(({ rule, where }) => `${where?.line}:${where?.column} ${rule}`);

describe("manifests that the platform would refuse", () => {
  test.each([
    ["resources:\n  request:\n    memory: 1Gi", "10:5 unknown-key", "Write `requests`, in the plural."],
    ["permissions: []", "9:3 unknown-key", "Move it to `gcp.permissions`."],
    ["replicas:\n  min: 2", "9:3 unknown-key", "Only an Application has it"],
    ["redis: []", "9:3 unknown-key", "use `valkey:`"],
    ["vault:\n  sidecar: true", "10:5 unknown-key", "took it away"],
    [
      "accessPolicy:\n  outbound:\n    external:\n      - host: a.no\n        ports:\n          - 8080",
      "14:15 wrong-type",
      "- port: 8080",
    ],
    [
      "accessPolicy:\n  outbound:\n    external:\n      - host: a.no\n        ports:\n          - port: 1\n            name: x",
      "15:15 unknown-key",
      "keep `port` alone",
    ],
    ["accessPolicy:\n  outbound:\n    external:\n      - host: https://a.no", "12:17 wrong-value", "without scheme"],
    ["resources:\n  limits:\n    memory: 512", "11:15 wrong-type", "512Mi"],
    ["resources:\n  limits:\n    cpu: 1", "11:12 wrong-type", '"1", or in thousandths'],
    [
      "gcp:\n  sqlInstances:\n    - type: POSTGRES_17\n      tier: db-f1-micro\n    - type: POSTGRES_17\n      tier: db-f1-micro",
      "11:7 wrong-value",
      "",
    ],
    ['accessPolicy:\n  outbound:\n    external:\n      - host: "*.no"', "12:17 wrong-value", "without scheme"],
    ["accessPolicy:\n  outbound:\n    external:\n      - ipv4: 10.0.0.0/8", "12:17 wrong-value", "not a range"],
    ["envFrom:\n  - configMap: a", "10:7 unknown-key", "in small letters"],
    ["env:\n  - name: A\n    value: 1", "11:14 wrong-type", 'Put it in quotes: "1"'],
    [
      "env:\n  - name: A\n    valueFrom:\n      secretKeyRef:\n        name: x",
      "12:9 unknown-key",
      "envFrom: [{ secret",
    ],
    ["concurrencyPolicy: Forbidden", "9:22 wrong-value", "Forbid"],
    ["gcp:\n  bigQueryDatasets:\n    - name: My-Data\n      permission: READ", "11:15 wrong-value", "small letters"],
    ["terminationGracePeriodSeconds: 300", "9:34 wrong-value", "180"],
  ])("%j", (spec, place, cure) => {
    const problems = lint(naisjob(spec));
    expect(lines(naisjob(spec))).toContain(place);
    expect(problems.map(formatProblem).join("\n")).toContain(cure);
    expect(problems.every(({ severity }) => severity === "error")).toBe(true);
  });
});

const removed = "secureLogs logformat logtransform influx redis elastic preStopHookPath".split(" ");
const ofApplications =
  "frontend idporten ingresses leaderElection login port prometheus redirects replicas service strategy tokenx".split(
    " ",
  );

test.each([...removed, ...ofApplications])(
  "the key %s, which a job does not have, is refused with what became of it",
  (key) => {
    const [problem, ...more] = lint(naisjob(`${key}: {}`));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ rule: "unknown-key", message: expect.stringContaining(`\`${key}\``) });
    expect(problem?.hint).toMatch(/took|Only an Application/);
  },
);

test.each([
  ["env:\n  - name: A\n  value: b", "a list that lost its indentation"],
  ["env:\n  - name: A\n     value: b", "one with too much of it"],
  ["resources:\n limits:\n   memory: 1Gi\n  requests:\n   memory: 1Gi", "levels that do not meet"],
  ["\tbackoffLimit: 1", "a tab"],
])("%j: %s is an error at its line", (spec) => {
  const problems = lint(naisjob(spec)).filter(({ severity }) => severity === "error");
  expect(problems.length).toBeGreaterThan(0);
  expect(problems[0]?.where?.line).toBeGreaterThanOrEqual(9);
});

test("several documents in a file are each looked at, and other kinds passed over", () => {
  const secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\nstringData:\n  a: b\n";
  const text = [naisjob("liveness:\n  path: /"), secret, naisjob("replicass: 1", { kind: "Application" })].join(
    "---\n",
  );
  expect(lines(text)).toEqual(["9:3 job-probe", "27:3 unknown-key"]);
  expect(lintManifests({ text, file: "nais.yaml" }).resources.map(({ kind, isKnown }) => [kind, isKnown])).toEqual([
    ["Naisjob", true],
    ["Secret", false],
    ["Application", true],
  ]);
});

test("the file is read as YAML 1.1, as the platform reads it", () => {
  expect(lint(naisjob("webproxy: yes\nbackoffLimit: 010"))).toEqual([]);
  expect(lines(naisjob("env:\n  - name: A\n    value: on"))).toEqual(["11:14 wrong-type"]);
  expect(lint(naisjob("env:\n  - name: A\n    value: 12:30\n  - name: B\n    value: 2026-11-05"))).toEqual([]);
});

test("a document that is no resource, and one that is not YAML, are errors at their place", () => {
  expect(lines("a: 1\n")).toEqual(["1:1 not-a-resource"]);
  expect(lines("- 1\n")).toEqual(["1:1 not-a-resource"]);
  expect(lines("a: [1\n")).toEqual(["2:1 yaml-syntax"]);
  expect(lines("---\n# nothing\n---\n")).toEqual([]);
});

test("a cron line without quotes is one problem, with its cure", () => {
  expect(lint(naisjob("schedule: */15 * * * *\ntimeZone: UTC"))).toMatchObject([
    {
      rule: "yaml-syntax",
      message: expect.stringContaining("needs quotes"),
      hint: expect.stringContaining('"*/15 * * * *"'),
    },
  ]);
});

test("a line that the platform refuses is not judged by rules besides", () => {
  expect(lines(naisjob("envFrom:\n  - secretRef:\n      name: x"))).toEqual(["10:7 unknown-key"]);
});

describe("templates", () => {
  const template = naisjob(
    'image: {{image}}\n{{#if schedule}}\nschedule: "{{schedule}}"\ntimeZone: UTC\n{{/if}}\nliveness:\n  path: /',
  );

  test("without variables, a template is an error that says what to give", () => {
    expect(lint(template)).toMatchObject([
      {
        rule: "template-not-filled",
        where: { line: 9, column: 10 },
        hint: expect.stringContaining("--var image=VALUE --var schedule=VALUE"),
      },
    ]);
  });

  test("problems stand where they stand in the template", () => {
    const image = "europe-north1-docker.pkg.dev/p/my-team/a:1";
    expect(lines(template, { image })).toEqual(["14:3 job-probe"]);
    expect(lines(template, { image, schedule: "0 45 * * *" })).toEqual(["11:13 schedule", "14:3 job-probe"]);
    expect(lines(template, { image: "ghcr.io/a/b:1" })).toEqual(["9:10 image-registry", "14:3 job-probe"]);
  });

  test("a variable that no one defines is an error, an empty one a warning", () => {
    expect(lines(template, { other: 1 })).toEqual(["9:3 empty-value", "9:10 template-variable", "14:3 job-probe"]);
    expect(lint(template, { image: "" }).find(({ rule }) => rule === "template-empty")?.severity).toBe("warning");
  });

  test("what Prometheus fills in is no template without variables, and must be escaped with them", () => {
    const alert = "# {{ $labels.job_name }}\n";
    expect(lint(naisjob("{}") + alert)).toEqual([]);
    expect(lint(naisjob("{}") + alert, { image: "x" })[0]).toMatchObject({
      rule: "template-variable",
      hint: expect.stringContaining("\\{{ $labels.job_name }}"),
    });
  });

  test("a template that the client refuses is an error at its place", () => {
    expect(lines(naisjob("{}") + "{{#if x}}", { x: 1 })).toEqual(["9:1 template"]);
  });
});

describe("a rule is switched off", () => {
  test("on its line, with a reason", () => {
    expect(lint(naisjob("liveness: # nais-etl-ignore job-probe: shared with the application\n  path: /"))).toEqual([]);
  });

  test("on the line below a comment of its own", () => {
    expect(lint(naisjob("# nais-etl-ignore job-probe: shared with the application\nliveness:\n  path: /"))).toEqual([]);
  });

  test("not without a reason", () => {
    expect(lines(naisjob("liveness: # nais-etl-ignore job-probe\n  path: /"))).toEqual([
      "9:3 job-probe",
      "9:13 ignore",
    ]);
  });

  test("not where it is misspelt, or finds nothing: that is a warning", () => {
    expect(lint(naisjob("backoffLimit: 2 # nais-etl-ignore job-probes: x"))).toMatchObject([
      { rule: "ignore", hint: "Did you mean `job-probe`?" },
    ]);
    expect(lint(naisjob("backoffLimit: 2 # nais-etl-ignore job-probe: x"))[0]?.message).toContain(
      "nothing is ignored here",
    );
  });

  test("but not what the platform refuses", () => {
    expect(lines(naisjob("replicas: 1 # nais-etl-ignore unknown-key: x"))).toEqual(["9:3 unknown-key", "9:15 ignore"]);
  });
});
