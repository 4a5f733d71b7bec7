import { describe, expect, test } from "vitest";
import { egressOf, parseAddress } from "../../src/spec/egress.ts";
import { pipelineSchema } from "../../src/spec/pipeline.ts";

describe("an entry of egress is read as KNADA's allow list reads it", () => {
  test.each([
    ["google.com", { kind: "host", host: "google.com", ports: [443] }],
    ["db:1521", { kind: "host", host: "db", ports: [1521] }],
    ["https://x.no:443/p", { kind: "host", host: "x.no", ports: [443] }],
    ["https://API.Example.com/v1?a=b", { kind: "host", host: "api.example.com", ports: [443] }],
    ["http://x.no", { kind: "host", host: "x.no", ports: [80] }],
    ["x.no:6005-6007", { kind: "host", host: "x.no", ports: [6005, 6006, 6007] }],
    ["10.1.2.3:5432", { kind: "ipv4", host: "10.1.2.3", ports: [5432] }],
    ["postgres://user@db.example.com/orders", { kind: "host", host: "db.example.com", ports: [5432] }],
    [
      "http://api.other-team.svc.cluster.local/x",
      { kind: "service", host: "api", namespace: "other-team", ports: [80] },
    ],
  ])("%s", (text, endpoint) => {
    expect(parseAddress({ text })).toEqual(endpoint);
  });
});

describe("a bad entry is an error and never dropped", () => {
  test.each([
    ["*.example.com", "has a wildcard"],
    ["10.0.0.0/8", "is a range of addresses"],
    ["256.1.1.1", "is not an IPv4 address"],
    ["[::1]:443", "is an IPv6 address"],
    ["x.no:0", "has a port that is none"],
    ["x.no:70000", "has a port that is none"],
    ["x.no:10-1", "has a port that is none"],
    ["x.no:1-65535", "has a port that is none"],
    ["x.no:abc", "has a port that is none"],
    ["under_score.no", "is not a host"],
    ["-a.no", "is not a host"],
    ["", "is not a host"],
  ])("%s", (text, message) => {
    const finding = parseAddress({ text });
    expect(finding).toMatchObject({ severity: "error", rule: "egress-host" });
    expect("message" in finding && finding.message).toContain(message);
  });
});

function egress(spec: object) {
  return egressOf(pipelineSchema.parse({ name: "a", ...spec }), (path) => ({ file: path.join(".") }));
}

test("hosts of sources, outputs and notifications are found, each once, sorted, with all their ports", () => {
  const { endpoints, problems } = egress({
    egress: ["z.no", "a.no:8443"],
    sources: {
      one: { type: "http", url: "https://a.no/v1" },
      two: { type: "http", url: "http://my-app/v1" },
      three: { type: "postgres", url: "postgres://u@db.no/x", table: "a.b" },
      four: { type: "bigquery", table: "a.b.c" },
    },
    notify: { slack: { webhook: "${secret:SLACK}" } },
  });
  expect(problems).toEqual([]);
  expect(endpoints).toEqual([
    { kind: "host", host: "a.no", ports: [443, 8443] },
    { kind: "host", host: "db.no", ports: [5432] },
    { kind: "host", host: "hooks.slack.com", ports: [443] },
    { kind: "host", host: "z.no", ports: [443] },
    { kind: "service", host: "my-app", ports: [80] },
  ]);
});

test("a host that only the run knows is an error, until one is declared", () => {
  const sources = { one: { type: "http", url: "${env:API}/v1" } };
  expect(egress({ sources }).problems).toMatchObject([{ rule: "egress-unknown", where: { file: "sources.one.url" } }]);
  expect(egress({ sources, egress: ["a.no"] }).problems).toEqual([]);
});

test.each([
  ["https://a.no/${interval:start}?key=${secret:KEY}", "a.no"],
  ["https://${secret:USER}:${secret:WORD}@a.no/x", "a.no"],
])("a host is known although other parts of its address are not: %s", (url, host) => {
  const { endpoints, problems } = egress({ sources: { one: { type: "http", url } } });
  expect(problems).toEqual([]);
  expect(endpoints.map((endpoint) => endpoint.host)).toEqual([host]);
});
