import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { concerns } from "../../../src/etl/data-test/concerned.ts";
import { withSession } from "../../../src/etl/data-test/test-session.ts";
import { loadTests } from "../../../src/spec/load-tests.ts";
import { loadPipeline } from "../../../src/spec/load.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

test("a change concerns tests by what they compute, what they give, and what cannot be known", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `name: trial
sources:
  declared: { type: file, path: data/declared.csv, columns: { n: INT64 }, sample: data/few.csv }
  open: { type: file, path: data/open.csv }
models: { program: { columns: { n: INT64 } } }
`,
    "models/stg.sql": "SELECT n FROM declared",
    "models/top.sql": "SELECT n FROM stg",
    "models/other.sql": "SELECT n FROM open",
    "models/program.ts": "export const row = (declared: { n: number }) => ({ n: declared.n });\n",
    "data/few.csv": "n\n1\n",
    "data/open.csv": "n\n1\n",
    "tests/rows.csv": "n\n1\n",
    "tests/a.yaml": `
- { name: top, model: top, given: { declared: tests/rows.csv }, expect: { count: 1 } }
- { name: top of given, model: top, given: { stg: [{ n: 1 }] }, expect: { rows: rows.csv } }
`,
    "tests/b.yaml": `
- { name: other, model: other, given: { open: [{ n: 1 }] }, expect: { count: 1 } }
- { name: program, model: program, given: { declared: [{ n: 1 }] }, expect: { count: 1 } }
`,
  });
  const pipeline = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });
  const options = { pipeline, ...(await loadTests(pipeline)) };
  await withSession(options, folder.context, async ({ plans }) => {
    const concerned = (path: string) =>
      plans
        .filter((plan) => concerns(new Set([join(folder.path, path)]), plan, pipeline))
        .map(({ test: it }) => it.name);
    expect(concerned("pipeline.yaml")).toEqual(["top", "top of given", "other", "program"]);
    expect(concerned("models/stg.sql")).toEqual(["top"]);
    expect(concerned("models/top.sql")).toEqual(["top", "top of given"]);
    expect(concerned("tests/b.yaml")).toEqual(["other", "program"]);
    expect(concerned("tests/rows.csv")).toEqual(["top", "top of given", "other"]);
    expect(concerned("data/few.csv")).toEqual(["top", "other", "program"]);
    expect(concerned("data/open.csv")).toEqual(["other"]);
    expect(concerned("models/program.ts")).toEqual(["program"]);
    expect(concerned("shared/names.ts")).toEqual(["program"]);
    expect(concerned("models/types.d.ts")).toEqual([]);
    expect(concerned("README.md")).toEqual([]);
  });
});
