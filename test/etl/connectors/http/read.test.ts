import { gzipSync, brotliCompressSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { asks, json } from "../../../servers/http.ts";
import { closeAll, readFrom } from "./reading.ts";

afterEach(closeAll);

const columns = { id: "INT64", name: "STRING" };
const rows = [
  { id: 1, name: "å" },
  { id: 2, name: null },
];

describe("rows are found", () => {
  test.each<[string, unknown, string | undefined]>([
    ["in an array", rows, undefined],
    ["in an array by its path", { meta: { n: 2 }, data: rows }, "$.data[*]"],
    ["in an array whose elements the path does not name", { meta: { data: [] }, data: rows }, "$.data"],
    ["deeper", { a: [{ "b c": { rows } }, { x: 1 }] }, "$.a[0]['b c'].rows[*]"],
    ["each within an object of its own", { hits: rows.map((row) => ({ score: 1, source: row })) }, "$.hits[*].source"],
    ["in several arrays", { groups: [{ rows: [rows[0]] }, { rows: [] }, { rows: [rows[1]] }] }, "$.groups[*].rows[*]"],
    ["as an object of arrays, one for each column", { hourly: { id: [1, 2], name: ["å", null] } }, "$.hourly"],
    ["as such an object at the top", { id: [1, 2], name: ["å", null], unit: "m" }, undefined],
  ])("%s", async (_where, body, records) => {
    const read = await readFrom({ answer: (_, to) => json(to, body), columns, source: { records } });
    expect(read.error).toBeUndefined();
    expect(read.rows).toEqual(rows);
  });

  test("as one object, which is one row", async () => {
    const read = await readFrom({
      answer: (_, to) => json(to, { id: 7, tags: ["a", "b"] }),
      columns: { id: "INT64", tags: "ARRAY<STRING>" },
    });
    expect(read.rows).toEqual([{ id: 7, tags: ["a", "b"] }]);
  });

  test("nowhere, where null or an empty array stands there", async () => {
    for (const data of [null, []]) {
      const read = await readFrom({
        answer: (_, to) => json(to, { data }),
        columns,
        source: { records: "$.data[*]" },
        pipeline: { outputs: { copy: { type: "file", path: "out/copy.ndjson", allow_empty: true } } },
      });
      expect(read.rows).toEqual([]);
    }
  });

  test("whose columns nobody declared", async () => {
    const read = await readFrom({
      answer: (_, to) => json(to, { hourly: { id: [1, 2], name: ["å", null] } }),
      source: { records: "$.hourly" },
    });
    expect(read.rows).toEqual(rows);
  });

  test("on many lines, with numbers as exact as they are written", async () => {
    const text = '{"data": [\n  {"id":\n 9007199254740993, "name": "a\\nb"}\r\n]}';
    const read = await readFrom({
      answer: (_, to) => to.end(text),
      columns: { id: "STRING", name: "STRING" },
      source: { records: "$.data" },
    });
    expect(read.error?.text ?? JSON.stringify(read.rows)).toMatch(/quotes|9007199254740993/);
  });
});

test("`records` says nothing of a file that is no JSON", async () => {
  const read = await readFrom({
    answer: (_, to) => json(to, rows),
    pipeline: { sources: { rows: { type: "file", path: "models/copy.sql", format: "csv", records: "$.data[*]" } } },
  });
  expect(read.error?.text).toContain("`records` says nothing of csv");
});

describe("an answer comes", () => {
  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("compressed by %s", async (encoding, compress) => {
    const answer = compress(Buffer.from(JSON.stringify(rows)));
    const read = await readFrom({
      answer: (_, to) => to.writeHead(200, { "content-encoding": encoding }).end(answer),
      columns,
    });
    expect(read.rows).toEqual(rows);
  });

  test("in the charset that it names, or that is declared", async () => {
    const latin1 = Buffer.from(JSON.stringify(rows), "latin1");
    const named = await readFrom({
      answer: (_, to) => to.writeHead(200, { "content-type": "application/json; charset=ISO-8859-1" }).end(latin1),
      columns,
    });
    expect(named.rows).toEqual(rows);
    const declared = await readFrom({ answer: (_, to) => to.end(latin1), columns, source: { encoding: "iso-8859-1" } });
    expect(declared.rows).toEqual(rows);
  });

  test("in UTF-8, though the server says something else", async () => {
    const read = await readFrom({
      answer: (_, to) =>
        to.writeHead(200, { "content-type": "application/json; charset=ISO-8859-1" }).end(JSON.stringify(rows)),
      columns,
    });
    expect(read.rows).toEqual(rows);
  });

  test("with a byte order mark", async () => {
    const read = await readFrom({ answer: (_, to) => to.end(`\ufeff${JSON.stringify(rows)}`), columns });
    expect(read.rows).toEqual(rows);
  });

  test("as NDJSON", async () => {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    const read = await readFrom({ answer: (_, to) => to.end(text), columns, source: { format: "ndjson" } });
    expect(read.rows).toEqual(rows);
  });

  test("as CSV of another layout", async () => {
    const source = { format: "csv", delimiter: ";", decimal: "," };
    const read = await readFrom({
      answer: (_, to) =>
        to
          .writeHead(200, { "content-type": "text/csv; charset=windows-1252" })
          .end(Buffer.from("id;name;x\n1;å;1,5\n", "latin1")),
      columns: { ...columns, x: "FLOAT64" },
      source,
    });
    expect(read.error?.text).toBeUndefined();
    expect(read.rows).toEqual([{ id: 1, name: "å", x: 1.5 }]);
  });

  test("in pieces that end anywhere", async () => {
    const many = Array.from({ length: 500 }, (_, id) => ({ id, name: `å "${id}" \\ {[`.repeat(id % 5) }));
    const body = Buffer.from(JSON.stringify({ skip: [{ data: many.slice(0, 3) }], data: many }));
    const read = await readFrom({
      answer: async (_, to) => {
        for (let at = 0; at < body.length; at += 777) {
          to.write(body.subarray(at, at + 777));
          await new Promise((resolve) => setImmediate(resolve));
        }
        to.end();
      },
      columns,
      source: { records: "$.data[*]" },
    });
    expect(read.rows).toEqual(many);
  });
});

describe("what is asked", () => {
  test("has the query, dates of the interval, parameters, and headers with secrets", async () => {
    const read = await readFrom({
      answer: (request, to) => json(to, [{ id: 1, name: asks(request, "from") }]),
      columns,
      source: {
        query: { from: "${interval:start-7d}", to: "${interval:end}", line: "${param:line}", q: "a b&c", flag: true },
        headers: { "x-key": "${secret:TOKEN}" },
      },
      pipeline: {
        interval: "day",
        params: { line: { type: "INT64", default: 101 } },
        secrets: { TOKEN: { from: "env" } },
        outputs: { copy: { type: "file", path: "out/copy.ndjson", write: "merge", key: "id" } },
      },
      env: { TOKEN: "s3cret-token" },
      interval: "2024-03-01",
    });
    expect(read.error?.text).toBeUndefined();
    expect(read.server.asked[0]).toMatchObject({
      path: "/rows?from=2024-02-23&to=2024-03-02&line=101&q=a+b%26c&flag=true",
      headers: { "x-key": "s3cret-token" },
    });
  });
});
