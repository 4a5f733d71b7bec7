import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../src/etl/engine/duckdb/duckdb.ts";
import { prepare, selectModels, type Prepared } from "../../src/etl/prepare.ts";
import { createSessions } from "../../src/etl/transform/program/sessions.ts";
import type { ModelNode } from "../../src/etl/transform/graph.ts";
import type { Work } from "../../src/etl/work.ts";
import { loadPipeline } from "../../src/spec/load.ts";
import { formatWhere } from "../../src/util/error.ts";
import { openEngine } from "../support/engine.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

const node = (name: string, reads: string[] = []): ModelNode => ({
  kind: "query",
  name,
  reads,
  sql: "",
  related: [],
  awaits: [],
  isDynamic: false,
  file: { name, language: "sql", path: name, shown: name, text: "" },
});

describe("the models of a selection", () => {
  const models = [node("a", ["s"]), node("b", ["a"]), node("c", ["a"]), node("d", ["b", "c"]), node("e", ["s"])];
  const names = (...select: string[]) => selectModels(models, select).map(({ name }) => name);

  test("are all, where nothing is selected", () => {
    expect(names()).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("are those named and all that they read, in order", () => {
    expect(names("b")).toEqual(["a", "b"]);
    expect(names("d")).toEqual(["a", "b", "c", "d"]);
    expect(names("e", "b")).toEqual(["a", "b", "e"]);
    expect(names("a")).toEqual(["a"]);
  });

  test("are those, too, that their checks hold their values against", () => {
    const related = [...models, { ...node("f", ["s"]), related: ["b", "t"] }];
    const sources = pipelineOf(
      `sources: { s: { type: file, path: a, columns: { x: { type: STRING, checks: [{ relationships: { to: c, column: x } }] } } } }`,
    ).spec.sources;
    expect(selectModels(related, ["f"]).map(({ name }) => name)).toEqual(["a", "b", "f"]);
    expect(selectModels(related, ["e"], sources).map(({ name }) => name)).toEqual(["a", "c", "e"]);
  });

  test("are told by the nearest name where there is no such model", async () => {
    expect(await problemsOf(() => names("dd", "a"))).toEqual([
      {
        severity: "error",
        message: "there is no model `dd` to select",
        hint: expect.stringMatching(/^Did you mean `[a-e]`\?$/),
      },
    ]);
    expect(await problemsOf(() => names("s", "zzzzzz"))).toEqual([
      expect.objectContaining({ message: "there is no model `s`, `zzzzzz` to select" }),
    ]);
  });
});

describe("what a run needs", () => {
  let db: Database;
  let folder: Folder;

  beforeAll(async () => {
    db = await openEngine();
  });

  afterAll(() => db.close());

  beforeEach(async () => {
    folder = await makeFolder({
      "models/stg.sql": "FROM apps",
      "models/m.sql": "FROM stg",
      "models/n.sql": "FROM teams",
    });
  });

  afterEach(() => folder.remove());

  interface Asked {
    select?: string[];
    env?: Record<string, string>;
    target?: string;
  }

  async function prepared(
    pipeline: string,
    { select = [], env = {}, target = "local" }: Asked = {},
  ): Promise<Prepared> {
    await folder.write("pipeline.yaml", `name: trial\n${pipeline}`);
    const loaded = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path, target });
    const values = { params: {}, interval: undefined };
    return prepare({
      pipeline: loaded,
      select,
      work: { db, sessions: createSessions() } as Work,
      values,
      context: { ...folder.context, env },
    });
  }

  const problems = async (pipeline: string, asked?: Asked) =>
    (await problemsOf(() => prepared(pipeline, asked))).map(
      ({ where, message }) => `${formatWhere(where!)} ${message}`,
    );

  const sources =
    "sources: { apps: { type: file, path: a.csv }, teams: { type: file, path: b.csv }, asis: { type: file, path: c.csv } }\n";
  const outputs =
    "outputs: { m: { type: bigquery, table: d.m }, other: { type: bigquery, table: d.n, model: n }, asis: { type: bigquery, table: d.a } }\n";

  test("are all models and outputs, and the sources that models read or outputs publish", async () => {
    const { graph, needed, outputs: published } = await prepared(sources + outputs);
    expect(graph.models.map(({ name }) => name)).toEqual(["stg", "m", "n"]);
    expect(needed).toEqual(["apps", "teams", "asis"]);
    expect(published).toEqual(["m", "other", "asis"]);
  });

  test("of a selection are its own only", async () => {
    const { graph, needed, outputs: published } = await prepared(sources + outputs, { select: ["n"] });
    expect(graph.models.map(({ name }) => name)).toEqual(["n"]);
    expect(needed).toEqual(["teams"]);
    expect(published).toEqual(["other"]);
  });

  test("warnings are logged, and keep nothing from running", async () => {
    await prepared(`${sources}outputs: { m: { type: bigquery, table: d.m } }\n`);
    expect(folder.logged.join("")).toContain("no model reads the source `asis`");
    expect(folder.logged.join("")).toContain("nothing reads or publishes the model `n`");
  });

  test("problems of pipeline, models and checks are told together", async () => {
    await folder.write("models/stg.sql", "FROM app");
    const checks = "models: { n: { checks: [{ sql: SELECT SAFE_CAST(1 AS INT64) }], dbt: { project: d } } }\n";
    expect(await problems(sources + outputs + checks)).toEqual([
      "pipeline.yaml:4:70 `dbt` of a model is not supported yet",
      "models/stg.sql:1:6 there is no source or model `app`",
      "pipeline.yaml:4:32 `SAFE_CAST(…)` is GoogleSQL",
    ]);
  });

  describe("environment variables", () => {
    const withReferences = `
sources:
  apps: { type: file, path: "\${env:APPS}.csv" }
  teams: { type: file, path: "\${env:DIR}/\${env:TEAMS}" }
outputs:
  m: { type: file, path: "\${env:OUT}/m.csv" }
  n: { type: file, path: out/n.csv }
`;

    test("that are not set are told all at once, each with its place", async () => {
      expect(await problems(withReferences, { env: { DIR: "d" } })).toEqual([
        "pipeline.yaml:4:29 the environment variable APPS is not set",
        "pipeline.yaml:5:30 the environment variable TEAMS is not set",
        "pipeline.yaml:7:26 the environment variable OUT is not set",
      ]);
    });

    test("are asked for only where the run needs them", async () => {
      expect(await problems(withReferences, { select: ["n"], env: { DIR: "d", TEAMS: "t" } })).toEqual([]);
    });

    test("of a source that the local target does not read are not asked for: its sample needs no credentials", async () => {
      const sampled = `
sources:
  apps: { type: http, url: "https://\${env:HOST}/apps", headers: { key: "\${secret:KEY}" }, sample: a.csv }
  teams: { type: file, path: "\${env:TEAMS}", sample: "\${env:SAMPLE}" }
secrets: { KEY: { from: env } }
outputs: { m: { type: bigquery, table: d.m }, n: { type: bigquery, table: d.n } }
`;
      expect(await problems(sampled, { env: { SAMPLE: "b.csv" } })).toEqual([]);
      expect(await problems(sampled)).toEqual(["pipeline.yaml:5:54 the environment variable SAMPLE is not set"]);
    });
  });
});
