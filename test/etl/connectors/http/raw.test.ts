import { createHash, randomUUID } from "node:crypto";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { rawProblem } from "../../../../src/spec/raw-place.ts";
import { ownerMark } from "../../../../src/util/owner-mark.ts";
import { asks, json } from "../../../servers/http.ts";
import { effects, httpEffects } from "../../../run/effects.ts";
import { runFolder } from "../../../support/run.ts";
import { closeAll, readFrom } from "./reading.ts";

afterEach(closeAll);

const columns = { id: "INT64" };
const secret = "zq7XkW9mR4vT8pL";
const body = '{"data":  [{"id": 1.0e0,\r\n"id2": "å"}], "data": [{"id": 1}]}';

test("an answer is kept byte for byte, with what is known of it beside", async () => {
  const { folder, server } = await readFrom({
    answer: (_, to) =>
      to
        .writeHead(200, {
          "content-type": "application/json; charset=utf-8",
          "content-encoding": "gzip",
          "set-cookie": secret,
          etag: `"${secret}"`,
        })
        .end(gzipSync(Buffer.from(body))),
    columns,
    source: { raw: "raw/", records: "$.data[*]", query: { key: "${secret:TOKEN}", day: "2022-01-20" } },
    pipeline: { secrets: { TOKEN: { from: "env" } } },
    env: { TOKEN: secret },
  });

  const names = (await readdir(join(folder.path, "raw"))).toSorted();
  expect(names).toEqual(["rows_20261105T100000000Z_1.json", "rows_20261105T100000000Z_1.json.meta.json"]);
  expect(await folder.read(`raw/${names[0]}`)).toBe(body);
  expect(JSON.parse(await folder.read(`raw/${names[1]}`))).toMatchObject({
    source: "rows",
    url: `${server.url}/rows?key=***&day=2022-01-20`,
    page: 1,
    fetched_at: "2026-11-05T10:00:00.000Z",
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8", "content-encoding": "gzip", etag: '"***"' },
    bytes: Buffer.byteLength(body),
    sha256: createHash("sha256").update(body).digest("hex"),
  });
  expect(await folder.read(`raw/${names[1]}`)).not.toMatch(/zq7XkW9m|cookie/);
});

test("what such a run changes is in the list of effects", async () => {
  const { folder } = await readFrom({ answer: (_, to) => json(to, [{ id: 1 }]), columns, source: { raw: "raw" } });

  const known = { ...effects, ...httpEffects };
  expect(folder.effects.filter((name) => !(name in known))).toEqual([]);
  expect(Object.keys(httpEffects).filter((name) => !folder.effects.includes(name))).toEqual([]);
});

test("nothing is written over: an answer whose name is taken gets another", async () => {
  const { folder } = await readFrom({
    answer: (_, to, n) => json(to, [{ id: n }]),
    columns,
    source: { raw: "raw/a/{source}-{time}.json" },
  });
  await runFolder(folder, { target: "dev-gcp" });
  await runFolder(folder, { target: "dev-gcp" });

  const names = (await readdir(join(folder.path, "raw/a"))).filter((name) => !name.endsWith(".meta.json"));
  const texts = await Promise.all(names.toSorted().map((name) => folder.read(`raw/a/${name}`)));
  expect(names.toSorted()).toEqual(["-2", "-3", ""].map((n) => `rows-20261105T100000000Z${n}.json`));
  expect(texts.toSorted()).toEqual(['[{"id":0}]', '[{"id":1}]', '[{"id":2}]']);
});

const partOf = (mark: string) => `.rows_1.json.${mark}-${randomUUID()}.part`;

test("what killed processes have left aside is cleared away, and nothing that somebody may still write", async () => {
  const { folder } = await readFrom({ answer: (_, to) => json(to, [{ id: 1 }]), columns, source: { raw: "raw" } });
  const { host, now } = folder.context;
  const own = await ownerMark(host);
  const names = {
    dead: partOf(own.replace(/\d+-\d+$/, "4194305-1")),
    alive: partOf(own),
    elsewhere: partOf("nais-etl-another.pod-7-77"),
    elsewhereLongAgo: partOf("nais-etl-another.pod-8-88"),
    notOurs: ".download.part",
  };
  for (const name of Object.values(names)) await folder.write(`raw/${name}`, "[");
  const longAgo = new Date(now().getTime() - 4_000_000);
  await utimes(join(folder.path, "raw", names.elsewhereLongAgo), longAgo, longAgo);
  await utimes(join(folder.path, "raw", names.notOurs), longAgo, longAgo);

  await runFolder(folder, { target: "dev-gcp" });
  const left = (await readdir(join(folder.path, "raw"))).filter((name) => name.startsWith("."));
  expect(left.toSorted()).toEqual([names.alive, names.elsewhere, names.notOurs].toSorted());
});

test("each page is kept, and so is an answer that cannot be read", async () => {
  const { folder, error } = await readFrom({
    answer: (request, to) => (asks(request, "page") === "2" ? to.end("[{") : json(to, [{ id: 1 }])),
    columns,
    source: { raw: "raw", paginate: { by: "page" } },
  });

  expect(error?.text).toMatch(/\(page 2\) error: .*this is not valid JSON/);
  expect(await folder.read("raw/rows_20261105T100000000Z_2.json")).toBe("[{");
});

test("an answer that did not come whole is not kept", async () => {
  const { folder, error } = await readFrom({
    answer: (request, to) => {
      to.writeHead(200, { "content-length": "1000" }).write("[{");
      setTimeout(() => request.socket.destroy(), 20);
    },
    columns,
    source: { raw: "raw", retries: 0 },
  });

  expect(error?.text).toMatch(/the connection was cut/);
  expect(await readdir(folder.path)).not.toContain("raw");
});

test("what is kept can be read again, as files", async () => {
  const { folder } = await readFrom({
    answer: (_, to) => json(to, { hourly: { id: [1, 2] } }),
    columns,
    source: { raw: "raw", records: "$.hourly" },
  });
  await folder.write(
    "pipeline.yaml",
    `name: again
sources:
  rows: { type: file, path: "raw/*Z_1.json", records: $.hourly, columns: { id: INT64 }, provenance: true }
outputs:
  copy: { type: file, path: out/again.ndjson }
`,
  );
  await runFolder(folder);

  expect(await folder.read("out/again.ndjson")).toBe(
    [1, 2].map((n) => `{"id":${n},"_file":"raw/rows_20261105T100000000Z_1.json","_row":${n}}\n`).join(""),
  );
});

test("a folder that cannot be written to is told of", async () => {
  const { error } = await readFrom({ answer: (_, to) => json(to, []), columns, source: { raw: "pipeline.yaml/raw" } });
  expect(error?.text).toMatch(/the answer cannot be kept in pipeline.yaml\/raw: (?:ENOTDIR|EEXIST)/);
});

describe("what `raw` cannot be:", () => {
  test.each<[string, boolean, RegExp]>([
    ["s3://bucket/x", false, /cannot be kept at s3:\/\/ yet/],
    ["raw/{day}.json", false, /`\{day\}` means nothing/],
    ["raw/{source}.json", false, /the same file in each run/],
    ["raw/{time}.json", true, /the same file for each page/],
    ["raw/rates.json", false, /a single file/],
  ])("%s", (text, hasPages, expected) => {
    expect(rawProblem(text, hasPages)?.message).toMatch(expected);
  });

  test.each(["raw", "raw/", "/mnt/raw", "raw.d/x", "raw/{time}", "{source}/{time}_{page}.json", "${env:RAW}/{time}"])(
    "but %s",
    (text) => {
      expect(rawProblem(text, false)).toBeUndefined();
    },
  );
});
