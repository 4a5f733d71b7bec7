import { describe, expect, test } from "vitest";
import { formatProblem } from "../../../src/util/error.ts";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { naisjob } from "./manifests.ts";

// What is said to somebody who has nothing but the words: each cure, followed to the letter, ends the fault.

const said = (text: string) => lintManifests({ text, file: "nais.yaml" }).problems.map(formatProblem).join("\n");

const dataset = (permission: string) =>
  `gcp:\n  bigQueryDatasets:\n    - name: orders\n      permission: ${permission}`;

describe("in a Naisjob", () => {
  test.each([
    ["env:\n  - name: A", "`A` has neither `value` nor `valueFrom`"],
    [
      "env:\n  - name: PASSWORD\n    valueFrom:\n      secretKeyRef: { name: my-secret, key: password }",
      "Remove this item, and write under `spec`: `envFrom: [{ secret: my-secret }]`. Each key of the secret becomes a variable of its name: rename `password` to `PASSWORD` in the secret, or read `password` in the program.",
    ],
    [
      "env:\n  - name: level\n    valueFrom:\n      configMapKeyRef: { name: settings, key: level }",
      "Remove this item, and write under `spec`: `envFrom: [{ configmap: settings }]`. Each key of the ConfigMap becomes a variable of its name.",
    ],
    [dataset("WRITE"), "Write `READWRITE`: there is no right to write alone."],
    ["resources:\n  limits:\n    memory: 512M", "`M` is not accepted: write `512Mi`."],
    ["resources:\n  limits:\n    memory: 1GB", "`GB` is not accepted: write `1Gi`."],
    ["resources:\n  limits:\n    memory: 512", "Write it with a unit: `512Mi` is megabytes, `512Gi` gigabytes."],
    ["resources:\n  limits:\n    memory: a lot", "Write a number and its unit: `512Mi`, `2Gi`."],
    ["filesFrom:\n  - secret: one\n  - secret: two", "`mountPath: /var/run/secrets/two`"],
    ["filesFrom:\n  - secret: one\n  - secret: two", "`/var/run/secrets` is where a secret without `mountPath` lands"],
    ["filesFrom:\n  - secret: one\n    mountPath: etc/x", "Write `mountPath: /etc/x`."],
    ["filesFrom:\n  - secret: one\n    mountPath: /etc/x:y", "the cluster refuses a `:`"],
    ["ttl: 24", "Write it with its unit: `24h`."],
    ["ttl: 24 hours", "Write hours: `24h`, `168h`."],
    ['schedule: "0 6 * * *"\ntimeZone: Oslo', "Write `Europe/Oslo`."],
    ['schedule: "0 6 * * *"\ntimeZone: europe/oslo', "Write `Europe/Oslo`."],
    ['schedule: "0 6 * * *"\ntimeZone: Europe/Olso', "Did you mean `Europe/Oslo`?"],
    ['schedule: "0 25 * * *"', "without `timeZone` the schedule is in UTC"],
    ["env:\n  - name: A\n    value: …", "`…` is a placeholder"],
    ["image: …", "`…` is a placeholder"],
    ["image: ghcr.io/navikt/orders:1.0", "europe-north1-docker.pkg.dev/PROJECT/my-team/orders"],
    ["image: europe-north1-docker.pkg.dev/<management project>/my-team/a:1", "`<management project>` is a placeholder"],
    ["image: europe-north1-docker.pkg.dev/PROJECT/my-team/a:1", "`PROJECT` is a placeholder"],
    ["image: europe-north1-docker.pkg.dev/p/my-team/a", "a tag that is made once"],
    [
      "image: europe-north1-docker.pkg.dev/p/my-team/a:1@sha256:12ab",
      "`@sha256:12ab` is not a digest: `@sha256:` and 64 of 0-9 and a-f",
    ],
    ["env:\n  - name: A\n    valueFrom:\n      fieldRef: {}", "One of metadata.name"],
  ])("%j is told %j", (spec, words) => expect(said(naisjob(spec))).toContain(words));

  test("a name that Kubernetes would not take is told with one that it would", () => {
    expect(said(naisjob("{}", { name: "Nightly_Apps" }))).toContain("For example nightly-apps.");
  });

  test("a name that is too long is told what becomes of it", () => {
    expect(said(naisjob("{}", { name: "a".repeat(50) }))).toContain("cannot tell which run");
    expect(said(naisjob("{}", { name: "a".repeat(53) }))).toContain("no job is made");
  });

  test("a misspelt timeZone is not told as a missing one besides", () => {
    expect(said(naisjob('schedule: "0 6 * * *"\ntimezone: Europe/Oslo'))).toMatch(/^[^\n]*unknown key[^\n]*\n[^\n]*$/);
  });

  test("what was meant as it stands is left alone", () => {
    const spec = `env:\n  - name: A\n    value: ""\n  - name: B\n    value: wait …\nfilesFrom:\n  - secret: a\n    mountPath: /etc/a`;
    expect(said(naisjob(spec))).toBe("");
    expect(said(naisjob("env:\n  - name: A\n    value:"))).not.toContain("neither");
  });
});

const alerts = (rule: string) =>
  `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: orders
  namespace: orders-team
  labels: { team: orders-team }
spec:
  groups:
    - name: orders
      rules:
        - alert: OrdersFailed
${rule.replaceAll(/^/gm, "          ")}
`;

describe("in an alert", () => {
  test.each([
    [
      "expr: up\nlabels: { severity: critical, why: two words }",
      'Write `labels: { severity: critical, why: "two words", namespace: orders-team }`.',
    ],
    ["expr: up", "Add `labels: { namespace: orders-team, severity: critical }` to the rule."],
    ["expr: up\nlabels: { namespace: your-team, severity: info }", "sent to `your-team`, not to `orders-team`"],
    ["expr: up\nlabels: { severity: danger }", "Write `labels: { severity: critical, namespace: orders-team }`."],
    ["expr: up\nlabels: { namespace: orders-team }", "Write `labels: { namespace: orders-team, severity: critical }`"],
    ["expr: up", "Add `annotations: { summary: what is wrong, consequence: what users notice, action: what to do }`."],
    [
      "expr: up\nannotations: { summary: x }",
      "Add to `annotations`: `consequence: what users notice`, `action: what to do`.",
    ],
    ['expr: kube_job_failed{job_name=~"orders.*"} > 0', 'completion_time{job_name=~"orders-([0-9]+|manual-.+)"})'],
    [
      'expr: kube_job_failed{job_name=~"orders.*"} > 0',
      "The first half is the newest run that failed, the second the newest that succeeded",
    ],
  ])("%j is told %j", (rule, words) => expect(said(alerts(rule))).toContain(words));

  test("the cure for an alert that lasts has none of the faults of the others", () => {
    const [, cure = ""] = /\n {4}(max\(.*)/.exec(said(alerts('expr: kube_job_failed{job_name=~"orders.*"} > 0'))) ?? [];
    expect(said(alerts(`expr: ${cure}`))).not.toMatch(/alert-(lasting|sibling|silent)/);
  });

  test("a namespace that Prometheus fills in is left alone", () => {
    const rule = 'expr: up\nlabels: { namespace: "{{ $labels.namespace }}", severity: info }';
    expect(said(alerts(rule))).not.toContain("alert-namespace");
  });
});

describe("a spec with nothing indented below it", () => {
  const head = "apiVersion: nais.io/v1\nkind: Naisjob\nmetadata:\n  name: a\n  namespace: t\nspec:\n";
  const cure = "Indent lines 7 to 9 below `spec:`, each by two spaces.";
  const words = (line: string) => said(`${head}backoffLimit: 1\n${line}resources:\n  limits: { memory: 1Gi }\n`);

  test("is told as that", () => {
    const words = said(`${head}backoffLimit: 1\nresources:\n  limits: { memory: 1Gi }\n`);
    expect(words).toContain(cure);
  });

  test("is told as that where the file is not YAML any more, and a tab besides", () => {
    expect(words("\t")).toMatch(/6:1 error: nothing is indented below `spec:`[^]*8:1 error: not valid YAML: Tabs/);
    expect(words("  ")).toBe(`nais.yaml:6:1 error: nothing is indented below \`spec:\` (yaml-syntax)\n    ${cure}`);
  });

  test("is not seen where there is another document, or a spec that is well", () => {
    expect(said(`${head}---\n${head}  backoffLimit: 1\n`)).not.toContain("Indent lines");
  });
});
