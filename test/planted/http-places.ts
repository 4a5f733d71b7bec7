/** Places in and around an http source: address, query, headers, rows, what the server says of a refusal, where it sends us. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { startHttpServer } from "../servers/http.ts";
import { person, plainSecret, secret } from "./marks.ts";
import type { Place } from "./places.ts";

const rows = [
  { id: 1, name: person, note: secret },
  { id: 2, name: `O'${person}`, note: `x ${plainSecret}` },
];
const sensitive = { type: "STRING", sensitive: true };
const columns = { id: "INT64", name: sensitive, note: sensitive };

/** With a secret wherever one may stand. */
const people = {
  type: "http",
  url: "${env:API}/v1/${secret:PLAIN}/people",
  query: { key: "${secret:WHOLE}", "x y": "${secret:PLAIN}" },
  headers: { authorization: "Bearer ${secret:PLAIN}", "x-key": "${secret:PLAIN}" },
  retries: 1,
  raw: "raw/",
  columns,
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface HttpPlace {
  name: string;
  exitCode: number;
  answer: Answer;
  source?: Record<string, unknown>;
}

const place = ({ name, exitCode, answer, source }: HttpPlace): Place => ({
  name: `http: ${name}`,
  pipeline: {
    sources: { people: { ...people, ...source } },
    secrets: { WHOLE: { from: "env" }, PLAIN: { from: "nais", secret: "team-secret", key: "PLAIN_KEY" } },
  },
  // The answers are asked to be kept: they are the rows.
  published: /^raw\/(?!.*\.meta\.json$)/,
  start: async () => {
    const server = await startHttpServer(answer);
    return { env: { API: server.url }, stop: () => server.stop() };
  },
  calls: [
    [["run", "--target", "dev-gcp", "--debug"], exitCode],
    [["run", "--target", "dev-gcp", "--json", "--verbose"], exitCode],
  ],
});

const says =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_, to) =>
    to.writeHead(status, headers).end(`${person} may not: ${secret} ${plainSecret}`);

const json =
  (value: unknown): Answer =>
  (_, to) =>
    to
      .writeHead(200, { "content-type": "application/json", etag: `"${plainSecret}"`, "x-said": plainSecret })
      .end(JSON.stringify(value));

/** No file that stands there already. */
const own = { sample: "data/own.csv" };

export const httpPlaces: Place[] = [
  {
    ...place({ name: "a sample", exitCode: 0, answer: json(rows), source: own }),
    calls: [
      [["sample", "people", "--debug"], 0],
      [["sample", "people", "--force", "--json"], 0],
    ],
  },
  {
    ...place({ name: "a sample that is refused", exitCode: 1, answer: says(403), source: own }),
    calls: [[["sample", "--debug"], 1]],
  },
  place({ name: "rows", exitCode: 0, answer: json(rows) }),
  place({ name: "a server that fails", exitCode: 1, answer: says(500) }),
  place({ name: "a refusal", exitCode: 1, answer: says(400) }),
  place({ name: "no access", exitCode: 1, answer: says(401, { "www-authenticate": `Bearer ${plainSecret}` }) }),
  place({
    name: "a redirect",
    exitCode: 1,
    answer: says(302, { location: `https://${plainSecret.toLowerCase()}.example.com/${plainSecret}` }),
  }),
  place({ name: "a redirect in a circle", exitCode: 1, answer: says(302, { location: `?${plainSecret}` }) }),
  place({ name: "a web page", exitCode: 2, answer: (_, to) => to.end(`<html>${person} ${plainSecret}`) }),
  place({ name: "no JSON", exitCode: 2, answer: (_, to) => to.end(`${person} ${secret}`) }),
  place({ name: "JSON that breaks off", exitCode: 2, answer: (_, to) => to.end(`[{"name": "${person}`) }),
  place({ name: "values of another type", exitCode: 2, answer: json([{ id: person, name: 1, note: [plainSecret] }]) }),
  place({ name: "rows elsewhere", exitCode: 2, answer: json({ [person]: rows, [plainSecret]: rows }) }),
  place({
    name: "an object of arrays",
    exitCode: 2,
    answer: json({ id: [1], name: [person, secret], note: [plainSecret] }),
  }),
  place({ name: "a connection that is cut", exitCode: 1, answer: (request) => void request.socket.destroy() }),
  place({
    name: "a cursor that comes again",
    exitCode: 1,
    answer: json({ data: rows, next: `${person}${plainSecret}` }),
    source: { records: "$.data[*]", paginate: { by: "cursor", cursor: "$.next" } },
  }),
  place({
    name: "a next page on another host",
    exitCode: 1,
    answer: (_, to) =>
      to.writeHead(200, { link: `<https://example.com/${plainSecret}>; rel=next` }).end(JSON.stringify(rows)),
    source: { paginate: { by: "link" } },
  }),
  place({
    name: "a header that cannot be sent",
    exitCode: 2,
    answer: json(rows),
    source: { headers: { "x-key": "${secret:PLAIN}\nx" } },
  }),
  place({ name: "an address that is none", exitCode: 2, answer: json(rows), source: { url: "${secret:PLAIN}" } }),
  place({
    name: "CSV",
    exitCode: 2,
    answer: (_, to) => to.end(`id,name,note\n"1,${person},${plainSecret}\n`),
    source: { format: "csv" },
  }),
];
