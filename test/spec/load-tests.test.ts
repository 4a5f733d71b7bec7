import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { fixturePaths, loadTests } from "../../src/spec/load-tests.ts";
import { formatWhere } from "../../src/util/error.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

async function load(files: Record<string, string>) {
  folder = await makeFolder(files);
  return loadTests({ folder: folder.path, show: (path) => path });
}

/** Place, message and hint of each problem. */
async function problems(text: string) {
  const loaded = await load({ "tests/a.yaml": text });
  return loaded.problems.map(({ where, message, hint }) => [
    formatWhere(where!).replace("tests/a.yaml:", ""),
    message,
    hint,
  ]);
}

const item = (expectation: string) => `- name: x\n  model: m\n  expect: ${expectation}\n`;
const good = "model: m\n  expect: { count: 0 }\n";

describe("tests are found", () => {
  test("in every YAML file below tests/, by the files' names and then as they stand", async () => {
    const { tests, files } = await load({
      "tests/b.yaml": `- name: three\n  ${good}`,
      "tests/a.yml": `- name: one\n  ${good}- name: two\n  ${good}`,
      "tests/more/c.yaml": `- name: four\n  ${good}`,
      "tests/README.md": "no test",
      "other/d.yaml": `- name: five\n  ${good}`,
    });
    expect(tests.map(({ name, file }) => [name, file])).toEqual([
      ["one", "tests/a.yml"],
      ["two", "tests/a.yml"],
      ["three", "tests/b.yaml"],
      ["four", join("tests", "more", "c.yaml")],
    ]);
    expect(files).toBe(3);
  });

  test("none in a folder that is not there, and none in a file without anything", async () => {
    expect(await load({})).toEqual({ tests: [], problems: [], files: 0 });
    await folder.remove();
    expect(await load({ "tests/a.yaml": "# nothing yet\n", "tests/b.yaml": "[]" })).toMatchObject({
      tests: [],
      problems: [],
    });
  });

  test("a YAML file that a test names as rows is no test", async () => {
    const { tests, problems } = await load({
      "tests/a.yaml": `- name: one\n  model: m\n  given: { x: tests/rows.yaml }\n  expect: { rows: more/rows.yaml }\n`,
      "tests/rows.yaml": "- { a: 1 }\n",
      "tests/more/rows.yaml": "- { a: 1 }\n",
    });
    expect([tests.length, problems]).toEqual([1, []]);
  });

  test("rows may lie in the pipeline's folder, or beside the test", () => {
    const paths = fixturePaths({ path: "rows.csv", folder: "/p", testPath: "/p/tests/more/a.yaml" });
    expect(paths).toEqual(["/p/rows.csv", "/p/tests/more/rows.csv"]);
  });
});

test("a test knows where its values stand, and how they are written", async () => {
  const { tests } = await load({
    "tests/a.yaml": `- name: one\n  ${good}- name: two\n  params: { line: 007 }\n  ${good}`,
  });
  const second = tests[1]!;
  expect(formatWhere(second.where([]))).toBe("tests/a.yaml:4:3");
  expect(formatWhere(second.where(["params", "line"]))).toBe("tests/a.yaml:5:19");
  expect(formatWhere(second.where(["params"], "line"))).toBe("tests/a.yaml:5:13");
  expect(second.plain(["params", "line"])).toBe("007");
});

describe("what is wrong with a test is told with its place", () => {
  test("keys that are missing or unknown", async () => {
    expect(await problems("- name: one\n  modle: m\n  expect: { row: [] }\n")).toEqual([
      ["1:3", "`model` is missing", "Add `model:` here, a text."],
      ["2:3", "unknown key `modle`", "Did you mean `model`?"],
      ["3:13", "unknown key `row` in `expect`", "Did you mean `rows`?"],
    ]);
  });

  test("rows that are none", async () => {
    expect(await problems("- name: one\n  model: m\n  given: { a: 5, b: [1, {}], c: }\n  expect: { rows: }\n")).toEqual(
      [
        ["3:15", "`given.a` (5) is neither a list of rows nor a file", expect.stringContaining("[{ column: value }]")],
        ["3:22", "`given.b[0]` (1) is not a row", expect.stringContaining("{ column: value }")],
        [
          "3:33",
          "`given.c` (empty) is neither a list of rows nor a file",
          expect.stringContaining("[] is a table without rows"),
        ],
        ["4:19", "`expect.rows` (empty) is neither a list of rows nor a file", expect.any(String)],
      ],
    );
  });

  test("an expectation that says nothing, or two things", async () => {
    expect(await problems(item("{}") + item("{ rows: [], count: 1 }") + item("{ count: 1, ordered: true }"))).toEqual([
      ["3:11", "`expect` is empty", "One of rows, fails, error, count."],
      ["6:11", "`expect` has both `rows` and `count`", "One of rows, fails, error, count; write a test for each."],
      ["9:32", "`ordered` goes with `rows`", "Remove it, or say which rows are expected."],
    ]);
  });

  test("a time that is none", async () => {
    for (const now of ["2022-01-20", "2022-01-20T07:30", "2022-13-20T07:30Z", "today"]) {
      const found = await problems(`- name: one\n  now: ${now}\n  ${good}`);
      expect(found).toEqual([["2:8", `\`now\` ("${now}") is not an instant: write 2022-01-20T07:30:00Z`, undefined]]);
      await folder.remove();
    }
    expect(await problems(`- name: one\n  now: 2022-01-20 07:30:00.5+01:00\n  ${good}`)).toEqual([]);
  });

  test("of all files at once", async () => {
    const loaded = await load({
      "tests/a.yaml": "name: one\n",
      "tests/b.yaml": "- one\n",
      "tests/c.yaml": '- name: "one\n',
    });
    expect(loaded.problems.map(({ message, where }) => [formatWhere(where!), message])).toEqual([
      ["tests/a.yaml:1:1", "tests/a.yaml is not a list of tests"],
      ["tests/b.yaml:1:3", "this is not a test"],
      ["tests/c.yaml:2:1", expect.stringContaining("not valid YAML")],
    ]);
  });

  test("a file that is not UTF-8", async () => {
    folder = await makeFolder({ "tests/a.yaml": "" });
    const { writeFile } = await import("node:fs/promises");
    await writeFile(join(folder.path, "tests/a.yaml"), Buffer.from("- name: m\xE5ned\n", "latin1"));
    const found = await problemsOf(() => loadTests({ folder: folder.path, show: (path) => path }));
    expect(found).toMatchObject([{ message: "tests/a.yaml is not UTF-8", where: { file: "tests/a.yaml" } }]);
  });
});

test("one failing check may stand without brackets", async () => {
  const { tests } = await load({ "tests/a.yaml": "- name: one\n  model: m\n  expect: { fails: not_null(a) }\n" });
  expect(tests[0]!.expect.fails).toEqual(["not_null(a)"]);
});
