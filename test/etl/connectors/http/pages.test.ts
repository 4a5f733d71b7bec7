import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { asks, json, startHttpServer } from "../../../servers/http.ts";
import { closeAll, readFrom, type Reading } from "./reading.ts";

afterEach(closeAll);

const columns = { id: "INT64" };
const all = Array.from({ length: 7 }, (_, id) => ({ id }));
const paths = (asked: { path: string }[]) => asked.map(({ path }) => path);

const read = (answer: Reading["answer"], paginate: Record<string, unknown>, source: Record<string, unknown> = {}) =>
  readFrom({ answer, columns, source: { records: "$.data[*]", ...source, paginate } });

const named = (page: number, row: number) => ({
  id: row,
  _file: `rows_20261105T100000000Z_${page}.json`,
  _row: row,
});

const endless = (to: ServerResponse, n: number) => json(to, { data: [{ id: n }], next: `c${n}` });

describe("all pages are read", () => {
  test("by number, until one is empty", async () => {
    const { rows, server } = await read(
      (request, to) => {
        const page = Number(asks(request, "page"));
        json(to, { data: all.slice((page - 1) * 3, page * 3) });
      },
      { by: "page" },
    );
    expect(rows).toEqual(all);
    expect(paths(server.asked)).toEqual(["/rows?page=1", "/rows?page=2", "/rows?page=3", "/rows?page=4"]);
  });

  test("by number, until one is not there, and beginning with 0", async () => {
    const { rows, error } = await read(
      (request, to) => {
        const page = Number(asks(request, "p"));
        if (page > 2) to.writeHead(404).end();
        else json(to, { data: all.slice(page * 3, page * 3 + 3) });
      },
      { by: "page", parameter: "p", start: 0 },
    );
    expect(error?.text).toBeUndefined();
    expect(rows).toEqual(all);
  });

  test("by offset, of as many rows as the server gives, not as many as were asked for", async () => {
    const { rows, server } = await read(
      (request, to) => {
        const offset = Number(asks(request, "offset"));
        json(to, { data: all.slice(offset, offset + 3) });
      },
      { by: "offset", size: 100, size_parameter: "limit" },
    );
    expect(rows).toEqual(all);
    expect(paths(server.asked)).toEqual([0, 3, 6, 7].map((offset) => `/rows?limit=100&offset=${offset}`));
  });

  test.each([
    ["null", null],
    ["an empty text", ""],
    ["nothing", undefined],
  ])("by cursor, until %s stands there", async (_end, end) => {
    const { rows, server } = await read(
      (request, to) => {
        const at = Number(asks(request, "after") ?? 0);
        json(to, { data: all.slice(at, at + 4), meta: { next: at + 4 < all.length ? at + 4 : end } });
      },
      { by: "cursor", parameter: "after", cursor: "$.meta.next" },
    );
    expect(rows).toEqual(all);
    expect(paths(server.asked)).toEqual(["/rows", "/rows?after=4"]);
  });

  test("by Link header, with what else stands there", async () => {
    const { rows, server } = await read(
      (request, to) => {
        const page = Number(asks(request, "page") ?? 1);
        const next = page < 3 ? `</rows?page=${page + 1}>; title="a, b"; rel="next last", ` : "";
        json(to, { data: all.slice((page - 1) * 3, page * 3) }, { link: `${next}</rows?page=1>; rel=first` });
      },
      { by: "link" },
    );
    expect(rows).toEqual(all);
    expect(server.asked).toHaveLength(3);
  });

  test("by the next page's address in the answer", async () => {
    const { rows } = await read(
      (request, to) => {
        const page = Number(asks(request, "page") ?? 1);
        const next = page < 3 ? `http://${request.headers.host}/rows?page=${page + 1}` : null;
        json(to, { next, data: all.slice((page - 1) * 3, page * 3) });
      },
      { by: "link", cursor: "$.next" },
    );
    expect(rows).toEqual(all);
  });

  test("of CSV, each with its header", async () => {
    const { rows } = await read(
      (request, to) => {
        const page = Number(asks(request, "page") ?? 1);
        to.writeHead(200, page < 2 ? { link: "</rows?page=2>; rel=next" } : {}).end(`id\n${page}\n`);
      },
      { by: "link" },
      { format: "csv", records: undefined },
    );
    expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("with the answer that each row came in, where that is asked for", async () => {
    const { rows } = await readFrom({
      answer: (request, to) =>
        json(
          to,
          asks(request, "page") === "3"
            ? []
            : [{ id: 1 }, { id: 2 }].map((row) => ({ ...row, page: asks(request, "page") })),
        ),
      columns,
      source: { paginate: { by: "page" }, provenance: true },
    });
    expect(rows).toEqual([named(1, 1), named(1, 2), named(2, 1), named(2, 2)]);
  });

  test("but no more than a limit of rows needs", async () => {
    const { server } = await readFrom({
      answer: (request, to) => json(to, [{ id: asks(request, "page") === "1" ? 1 : 2 }]),
      columns,
      source: { paginate: { by: "page" } },
      limit: 2,
    });
    expect(server.asked).toHaveLength(2);
  });
});

describe("pages come to an end", () => {
  const cases: [string, RegExp, Record<string, unknown>, Reading["answer"]][] = [
    [
      "where there are more than allowed",
      /\(page 3\): there are more than 3 pages/,
      { by: "page", max_pages: 3 },
      (_, to, n) => endless(to, n),
    ],
    [
      "where the server does not know the parameter",
      /\(page 2\): the page is the one before it, byte for byte\nDoes the API know the query parameter `side`/,
      { by: "page", parameter: "side" },
      (_, to) => json(to, { data: all }),
    ],
    [
      "where a cursor comes again",
      /\(page 3\): the next page's cursor was there before/,
      { by: "cursor", cursor: "$.next" },
      (_, to, n) => json(to, { data: [{ id: n }], next: `c${n % 2}` }),
    ],
    [
      "where a link leads back",
      /\(page 3\): the next page was read before/,
      { by: "link" },
      (_, to, n) => json(to, { data: [{ id: n }] }, { link: `</rows?n=${(n + 1) % 2}>; rel=next`, x: "" }),
    ],
    [
      "where a cursor is an object",
      /what is to say the next page is no text/,
      { by: "cursor", cursor: "$.next" },
      (_, to, n) => json(to, { data: [{ id: n }], next: {} }),
    ],
    [
      "where all of them are too large",
      /larger than 1.0 kB/,
      { by: "page" },
      (_, to, n) => json(to, { data: [{ id: n, x: "x".repeat(300) }] }),
    ],
  ];

  test.each(cases)("%s", async (_where, expected, paginate, answer) => {
    const { error } = await read(answer, paginate, { max_size: "1 kB" });
    expect(error?.text).toMatch(expected);
  });

  test("where the next one is on another host, which is not asked", async () => {
    const other = await startHttpServer((_, to) => json(to, []));
    const { error } = await read((_, to) => json(to, { data: all }, { link: `<${other.url}/rows>; rel=next` }), {
      by: "link",
    });
    expect(error?.text).toMatch(/the next page is at another address, http:\/\/127.0.0.1:\d+: it is not asked/);
    expect(other.asked).toEqual([]);
    await other.stop();
  });
});
