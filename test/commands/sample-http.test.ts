import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sample, type SampleCommandOptions } from "../../src/commands/sample.ts";
import { asks, json, startHttpServer, type HttpServer } from "../servers/http.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { runFolder } from "../support/run.ts";

/** A number with right check digits, as a person may have it. */
const number = "01019000083";

let server: HttpServer;
let folder: Folder;
let people = (n: number): unknown => ({ id: n, name: `Person ${n}`, born: "1990-01-01" });

beforeEach(async () => {
  people = (n) => ({ id: n, name: `Person ${n}`, born: "1990-01-01" });
  server = await startHttpServer((request, to) => {
    const page = Number(asks(request, "page"));
    json(to, { data: Array.from({ length: 50 }, (_, i) => people(page * 100 + i)) });
  });
  folder = await makeFolder();
});
afterEach(async () => {
  await server.stop();
  await folder.remove();
});

const write = (keys: string) =>
  folder.write(
    "pipeline.yaml",
    `name: trial
interval: { every: day, sample: 2022-01-20 }
secrets: { TOKEN: { from: env } }
sources:
  people:
    type: http
    url: ${server.url}/people
    query: { day: "\${interval:start}" }
    headers: { x-key: "\${secret:TOKEN}" }
    records: $.data[*]
    paginate: { by: page }
    raw: raw/
${keys}
outputs:
  people: { type: file, path: out/people.csv, write: append }
`,
  );
const columns = "    columns: { id: INT64, name: { type: STRING, sensitive: true }, born: DATE }";

const run = (options: Partial<SampleCommandOptions> = {}) =>
  sample({ sources: [], ...options }, { ...folder.context, env: { TOKEN: "s3cret-token" } });

test("the first rows are written with pseudonyms, declared as the sample, and read by a local run", async () => {
  await write(columns);

  await run({ rows: 60 });

  expect(server.asked.map(({ path }) => path)).toEqual([
    "/people?day=2022-01-20&page=1",
    "/people?day=2022-01-20&page=2",
  ]);
  expect(server.asked[0]?.headers["x-key"]).toBe("s3cret-token");
  const lines = (await folder.read("data/people.csv")).trim().split("\n");
  expect(lines).toHaveLength(61);
  expect(lines[1]).toMatch(/^100,.*,1990-01-01$/);
  expect(lines.join("\n")).not.toContain("Person");
  expect(await folder.read("pipeline.yaml")).toContain("sample: data/people.csv");
  expect(folder.effects).not.toContain("raw.keep");
  expect(await runFolder(folder)).toMatchObject({ code: 0, record: { sources: [{ rows: 60 }] } });
});

test("columns that nobody declared are declared first", async () => {
  await write("");

  await run();

  expect(await folder.read("pipeline.yaml")).toMatch(/id: +(?:\{ type: )?INT64/);
  expect(await readdir(folder.path)).toEqual(["pipeline.yaml"]);
});

test("numbers of people are refused, and so is a file that is there", async () => {
  await write(`${columns.replace("born: DATE", "born: STRING")}\n    sample: data/people.csv`);
  people = (n) => ({ id: n, name: "x", born: number });
  const [problem] = await problemsOf(() => run());
  expect(problem?.message).toMatch(/national|fødsels/i);

  people = (n) => ({ id: n, name: "x", born: "y" });
  await run();
  expect((await problemsOf(() => run()))[0]?.message).toBe("data/people.csv is there already");
});

test.each([
  ['sample: "data/*.csv"', "data/*.csv is a pattern for files, and not one to write"],
  ["sample: data/people.csv", "data/people.csv would be read as the source's answers are laid out"],
])("before anything is asked, %s is refused", async (key, message) => {
  await write(`${columns}\n    format: csv\n    delimiter: ";"\n    ${key}`);
  const text = await folder.read("pipeline.yaml");
  await folder.write("pipeline.yaml", text.replace("    records: $.data[*]\n    paginate: { by: page }\n", ""));

  expect((await problemsOf(() => run()))[0]?.message).toBe(message);
  expect(server.asked).toEqual([]);
});

test.each([
  ["day", "pipeline.yaml does not say so"],
  ["{ every: day, sample: 2022-01-20 }", "pipeline.yaml says 2022-01-20"],
])("of another interval than a local run is for, the line to write is told: interval: %s", async (interval, says) => {
  await write(columns);
  const text = await folder.read("pipeline.yaml");
  await folder.write("pipeline.yaml", text.replace("{ every: day, sample: 2022-01-20 }", interval));

  await run({ interval: "2022-01-19" });
  expect(folder.printed.join("\n")).toContain(
    `These are rows of 2022-01-19, and ${says}. For local runs on them, write there:\n    interval: { every: day, sample: 2022-01-19 }`,
  );
});

test("of the interval that a local run is for, nothing more is told", async () => {
  await write(columns);
  await run();
  expect(folder.printed.join("\n")).not.toContain("interval:");
});
