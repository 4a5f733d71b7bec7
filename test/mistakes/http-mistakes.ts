/** What people get wrong with sources of type http; the server that some of them ask stands in the variable API. */
import { json, type Answer } from "../servers/http.ts";
import type { Mistake } from "./mistakes.ts";

/** The good pipeline, with such a source. @param keys lines of YAML */
function http(keys: string, more: (text: string) => string = (text) => text): NonNullable<Mistake["files"]> {
  const source = `type: http\n${keys.trim().replaceAll(/^ */gm, "    ")}`;
  return {
    "pipeline.yaml": (text) =>
      more(
        text
          .replace("type: file\n    path: data/apps.csv", source)
          .replace("type: bigquery\n    table: apps.apps_per_env", "type: file\n    path: out/apps.csv"),
      ),
  };
}

const address = "url: https://api.example.com/v1/apps\nsample: data/apps.csv\n";
const asked = 'url: "${env:API}/v1/apps"\nretries: 0\n';
const rows = [{ dato: "2022-01-20", cluster: "prod-gcp", name: "a" }];

const inFile = (name: string, keys: string, more?: (text: string) => string): Mistake => ({
  name,
  args: ["validate"],
  files: http(keys, more),
  exitCode: 2,
});

const inAnswer = (name: string, keys: string, answer: Answer, exitCode: number): Mistake => ({
  name,
  args: ["run", "--target", "dev-gcp"],
  files: http(`${asked}${keys}`),
  answer,
  exitCode,
});

export const httpMistakes: Mistake[] = [
  inFile("http-without-scheme", "url: api.example.com/v1/apps\nsample: data/apps.csv"),
  inFile("http-post", `${address}method: POST`),
  inFile("http-path-without-root", `${address}records: data.items`),
  inFile("http-filter-in-path", `${address}records: "$.items[?(@.cluster == 'prod-gcp')]"`),
  inFile("http-cursor-nowhere", `${address}paginate: { by: cursor, parameter: after }`),
  inFile("http-size-alone", `${address}records: $.items[*]\npaginate: { by: page, size: 100 }`),
  inFile(
    "http-months-before",
    `${address}query: { from: "\${interval:start-1m}" }`,
    (text) => `${text}interval: month\n`,
  ),
  inFile(
    "http-hours-of-a-day",
    `${address}query: { from: "\${interval:start-6h}" }`,
    (text) => `${text}interval: day\n`,
  ),
  inFile("http-without-interval", `${address}query: { from: "\${interval:start}" }`),
  inFile("http-timeout-without-unit", `${address}timeout: 30`),
  inFile("http-raw-in-one-file", `${address}raw: raw/apps.json`),
  inFile("http-delimiter-of-json", `${address}delimiter: ";"`),
  inFile(
    "http-secret-in-raw",
    `${address}raw: "raw/\${secret:TOKEN}"`,
    (text) => `${text}secrets: { TOKEN: { from: env } }\n`,
  ),
  {
    ...inFile("http-pasted-token", `${address}headers: { Authorization: "Bearer abcdefgh12345678" }`),
    exitCode: 0,
  },
  { name: "http-without-sample", args: ["run"], files: http("url: https://api.example.com/v1/apps"), exitCode: 2 },
  {
    name: "http-sample-of-another-shape",
    args: ["run"],
    files: {
      ...http("url: https://api.example.com/v1/apps\nrecords: $.items[*]\nsample: data/apps.json"),
      "data/apps.json": JSON.stringify({ data: rows }),
    },
    exitCode: 2,
  },
  inAnswer("http-rows-elsewhere", "", (_, to) => json(to, { data: rows, total: 1 }), 2),
  inAnswer("http-web-page", "", (_, to) => to.end("<!DOCTYPE html><title>Log in</title>"), 2),
  inAnswer("http-unauthorized", "", (_, to) => to.writeHead(401).end(), 1),
  inAnswer("http-page-parameter", "records: $.data[*]\npaginate: { by: page }", (_, to) => json(to, { data: rows }), 1),
  inAnswer(
    "http-redirect",
    "",
    (_, to) => to.writeHead(301, { location: "https://api2.example.com/v2/apps" }).end(),
    1,
  ),
];
