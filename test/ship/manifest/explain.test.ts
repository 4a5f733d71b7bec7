import { describe, expect, test } from "vitest";
import { explainNaisjob } from "../../../src/ship/manifest/explain.ts";
import { serviceAccountName } from "../../../src/ship/manifest/service-account.ts";

const explain = (spec: Record<string, unknown>) =>
  explainNaisjob({ name: "orders", namespace: "my-team", spec, schedule: undefined });
const row = (rows: { name: string; value: string }[], name: string) => rows.find((one) => one.name === name)?.value;

test("the service account has the name that the platform gives it", () => {
  // The pair is the platform's own.
  expect(serviceAccountName({ name: "myapplication", namespace: "mynamespace" })).toBe(
    "myapplicati-mynamespac-w4o5cwa",
  );
});

describe("what the manifest leaves out is what the platform takes", () => {
  test("a bare job overlaps itself, runs seven times, and is never ended", () => {
    expect(explain({}).runs).toEqual([
      expect.stringContaining("An unchanged deploy starts no run."),
      "A run that is due while the last one goes on starts beside it.",
      "A run that fails is tried up to 7 times.",
      "A run that hangs goes on for ever.",
    ]);
    expect(row(explain({ schedule: "0 6 * * *" }).defaults, "timeZone")).toBe("UTC");
  });

  test("what the manifest says is no default", () => {
    const { defaults, pod } = explain({ backoffLimit: 0, resources: { limits: { memory: "2Gi", cpu: "1" } } });
    expect(defaults.map(({ name }) => name)).not.toContain("backoffLimit");
    expect(defaults.map(({ name }) => name)).not.toContain("resources.limits.memory");
    expect(row(pod, "memory")).toBe("256Mi asked for, killed above 2Gi");
    expect(row(pod, "CPU")).toBe("200m asked for, at most 1");
  });
});

test("a variable of the manifest stands in place of the platform's", () => {
  const { environment } = explain({
    env: [{ name: "NAIS_APP_NAME", value: "x" }],
    envFrom: [{ secret: "s" }, { configmap: "c", secret: "d" }],
  });
  expect(environment.filter(({ name }) => name === "NAIS_APP_NAME")).toEqual([{ name: "NAIS_APP_NAME", value: "x" }]);
  expect(environment.slice(-2).map(({ value }) => value)).toEqual([
    "every key of Secret s; without it the pod waits",
    "every key of ConfigMap c",
  ]);
});

test("only rules that open something are told", () => {
  const external = [
    { host: "a.no" },
    { host: "b.no", ports: [{ port: 1521 }] },
    { ipv4: "10.1.2.3" },
    { host: "c.no", ipv4: "10.0.0.1" },
  ];
  const rules = [{ application: "*" }, { application: "x", namespace: "y" }];
  const { egress } = explain({ accessPolicy: { outbound: { external, rules } } });
  expect(egress.filter(({ value }) => value !== "open to every job")).toEqual([
    { name: "x in y", value: "every port, if it lets this job in" },
    { name: "a.no", value: "443" },
    { name: "b.no", value: "1521" },
    { name: "10.1.2.3", value: "every port" },
  ]);
});

test("a dataset brings the right to query with it, a bare job has none", () => {
  expect(explain({}).serviceAccount.roles).toEqual([]);
  expect(explain({ gcp: { bigQueryDatasets: [{ name: "d", permission: "READ" }] } }).serviceAccount.roles).toEqual([
    "READ in dataset d",
    "roles/bigquery.jobUser in the team's project",
  ]);
});
