import { expect, test } from "vitest";
import { undeclaredHosts } from "../../src/etl/egress.ts";
import { plainContext } from "../support/context.ts";
import { pipelineOf } from "../support/pipeline.ts";

const text = (url: string, egress = "") => `${egress}sources:\n  one: { type: http, url: "${url}", sample: a.csv }\n`;

function problems(text: string, { api = "https://api.no/x", target = "dev-gcp" } = {}) {
  const values = { params: {}, interval: undefined };
  const context = plainContext({ env: { API: api } });
  return undeclaredHosts({ pipeline: pipelineOf(text, target), values, context }, { sources: ["one"] });
}

test("a host that a variable names and nobody declares is refused, with the line to add", () => {
  expect(problems(text("${env:API}/v1", "egress: [b.no]\n"))).toEqual([
    {
      severity: "error",
      rule: "egress-undeclared",
      message: "`${env:API}/v1` leads to api.no, which is not under `egress:`: on nais it cannot be reached",
      hint: "Add it: egress: [b.no, api.no]",
      where: { file: "pipeline.yaml", line: 3, column: 27 },
    },
  ]);
});

test.each([
  ["declared", "https://api.no/x", "egress: [api.no]\n"],
  ["declared with its port", "https://api.no:8443", 'egress: ["api.no:8443"]\n'],
  ["open to every pod", "https://storage.googleapis.com/x", "egress: [b.no]\n"],
  ["this very machine", "http://localhost:8080", "egress: [b.no]\n"],
])("one that is %s is reached", (_, api, egress) => {
  expect(problems(text("${env:API}/v1", egress), { api })).toEqual([]);
});

test.each([
  ["another port", "https://api.no:8443", /leads to api.no:8443/],
  ["no host at all", "https://under_score.no", /is not a host/],
])("%s is refused", (_, api, message) => {
  expect(problems(text("${env:API}/v1", "egress: [api.no]\n"), { api })).toMatchObject([
    { message: expect.stringMatching(message) },
  ]);
});

test("hosts that stand in the file are declared by standing there, and what is read instead of a source needs none", () => {
  expect(problems(text("https://api.no/${env:API}"))).toEqual([]);
  expect(problems(text("${env:API}/v1", "egress: [b.no]\n"), { target: "local" })).toEqual([]);
});

test("a host that a secret names is not shown", () => {
  const secret = "secrets: { URL: { from: nais, secret: s } }\n";
  expect(problems(text("${secret:URL}/v1", `${secret}egress: [b.no]\n`))).toEqual([]);
});

test("on target local, where nothing is asked of BigQuery, its address is none of the run's", () => {
  const bigquery = 'egress: [b.no]\nbigquery: { project: p, api_endpoint: "${env:UNSET}" }\n';
  expect(problems(text("https://a.no", bigquery), { target: "local" })).toEqual([]);
});
