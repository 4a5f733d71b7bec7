import { describe, expect, test } from "vitest";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { rules } from "../../../src/ship/manifest/rules.ts";
import { naisjob } from "./manifests.ts";

const found = (text: string) => lintManifests({ text, file: "naisjob.yaml" }).problems;
const named = (text: string) => found(text).map(({ rule }) => rule);
const manifest = (example: string) => (example.startsWith("apiVersion") ? example : naisjob(example));

describe.each(rules.map((rule) => ({ ...rule })))("rule $name", ({ name, bad, good, why, cure, title }) => {
  test("finds its bad example, at a place, with a cure, and nothing else there", () => {
    const problems = found(manifest(bad));
    expect(problems.map((problem) => problem.rule)).toEqual([name]);
    expect(problems[0]).toMatchObject({
      hint: expect.stringMatching(/\w/),
      where: { line: expect.any(Number), column: expect.any(Number) },
    });
  });

  test("leaves its good example alone, as do all others", () => {
    expect(found(manifest(good))).toEqual([]);
  });

  test("says why, and what to do", () => {
    for (const text of [title, why, cure]) expect(text).toMatch(/^\S.*\S$/s);
    expect(why).toMatch(/\.$/);
  });
});

test("each rule has a name of its own", () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});

describe("traps beside the examples", () => {
  test.each([
    ["schedule", 'schedule: "TZ=Europe/Oslo 0 6 * * *"\ntimeZone: UTC'],
    ["time-zone", 'schedule: "0 6 * * *"\ntimeZone: europe/oslo'],
    ["time-zone", 'schedule: "0 6 * * *"\ntimeZone: Local'],
    ["time-zone", 'schedule: "0 6 * * *"\ntimeZone: "+01:00"'],
    ["time-zone", 'schedule: "0 6 * * *"\ntimeZone: ""'],
    ["schedule-comment", '# kl. 7\nbackoffLimit: 1\n# kl. 7\nschedule: "0 5 * * *"\ntimeZone: UTC'],
    ["schedule-skipped", 'schedule: "0,45 2 * * SUN"\ntimeZone: Europe/Oslo'],
    ["schedule-skipped", 'schedule: "30 2 * * *"\ntimeZone: America/New_York'],
    ["env-from-both", "envFrom:\n  - {}"],
    ["files-from", "filesFrom:\n  - secret: a\n    configmap: b"],
    ["files-from-same-path", "filesFrom:\n  - secret: a\n    mountPath: /x\n  - emptyDir: {}\n    mountPath: /x/"],
    ["external-both", "accessPolicy:\n  outbound:\n    external:\n      - ports:\n          - port: 443"],
    ["resources", "resources:\n  limits:\n    cpu: 100m"],
    ["resources", "resources:\n  requests:\n    memory: 2Gi\n  limits:\n    memory: 2000Mi"],
    ["pre-stop-hook", "preStopHook: {}"],
    ["image-registry", "image: europe-north1-docker.pkg.dev/nais-management-1234/other/orders:1.0.0"],
    ["history-zero", "failedJobsHistoryLimit: 0"],
  ])("%s in %j", (name, spec) => {
    expect(named(naisjob(spec))).toEqual([name]);
  });
});

test("what only looks like a trap is left alone", () => {
  const spec = `schedule: "*/15 * * * *" # every 15 minutes
image: europe-north1-docker.pkg.dev/p/my-team/a@sha256:${"0a".repeat(32)}
filesFrom:
  - secret: a
  - configmap: b
  - configmap: c
observability:
  autoInstrumentation:
    enabled: true
    runtime: sdk
  tracing:
    enabled: false
resources:
  limits:
    cpu: "1"
ttl: 1h30m`;
  expect(found(naisjob(spec))).toEqual([]);
});

const severitiesOf = (length: number) =>
  found(naisjob("{}", { name: "a".repeat(length) })).map((problem) => problem.severity);

test.each([
  '"30 2 * * MON"\ntimeZone: Europe/Oslo',
  '"0 2,14 * * *"\ntimeZone: Europe/Oslo',
  '"30 2 * * *"\ntimeZone: UTC',
  '"30 2 * * *"\ntimeZone: Asia/Tokyo',
])("no night is left out by %s", (schedule) => expect(found(naisjob(`schedule: ${schedule}`))).toEqual([]));

test("a name between 49 and 52 is a warning, a longer one an error", () => {
  expect([48, 49, 52, 53].map(severitiesOf)).toEqual([[], ["warning"], ["warning"], ["error"]]);
});

test("rules look at an Application too, where they are for one", () => {
  const text = naisjob("env:\n  - name: NAIS_APP_NAME\n    value: x\nliveness:\n  path: /isalive", {
    kind: "Application",
  });
  expect(named(text)).toEqual(["env-platform"]);
});
