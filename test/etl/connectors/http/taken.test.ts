import { basename } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { asks, json } from "../../../servers/http.ts";
import { closeAll, readFrom } from "./reading.ts";

const removed = vi.hoisted((): string[] => []);

vi.mock("node:fs/promises", async (load) => {
  const real = await load<typeof import("node:fs/promises")>();
  const rm: typeof real.rm = (path, options) => {
    removed.push(String(path));
    return real.rm(path, options);
  };
  return { ...real, rm };
});

beforeEach(() => void removed.splice(0));
afterEach(closeAll);

/** Two at the same file race: which of them finds nothing there is left to luck. */
test.each([
  ["as it came", "application/json", ["page-1", "page-2", "page-3"]],
  [
    "and what was made of it in UTF-8",
    "application/json; charset=iso-8859-1",
    ["page-1", "page-1-utf-8", "page-2", "page-2-utf-8", "page-3", "page-3-utf-8"],
  ],
])("an answer that was taken is removed once, %s", async (_what, type, files) => {
  const { rows } = await readFrom({
    answer: (request, to) => {
      const page = Number(asks(request, "page"));
      json(to, page > 2 ? [] : [{ id: page }], { "content-type": type });
    },
    columns: { id: "INT64" },
    source: { paginate: { by: "page" } },
  });
  expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
  expect(removed.map((path) => basename(path)).filter((name) => name.startsWith("page-"))).toEqual(files);
});
