import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { loadTests } from "../../../../src/spec/load-tests.ts";
import { loadPipeline } from "../../../../src/spec/load.ts";
import {
  mutatePipeline,
  type MutantResult,
  type MutationResult,
} from "../../../../src/etl/data-test/mutation/mutate-pipeline.ts";
import { mutationToJson } from "../../../../src/etl/data-test/mutation/score.ts";
import { withSession } from "../../../../src/etl/data-test/test-session.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

interface Trial {
  models: Record<string, string>;
  tests: string;
  pipeline?: string;
  only?: string[];
}

const sources = "sources: { apps: { type: file, path: a.csv, columns: { cluster: STRING, n: INT64 } } }";

async function mutate({ models, tests, pipeline = sources, only }: Trial): Promise<MutationResult> {
  const files = Object.entries(models).map(([name, sql]) => [`models/${name}.sql`, sql]);
  folder = await makeFolder({
    "pipeline.yaml": `name: trial\n${pipeline}\n`,
    "tests/t.yaml": tests,
    ...Object.fromEntries(files),
  });
  return mutateFolder({ only });
}

interface MutateFolder {
  only?: string[] | undefined;
  signal?: AbortSignal;
  /** What happens when all is ready. */
  before?: () => void;
}

async function mutateFolder({ only, signal, before }: MutateFolder = {}): Promise<MutationResult> {
  const loaded = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });
  const options = { pipeline: loaded, ...(await loadTests(loaded)) };
  const context = { ...folder.context, ...(signal && { signal }) };
  return withSession(options, context, (session) => {
    before?.();
    return mutatePipeline(session, only && new Set(only));
  });
}

const told = ({ models }: MutationResult, status: MutantResult["status"]) =>
  models.flatMap(({ mutants }) =>
    mutants
      .filter((mutant) => mutant.status === status)
      .map(({ model, line, column, before, after }) => `${model} ${line}:${column} ${before} → ${after}`),
  );

const env = "SELECT cluster, CASE WHEN n > 10 THEN 'big' ELSE 'small' END AS size FROM apps WHERE n > 0";

test("what no test notices survives, with its place", async () => {
  const result = await mutate({
    models: { sized: env },
    tests: `
- name: sizes
  model: sized
  given: { apps: [{ n: 12 }, { n: 13 }, { n: 5 }, { n: -1 }] }
  expect: { rows: [{ size: big }, { size: big }, { size: small }] }
`,
  });
  expect(told(result, "survived")).toEqual([
    "sized 1:29 > → >=",
    "sized 1:31 10 → 11",
    "sized 1:88 > → >=",
    "sized 1:90 0 → 1",
  ]);
  expect(told(result, "killed")).toContain("sized 1:80 WHERE n > 0 → ");
  expect(result.idle).toEqual([]);
});

test("a test of a model that reads another one kills its mutants, too", async () => {
  const result = await mutate({
    models: { stg: "SELECT n FROM apps WHERE n > 0", total: "SELECT sum(n) AS n FROM stg" },
    tests: `
- name: positive numbers are added up
  model: total
  given: { apps: [{ n: 2 }, { n: 1 }, { n: 0 }, { n: -7 }] }
  expect: { rows: [{ n: 3 }] }
`,
  });
  // 0 adds nothing: the same sum.
  expect(told(result, "survived")).toEqual(["stg 1:28 > → >="]);
  expect(mutationToJson(result)).toMatchObject({
    killed: 4,
    survived: 1,
    score: 80,
    models: [
      { model: "stg", tests: 1, killed: 3, survived: 1, score: 75 },
      { model: "total", tests: 1, killed: 1, survived: 0, score: 100 },
    ],
  });
});

test("what cannot be bound, or does not fit the contract, is not counted", async () => {
  const result = await mutate({
    pipeline: `${sources}\nmodels: { m: { columns: { day: DATE } } }`,
    models: { m: "SELECT CAST(date_trunc('month', DATE '2022-01-20') AS DATE) AS day FROM apps" },
    tests: "- { name: one, model: m, given: { apps: [{}] }, expect: { rows: [{ day: 2022-01-01 }] } }\n",
  });
  expect(told(result, "unbindable")).toEqual(["m 1:24 'month' → 'month~'"]);
  expect(told(result, "survived")).toEqual(["m 1:38 DATE '2022-01-20' → DATE '2022-01-21'"]);
});

test("a reason in the query accepts survivors of its line, and one that explains nothing is told", async () => {
  const result = await mutate({
    models: {
      m: `SELECT n + 0 AS n -- survives: nobody sees nothing
FROM apps
-- survives: the source has none
WHERE n <> 7
-- survives: in vain
GROUP BY n`,
    },
    tests: "- { name: one, model: m, given: { apps: [{ n: 1 }, { n: 1 }] }, expect: { rows: [{ n: 1 }] } }\n",
  });
  const [model] = result.models;
  expect(told(result, "accepted")).toEqual(["m 1:10 + → -", "m 4:1 WHERE n <> 7 → ", "m 4:12 7 → 8"]);
  expect(told(result, "survived")).toEqual([]);
  expect(model!.mutants.find(({ line, status }) => line === 4 && status === "accepted")!.reason).toBe(
    "the source has none",
  );
  expect(model!.idleReasons).toEqual([5]);
});

test("a test that notices nothing is named, also where others are awake", async () => {
  const result = await mutate({
    models: { m: "SELECT n FROM apps WHERE n > 1" },
    tests: `
- { name: awake, model: m, given: { apps: [{ n: 1 }, { n: 2 }] }, expect: { rows: [{ n: 2 }] } }
- { name: asleep, model: m, given: { apps: [] }, expect: { rows: [] } }
- { name: awake later, model: m, given: { apps: [{ n: 1 }] }, expect: { count: 0 } }
`,
  });
  expect(result.idle.map(({ name }) => name)).toEqual(["asleep"]);
});

test("a model that no test computes keeps all its mutants", async () => {
  const result = await mutate({
    models: { m: "SELECT n FROM apps", other: "SELECT n FROM apps WHERE n > 1" },
    tests: "- { name: one, model: m, given: { apps: [] }, expect: { count: 0 } }\n",
  });
  expect(result.models.map(({ model, tests }) => [model, tests])).toEqual([
    ["m", 1],
    ["other", 0],
  ]);
  expect(told(result, "survived")).toHaveLength(4);
});

test("only the models that are asked for change", async () => {
  const result = await mutate({
    models: { stg: "SELECT n FROM apps WHERE n > 0", total: "SELECT sum(n) AS n FROM stg" },
    tests: "- { name: one, model: total, given: { apps: [{ n: 1 }] }, expect: { rows: [{ n: 1 }] } }\n",
    only: ["total"],
  });
  expect(result.models.map(({ model }) => model)).toEqual(["total"]);
});

test("a change that makes a query endless is noticed", async () => {
  const result = await mutate({
    models: {
      m: "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 3) SELECT i FROM r",
    },
    tests: "- { name: three, model: m, expect: { rows: [{ i: 1 }, { i: 2 }, { i: 3 }] } }\n",
  });
  expect(told(result, "killed")).toContain("m 1:66 WHERE i < 3 → ");
  expect(told(result, "survived")).toEqual([]);
});

test("parameters keep their values in what is changed", async () => {
  const result = await mutate({
    pipeline: `params: { least: { type: INT64, default: 3 } }\n${sources}`,
    models: { m: "SELECT n FROM apps WHERE n >= $least" },
    tests: `
- { name: three, model: m, given: { apps: [{ n: 2 }, { n: 3 }] }, expect: { rows: [{ n: 3 }] } }
- { name: five, model: m, params: { least: 5 }, given: { apps: [{ n: 4 }, { n: 5 }] }, expect: { rows: [{ n: 5 }] } }
`,
  });
  expect([told(result, "killed").length, told(result, "survived").length]).toEqual([3, 0]);
});

test("a query that the parser cannot tell the parts of is left out, and it is said why", async () => {
  const result = await mutate({
    pipeline: `${sources}\nmodels: { m: { depends_on: [apps] } }`,
    models: { m: "PIVOT apps ON cluster USING sum(n)", other: "SELECT n FROM apps" },
    tests: "- { name: one, model: other, given: { apps: [] }, expect: { count: 0 } }\n",
  });
  expect(result.models[0]).toMatchObject({ mutants: [], skipped: expect.stringContaining("PIVOT") });
});

test("programs are left out, and what reads them is not", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `name: trial\n${sources}\nmodels: { doubled: { columns: { n: INT64 } } }\n`,
    "models/doubled.ts": "export const row = (apps: { n: number }) => ({ n: 2 * apps.n });\n",
    "models/total.sql": "SELECT sum(n) AS n FROM doubled",
    "tests/t.yaml":
      "- { name: sums, model: total, given: { apps: [{ n: 1 }, { n: 2 }] }, expect: { rows: [{ n: 6 }] } }\n",
  });
  const result = await mutateFolder();
  expect(result.programs).toEqual(["doubled"]);
  expect(told(result, "killed")).toEqual(["total 1:8 sum → max"]);
});

test("a stop ends the mutants at once", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `name: trial\n${sources}\n`,
    "models/m.sql": "SELECT n + 1 AS n FROM apps WHERE n > 0",
    "tests/t.yaml": "- { name: one, model: m, given: { apps: [{ n: 1 }] }, expect: { rows: [{ n: 2 }] } }\n",
  });
  const stopping = new AbortController();
  await expect(
    mutateFolder({ signal: stopping.signal, before: () => stopping.abort(new Error("stopped")) }),
  ).rejects.toThrow("stopped");
});
