import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:https";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { readHttp } from "../../../../src/etl/connectors/http/read.ts";
import { EtlError } from "../../../../src/util/error.ts";
import { json, startHttpServer } from "../../../servers/http.ts";
import { makeFolder } from "../../../support/folder.ts";
import { closeAll, readFrom, type Reading } from "./reading.ts";

afterEach(closeAll);

const columns = { id: "INT64" };
const rows = [{ id: 1 }, { id: 2 }];
const secret = "zq7XkW9mR4vT8pL";

const read = (parts: Partial<Reading> & Pick<Reading, "answer">) => readFrom({ columns, ...parts });

/** With a secret in every place that may hold one. */
const withSecrets = {
  source: {
    query: { key: "${secret:TOKEN}", from: "2022-01-20" },
    headers: { authorization: "Bearer ${secret:TOKEN}", "x-key": "${secret:TOKEN}" },
  },
  pipeline: { secrets: { TOKEN: { from: "env" } } },
  env: { TOKEN: secret },
};

describe("tried again, and then read:", () => {
  test("500 twice", async () => {
    const { rows: got, server } = await read({
      answer: (_, to, n) => (n < 2 ? to.writeHead(500).end("oops") : json(to, rows)),
    });
    expect(got).toEqual(rows);
    expect(server.asked).toHaveLength(3);
  });

  test.each([
    ["in seconds", () => "1"],
    ["as a date", () => new Date(Date.parse("2026-11-05T10:00:01Z")).toUTCString()],
  ])("429 with Retry-After %s, which is waited for", async (_how, wait) => {
    const times: number[] = [];
    const { rows: got } = await read({
      answer: (_, to, n) => {
        times.push(performance.now());
        if (n === 0) to.writeHead(429, { "retry-after": wait() }).end();
        else json(to, rows);
      },
    });
    expect(got).toEqual(rows);
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
  });

  test("a connection that is cut before the answer, and in the middle of it", async () => {
    const { rows: got, server } = await read({
      answer: (request, to, n) => {
        if (n === 0) return void request.socket.destroy();
        if (n > 1) return json(to, rows);
        to.writeHead(200, { "content-length": "1000" }).write("[{");
        setTimeout(() => request.socket.destroy(), 20);
      },
    });
    expect(got).toEqual(rows);
    expect(server.asked).toHaveLength(3);
  });

  test("an answer that does not begin, and one that stops", async () => {
    const { rows: got, server } = await read({
      answer: (_, to, n) => {
        if (n === 1) to.writeHead(200).write("[");
        if (n > 1) json(to, rows);
      },
      source: { timeout: "1s" },
    });
    expect(got).toEqual(rows);
    expect(server.asked).toHaveLength(3);
  });
});

function pour(to: Parameters<Reading["answer"]>[1]): void {
  to.writeHead(200).write("[");
  const more = () => {
    while (!to.destroyed && to.write(`{"id": 1},`.repeat(1000)));
    if (!to.destroyed) to.once("drain", more);
  };
  more();
}

describe("given up, with address and status and without secrets:", () => {
  const cases: [string, RegExp, Reading["answer"], Record<string, unknown>?][] = [
    [
      "500 at each try",
      /\/rows\?key=\*\*\*&from=2022-01-20: it answers 500 Internal Server Error, after 2 tries/,
      (_, to) => to.writeHead(500).end(secret),
      { retries: 1 },
    ],
    [
      "500, and no retries",
      /it answers 500 Internal Server Error\n/,
      (_, to) => to.writeHead(500).end(secret),
      { retries: 0 },
    ],
    [
      "401",
      /it answers 401 Unauthorized\nDoes it ask for a token/,
      (request, to) => to.writeHead(401).end(`no ${request.headers.authorization}`),
    ],
    ["404", /it answers 404 Not Found\nIs `url` right/, (_, to) => to.writeHead(404).end()],
    [
      "429 that asks to wait for an hour",
      /it answers 429 Too Many Requests, and asks to wait 3600 s/,
      (_, to) => to.writeHead(429, { "retry-after": "3600" }).end(),
    ],
    ["no answer in time", /no answer within 1 s\nGive it longer/, () => undefined, { timeout: "1s", retries: 0 }],
    ["an answer that never ends", /larger than 1.0 MB\nAsk for less/, (_, to) => pour(to), { max_size: "1 MB" }],
    ["an answer of drips", /was not whole after 20 s|larger/, (_, to) => pour(to), { max_size: "1 MB" }],
    [
      "a circle of redirects",
      /sends us on and on: 5 redirects were followed/,
      (request, to) => to.writeHead(302, { location: `${request.url}x` }).end(),
    ],
    [
      "a redirect to a host that is not under egress",
      /another host, other\.example\.com, which is not under `egress:`\nWrite the new address/,
      (_, to) => to.writeHead(302, { location: `https://other.example.com/${secret}` }).end(),
    ],
    [
      "a redirect to another scheme",
      /no address/,
      (_, to) => to.writeHead(302, { location: "file:///etc/passwd" }).end(),
    ],
    [
      "a compressed answer that is none",
      /compressed answer is broken/,
      (_, to) => to.writeHead(200, { "content-encoding": "gzip" }).end("{}"),
      { retries: 0 },
    ],
    [
      "a web page",
      /is no JSON: it is a web page\nIs `url` the address of the data/,
      (_, to) => to.end(`<!doctype html><p>${secret}`),
    ],
    [
      "JSON that is cut off",
      /is not valid JSON: it ends in the middle, at byte \d+\nWas it cut off/,
      (_, to) => to.end(`[{"id": 1}, {"id`),
    ],
    [
      "JSON that is none",
      /is not valid JSON: .*at byte 1\nIs `format:` another one/,
      (_, to) => to.end(`hello ${secret}`),
    ],
    ["nothing", /the answer is empty/, (_, to) => to.end()],
    ["NDJSON", /something stands behind the end.*\n.*format: ndjson/, (_, to) => to.end('{"id": 1}\n{"id": 2}\n')],
    [
      "text in another encoding",
      /is not UTF-8|is not valid UTF-8|encoding/i,
      (_, to) => to.end(Buffer.from('[{"id": 1, "x": "blåbær"}]', "latin1")),
    ],
    [
      "rows elsewhere",
      /none of the declared columns is in it\nSay where the rows are/,
      (_, to) => json(to, { data: rows }),
    ],
    [
      "text in UTF-16",
      /first bytes are those of another encoding.*\nIf it is text, say which: `encoding: utf-16le`/,
      (_, to) => to.end(Buffer.from('\ufeff[{"id": 1}]', "utf16le")),
    ],
    [
      "a path that leads nowhere",
      /nothing stands at `\$\.dta\[\*\]`/,
      (_, to) => json(to, { data: rows }),
      { records: "$.dta[*]" },
    ],
    [
      "a value of another type",
      /rows\?key=\*\*\*&from=2022-01-20:1:7 error: a value of column `id` is not an INT64/,
      (_, to) => json(to, [{ id: secret }]),
    ],
    [
      "arrays of different lengths",
      /the arrays have not the same length: `id` has 2, `x` has 1/,
      (_, to) => json(to, { id: [1, 2], x: [1] }),
    ],
  ];

  test.each(cases)("%s", async (_what, expected, answer, source = {}) => {
    const { error, rows: got } = await read({
      answer,
      ...withSecrets,
      source: { ...withSecrets.source, retries: 1, ...source },
    });
    expect(got).toBeUndefined();
    expect(error?.text).toMatch(expected);
    expect(error?.text).not.toContain(secret.slice(0, 8));
  });

  test("a host that has no name, a port where nobody listens, something that speaks no HTTP", async () => {
    const free = await startHttpServer(() => undefined);
    await free.stop();
    const talker = createServer((socket) => {
      socket.on("error", () => undefined).end("SSH-2.0-x\r\n");
      socket.on("finish", () => socket.destroy());
    });
    await new Promise<void>((resolve) => void talker.listen(0, "127.0.0.1", resolve));
    const port = (talker.address() as AddressInfo).port;
    for (const [url, expected] of [
      ["http://no-such-host.invalid/a", /its host is not known|could not be looked up/],
      [`${free.url}/a`, /nobody listens there: the connection was refused, after 2 tries/],
      [`http://127.0.0.1:${port}/`, /does not speak HTTP/],
      [`https://127.0.0.1:${port}/`, /does not speak TLS/],
    ] as const) {
      const { error } = await read({
        answer: () => undefined,
        ...withSecrets,
        source: { ...withSecrets.source, url, retries: 1 },
      });
      expect(error?.text).toMatch(expected);
      expect(error?.text).not.toContain(secret.slice(0, 8));
    }
    talker.close();
  });

  test("a certificate that nobody trusted has signed", async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), "nais-etl-tls-"));
    try {
      execFileSync(
        "openssl",
        [
          ..."req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split(" "),
          "-keyout",
          join(folder, "key"),
          "-out",
          join(folder, "cert"),
        ],
        { stdio: "ignore" },
      );
    } catch {
      skip("there is no openssl here");
    }
    const server = createTlsServer({
      key: readFileSync(join(folder, "key")),
      cert: readFileSync(join(folder, "cert")),
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const { error } = await read({ answer: () => undefined, source: { url } });
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
    expect(error?.text).toMatch(
      /its certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\nName a file .* NODE_EXTRA_CA_CERTS/,
    );
  });

  test("a header that cannot be sent", async () => {
    const { error } = await read({ answer: (_, to) => json(to, rows), ...withSecrets, env: { TOKEN: `${secret}\nx` } });
    expect(error?.text).toMatch(/the header `authorization` cannot be sent/);
    expect(error?.text).not.toContain(secret.slice(0, 8));
  });
});

describe("redirects", () => {
  test("on the same host are followed with all headers", async () => {
    const { rows: got, server } = await read({
      answer: (request, to) =>
        request.url!.startsWith("/rows") ? to.writeHead(307, { location: "/there" }).end() : json(to, rows),
      ...withSecrets,
    });
    expect(got).toEqual(rows);
    expect(server.asked[1]).toMatchObject({ path: "/there", headers: { authorization: `Bearer ${secret}` } });
  });

  test("to another host that may be reached are followed, without a header of ours", async () => {
    const other = await startHttpServer((_, to) => json(to, rows));
    const { rows: got } = await read({
      answer: (_, to) => to.writeHead(302, { location: `${other.url}/there` }).end(),
      ...withSecrets,
    });
    await other.stop();
    expect(got).toEqual(rows);
    expect(JSON.stringify(other.asked)).not.toContain(secret);
    expect(other.asked).toHaveLength(1);
  });
});

test("what a server says of its refusal is not shown outside of target local", async () => {
  const { error } = await read({ answer: (_, to) => to.writeHead(400).end("Kari Nordmann is no date") });
  expect(error?.text).toMatch(/it answers 400 Bad Request/);
  expect(error?.text).not.toContain("Kari");
});

test("a run that is told to stop does not wait for an answer", async () => {
  const stopping = new AbortController();
  const server = await startHttpServer((_, to) => {
    to.writeHead(200).write("[");
    stopping.abort(new EtlError({ code: "interrupted", message: "stopped by Ctrl-C" }));
  });
  const folder = await makeFolder();
  const reading = readHttp({
    name: "rows",
    spec: { type: "http", url: server.url },
    columns: { id: { type: { kind: "INT64" } } },
    folder: folder.path,
    workFolder: folder.path,
    show: (path) => path,
    context: { ...folder.context, signal: stopping.signal },
    mayReach: () => false,
    where: () => ({ file: "pipeline.yaml" }),
    limit: undefined,
  });

  await expect(reading).rejects.toThrow("stopped by Ctrl-C");
  await server.stop();
  await folder.remove();
});
