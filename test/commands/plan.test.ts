import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { makePlan, plan } from "../../src/commands/plan.ts";
import { planMarkdown } from "../../src/commands/plan-markdown.ts";
import { planText } from "../../src/commands/plan-text.ts";
import type { Logger } from "../../src/util/log.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { makeRepository, type Repository } from "../support/repository.ts";

// Credentials of this machine are not to be used: no plan here asks Google anything.
process.env["METADATA_SERVER_DETECTION"] = "none";
process.env["GOOGLE_APPLICATION_CREDENTIALS"] = "/dev/null";

let folder: Folder;
afterEach(() => folder.remove());

const files = {
  "pipeline.yaml": `
name: towns
team: data-team
sources:
  towns:
    type: bigquery
    table: shop-prod-1234.shop.towns
    columns: { id: INT64, town: STRING, size: FLOAT64 }
    sample: data/towns.csv
outputs:
  towns_by_size: { type: bigquery, table: shop.towns_by_size }
`,
  "data/towns.csv": "id,town,size\n1,Tromsø4711,1.5\n2,Bodø4711,2.5\n3,,0.1\n",
  "models/towns_by_size.sql": "SELECT id, town, size * 3 AS size FROM towns",
};

const keyed = files["pipeline.yaml"].replace("shop.towns_by_size }", "shop.towns_by_size, write: merge, key: [id] }");

const nested = (part: string, at: string) => `SELECT id, [{ ${part} }] AS parts, ${at} AS at FROM towns`;
const listed = (sizes: string) => `SELECT unnest(${sizes})::DOUBLE AS size FROM towns WHERE id = 1`;
const named = (model: string, place = "shop.towns_by_size") =>
  files["pipeline.yaml"].replace(
    "{ type: bigquery, table: shop.towns_by_size }",
    `{ type: bigquery, table: ${place}, model: ${model} }`,
  );

const plainly: Logger["paint"] = (_style, text) => text;

async function repositoryOf(
  more: Record<string, string> = {},
  base: Record<string, string> = files,
): Promise<Repository> {
  const made = await makeRepository({ files: { ...base, ...more } });
  folder = made;
  return made;
}

async function notes(): Promise<string[]> {
  return (await makePlan({}, folder.context)).notes;
}

describe("what is compared", () => {
  test("on main, with nothing uncommitted, there is nothing to compare: that is told, with a commit to name", async () => {
    const repository = await repositoryOf();
    expect(await notes()).toContain("main is this very commit, and nothing is uncommitted");
    await repository.write("models/towns_by_size.sql", "SELECT id, town, size * 2 AS size FROM towns");
    expect((await notes()).join("\n")).not.toContain("this very commit");
    await repository.commit();
    expect(await notes()).toContain(
      "main is this very commit, and nothing is uncommitted: name an earlier one, as in `--against HEAD~1`",
    );
  });

  test("on a branch: what it has changed since it left main, whatever main did since", async () => {
    const repository = await repositoryOf();
    await repository.git("checkout", "--quiet", "-b", "feature");
    await repository.write("models/towns_by_size.sql", "SELECT id, town, size * 3 AS size FROM towns WHERE id < 3");
    await repository.commit();
    await repository.git("checkout", "--quiet", "main");
    await repository.write("models/towns_by_size.sql", "SELECT 0 AS id, 'x' AS town, 0.0 AS size");
    await repository.commit();
    await repository.git("checkout", "--quiet", "feature");
    const made = await makePlan({}, repository.context);
    expect(made.against?.ref).toBe("main");
    expect(made.data).toMatchObject([
      { model: "towns_by_size", added: 0, removed: 1, key: undefined, published: true },
    ]);
    const other = await makePlan({ against: "main" }, repository.context);
    expect(other.data).toMatchObject([{ added: 2, removed: 1 }]);
  });

  test("without a repository nothing is, and the plan says so; a commit that is not here is an error", async () => {
    folder = await makeFolder(files);
    const alone = { ...folder.context, env: { PATH: process.env["PATH"], GIT_CEILING_DIRECTORIES: "/" } };
    const made = await makePlan({}, alone);
    expect(made).toMatchObject({ against: undefined, data: [], compared: undefined, problems: [], offline: true });
    expect(made.notes.join("\n")).toContain("fetch-depth: 0");
    expect(made.schema).toMatchObject([{ output: "towns_by_size", change: "unknown" }]);
    expect(await problemsOf(() => makePlan({ against: "nowhere" }, alone))).toMatchObject([
      { message: "there is no commit `nowhere` here" },
    ]);
  });

  test("a pipeline that is new has nothing to compare with, and its manifests are new", async () => {
    const repository = await repositoryOf({}, { "README.md": "" });
    for (const [file, text] of Object.entries(files)) await repository.write(file, text);
    const made = await makePlan({}, repository.context);
    expect(made.notes.join("\n")).toContain("the pipeline is new");
    expect(made.manifest).toMatchObject([{ resource: "Naisjob towns", path: "", after: "there" }, { path: "" }]);
  });

  test("one of several pipelines, with what lies beside them", async () => {
    const several = Object.fromEntries(Object.entries(files).map(([file, text]) => [`pipelines/towns/${file}`, text]));
    const repository = await repositoryOf({}, { ...several, "pipelines/towns/data/other.csv": "a\n1\n" });
    await repository.write("pipelines/towns/models/towns_by_size.sql", "SELECT id, town, size * 4 AS size FROM towns");
    const made = await makePlan({ pipeline: "towns" }, repository.context);
    expect(made.data).toMatchObject([{ added: 3, removed: 3 }]);
  });

  test("the index, the branch and the files of the repository stay as they are", async () => {
    const repository = await repositoryOf();
    await repository.write("models/towns_by_size.sql", "SELECT id FROM towns");
    const status = await repository.git("status", "--porcelain");
    await makePlan({}, repository.context);
    expect(await repository.git("status", "--porcelain")).toBe(status);
    expect(repository.effects.filter((name) => !/^(work|source|model|plan)\./.test(name))).toEqual([]);
  });
});

describe("rows and values", () => {
  test("a change of the sample is no change of the models", async () => {
    const repository = await repositoryOf();
    await repository.write("data/towns.csv", "id,town,size\n7,Oslo,9.5\n");
    expect((await makePlan({}, repository.context)).data).toEqual([]);
  });

  test("where the samples give no rows, a change is not seen, and the plan says so", async () => {
    const repository = await repositoryOf({ "models/towns_by_size.sql": "SELECT id FROM towns WHERE id > 7" });
    await repository.write("models/towns_by_size.sql", "SELECT -id AS id FROM towns WHERE id > 7");
    const { data, notes } = await makePlan({ target: "local" }, repository.context);
    expect([data, notes]).toEqual([
      [],
      ["the samples give no rows of `towns_by_size`, before or after: what changes there is not seen"],
    ]);
  });

  test("where there is no sample, the models are named that have another text", async () => {
    const repository = await repositoryOf({ "pipeline.yaml": files["pipeline.yaml"].replace(/\n.*sample:.*/, "") });
    await repository.write("models/towns_by_size.sql", "SELECT id, town FROM towns");
    expect((await makePlan({ target: "local" }, repository.context)).notes).toEqual([
      "no data is compared: there is no sample of `towns`",
      "models with another text: models/towns_by_size.sql changed",
    ]);
  });

  test("a column that moves from one sample to the next: the old models are run on their own", async () => {
    const repository = await repositoryOf();
    await repository.write("data/towns.csv", "id,name,size\n1,Tromsø4711,1.5\n2,Bodø4711,2.5\n3,,0.1\n");
    await repository.write("pipeline.yaml", files["pipeline.yaml"].replace("town: STRING", "name: STRING"));
    await repository.write("models/towns_by_size.sql", "SELECT id, name AS town, size * 3 AS size FROM towns");
    const made = await makePlan({}, repository.context);
    expect(made.notes.join("\n")).toContain("run on their own");
    expect(made.data).toEqual([]);
  });

  test("last digits of a FLOAT64 are no change, with a key and without; more than these are", async () => {
    const repository = await repositoryOf();
    const model = (size: string) =>
      repository.write("models/towns_by_size.sql", `SELECT id, town, ${size} AS size FROM towns`);
    await model("size + size + size");
    expect((await makePlan({}, repository.context)).data).toEqual([]);
    await model("size * 3 + 0.001");
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ added: 3, removed: 3 }]);
    await repository.write(
      "pipeline.yaml",
      files["pipeline.yaml"].replace("shop.towns_by_size }", "shop.towns_by_size, write: merge, key: [id] }"),
    );
    expect((await makePlan({}, repository.context)).data).toMatchObject([
      { key: ["id"], added: 0, changed: { size: 3 } },
    ]);
    await model("size + size + size");
    expect((await makePlan({}, repository.context)).data).toEqual([]);
  });

  test("a key that is not unique is none; rows that are there more often count as often", async () => {
    const repository = await repositoryOf({ "pipeline.yaml": keyed });
    await repository.write("models/towns_by_size.sql", "SELECT id, town, size * 3 AS size FROM towns, range(3)");
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ key: undefined, added: 6, removed: 0 }]);
  });

  test("lists and records are compared down to their fields", async () => {
    const nested = "SELECT id, [size * 3, 1] AS sizes, { 'a': size * 3, 'b': [{ 'c': town }] } AS part FROM towns";
    const repository = await repositoryOf({ "models/towns_by_size.sql": nested });
    await repository.write("models/towns_by_size.sql", nested.replaceAll("size * 3", "size + size + size"));
    expect((await makePlan({}, repository.context)).data).toEqual([]);
    await repository.write("models/towns_by_size.sql", nested.replace("'c': town", "'c': upper(town)"));
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ added: 2, removed: 2 }]);
  });

  test("values of a column that has another type are compared, whether or not rows have a key", async () => {
    const repository = await repositoryOf();
    const model = (size: string) =>
      repository.write("models/towns_by_size.sql", `SELECT id, town, ${size} AS size FROM towns`);
    await model("(size * 3)::NUMERIC");
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ added: 0, removed: 0 }]);
    await model("(size * 4)::NUMERIC");
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ added: 3, removed: 3 }]);
    await repository.write("pipeline.yaml", keyed);
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ key: ["id"], changed: { size: 3 } }]);
  });

  test("a key of another type, and one that is declared no more, still tells rows apart", async () => {
    const repository = await repositoryOf({ "pipeline.yaml": keyed });
    await repository.write("models/towns_by_size.sql", "SELECT id::NUMERIC AS id, town, size * 4 AS size FROM towns");
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ key: ["id"], changed: { size: 3 } }]);
    await repository.write("pipeline.yaml", files["pipeline.yaml"]);
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ key: ["id"], changed: { size: 3 } }]);
  });

  test("of records the fields that are there on both sides are compared, and days with moments", async () => {
    const repository = await repositoryOf({
      "pipeline.yaml": keyed,
      "models/towns_by_size.sql": nested("'a': id, 'b': town", "DATE '2024-01-01'"),
    });
    await repository.write("models/towns_by_size.sql", nested("'b': town, 'a': id, 'c': 1", "TIMESTAMP '2024-01-01'"));
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ added: 0, removed: 0, rows_changed: 0 }]);
    await repository.write("models/towns_by_size.sql", nested("'b': town, 'a': -id, 'c': 1", "now()"));
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ changed: { parts: 3, at: 3 } }]);
  });

  test("a row more among those that differ in their last digits counts as one", async () => {
    const repository = await repositoryOf({ "models/towns_by_size.sql": listed("[0.3, 1e20, 7, -2.5, 3e-7]") });
    const nearly = "[0.1 + 0.2::DOUBLE, 1e20 + 16384, 7 + 1e-13, -2.5, 3e-7 + 1e-15, -9.0]";
    await repository.write("models/towns_by_size.sql", listed(nearly));
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ added: 1, removed: 0 }]);
  });

  test("what tells the time is no change: old and new models see the same clock", async () => {
    const model = "SELECT id, now() AS at, current_timestamp AS c, localtime AS l, ago(INTERVAL 1 DAY) AS a FROM towns";
    const repository = await repositoryOf({ "models/towns_by_size.sql": model });
    await repository.write("models/towns_by_size.sql", `${model} -- the same`);
    expect((await makePlan({}, repository.context)).data).toEqual([]);
    await repository.write("models/towns_by_size.sql", model.replace("1 DAY", "2 DAY"));
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ added: 3, removed: 3, unsteady: false }]);
  });

  test("models that may differ each time are said to, and models here that fail are problems", async () => {
    const repository = await repositoryOf({
      "models/towns_by_size.sql": "SELECT id, town, random() AS size FROM towns",
    });
    const [change] = (await makePlan({}, repository.context)).data;
    expect(change).toMatchObject({ unsteady: true });
    await repository.git("rm", "--quiet", "models/towns_by_size.sql");
    const columns = "models: { towns_by_size: { columns: { id: INT64, size: FLOAT64 } } }\n";
    await repository.write("pipeline.yaml", `${files["pipeline.yaml"]}${columns}`);
    const program = (size: string) =>
      repository.write(
        "models/towns_by_size.ts",
        `export const row = (towns: { id: bigint }) => ({ id: towns.id, size: ${size} });\n`,
      );
    await program("Math.random()");
    await repository.commit();
    expect((await makePlan({ against: "HEAD" }, repository.context)).data).toMatchObject([{ unsteady: true }]);
    await program("Date.now()");
    await repository.commit();
    expect((await makePlan({ against: "HEAD" }, repository.context)).data).toEqual([]);
    await repository.git("rm", "--quiet", "models/towns_by_size.ts");
    await repository.write("pipeline.yaml", files["pipeline.yaml"]);
    await repository.write("models/towns_by_size.sql", "SELECT nothing FROM towns");
    expect(await plan({}, repository.context)).toBe(1);
    expect(repository.printed.join("\n")).toContain("models/towns_by_size.sql:1:8 error");
  });
});

describe("what readers see", () => {
  test("an output that publishes a model of another name is compared with the one before", async () => {
    const repository = await repositoryOf();
    await repository.git("rm", "--quiet", "models/towns_by_size.sql");
    await repository.write("models/towns_now.sql", "SELECT id, town, size * 3 AS size FROM towns WHERE id < 3");
    await repository.write("pipeline.yaml", named("towns_now"));
    const made = await makePlan({}, repository.context);
    expect(made).toMatchObject({ models_added: [], models_removed: [], schema: [{ change: "none" }] });
    expect(made.data).toMatchObject([{ model: "towns_now", was: "towns_by_size", published: true, removed: 1 }]);
    expect(planText(made, plainly)).toContain("towns_now (was towns_by_size)  1 removed");
  });

  test("and so is one that publishes another of the models that were there", async () => {
    const repository = await repositoryOf({
      "models/few.sql": "SELECT id, town, size * 3 AS size FROM towns WHERE id < 3",
    });
    await repository.write("pipeline.yaml", named("few"));
    expect((await makePlan({}, repository.context)).data).toMatchObject([{ model: "few", removed: 1 }]);
  });

  test("outputs that are new, gone or elsewhere are told, with a name of its own or another", async () => {
    const two = `${files["pipeline.yaml"]}  towns: { type: bigquery, table: shop.all_towns }\n`;
    const repository = await repositoryOf({ "pipeline.yaml": two });
    await repository.write("pipeline.yaml", named("towns_by_size", "shop.elsewhere"));
    const made = await makePlan({ target: "local" }, repository.context);
    expect(made.schema).toMatchObject([
      { output: "towns_by_size", change: "none", moved_from: "shop.towns_by_size" },
      { output: "towns", destination: "shop.all_towns", change: "gone" },
    ]);
    const text = planText(made, plainly);
    expect(text).toContain("shop.elsewhere  as before; it was shop.towns_by_size, which stays there as it is");
    expect(text).toContain("shop.all_towns  is published no more; what is there stays as it is");
    await repository.write(
      "pipeline.yaml",
      two
        .replace("  towns_by_size:", "  other: { type: bigquery, table: shop.other, model: towns }\n  sized:")
        .replace("shop.towns_by_size }", "shop.towns_by_size, model: towns_by_size }"),
    );
    expect((await makePlan({ target: "local" }, repository.context)).schema).toMatchObject([
      { output: "other", change: "new" },
      { output: "sized", change: "none", moved_from: undefined },
      { output: "towns", change: "none" },
    ]);
  });
});

describe("a Naisjob that was written by hand", () => {
  const own = `
apiVersion: nais.io/v1
kind: Naisjob
metadata: { name: towns, namespace: data-team, labels: { team: data-team } }
spec:
  image: {{ image }}
  schedule: "30 6 * * *"
  backoffLimit: 2
  restartPolicy: Never
  resources: { limits: { memory: 10Gi }, requests: { memory: {{asked}}, cpu: 200m } }
  env: [{ name: LOG_LEVEL, value: debug }]
  envFrom: [{ secret: keys }]
  gcp: { bigQueryDatasets: [{ name: shop, permission: READWRITE }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: towns }
`;
  const scheduled = files["pipeline.yaml"].replace(
    "team: data-team",
    'team: data-team\nschedule: { cron: "30 6 * * *", timeZone: Europe/Oslo }',
  );
  const differences = [
    ["spec.timeZone", '"UTC"', '"Europe/Oslo"'],
    ["spec.concurrencyPolicy", '"Allow"', '"Forbid"'],
    ["spec.resources.requests.memory", '"$asked"', '"256Mi"'],
    ["spec.resources.limits.memory", '"10Gi"', '"512Mi"'],
    ["metadata.labels.app", '"towns"', undefined],
    ["spec.env[LOG_LEVEL].value", '"debug"', undefined],
    ["spec.envFrom[keys].secret", '"keys"', undefined],
    ["spec.activeDeadlineSeconds", undefined, "21600"],
  ];

  test("is held against what is rendered in its place: what the cluster takes otherwise, and nothing else", async () => {
    const labelled = own.replace("labels: {", "labels: { app: towns,");
    const repository = await repositoryOf({}, { ".nais/naisjob.yaml": labelled, "alerts.yaml": "a: 1\n" });
    for (const [file, text] of Object.entries(files)) await repository.write(file, text);
    await repository.write("pipeline.yaml", scheduled);
    const made = await makePlan({}, repository.context);
    expect(made.own_manifest?.file).toBe(".nais/naisjob.yaml");
    const changes = made.own_manifest!.changes.map(({ path, before, after }) => [path, before, after]);
    const others = changes.filter(([path]) => !/^spec\.(?:gcp\.permissions|accessPolicy)/.test(path!));
    expect(new Set(others)).toEqual(new Set([...differences, ["", undefined, "there"]]));
    expect(changes.map(([path]) => path).join(" ")).not.toMatch(/bigQueryDatasets|backoffLimit|image|NAIS_ETL/);
    // It is there already.
    expect(made.manifest).toMatchObject([{ resource: "PrometheusRule towns", after: "there" }]);
    const text = planText(made, plainly);
    expect(text).toContain("In place of .nais/naisjob.yaml\n  Naisjob towns");
    expect(text).toMatch(/Naisjob towns +spec\.timeZone +"UTC" → "Europe\/Oslo"\n/);
    expect(text).toContain("deploy --resource .nais/naisjob.yaml");
    expect(planMarkdown(made)).toContain("<summary>In place of .nais/naisjob.yaml:");
  });

  test("that this branch has deleted is the one at the other commit", async () => {
    const repository = await repositoryOf({ ".nais/naisjob.yaml": own });
    await repository.git("rm", "--quiet", ".nais/naisjob.yaml");
    const made = await makePlan({}, repository.context);
    expect(made.own_manifest).toMatchObject({ file: ".nais/naisjob.yaml" });
    expect(made.own_manifest!.changes).toContainEqual(
      expect.objectContaining({ path: "spec.schedule", before: '"30 6 * * *"', after: undefined }),
    );
  });

  test("and is deployed as it is, is held against itself at the other commit, its variables too", async () => {
    const several = Object.fromEntries(Object.entries(files).map(([file, text]) => [`etl/${file}`, text]));
    const resource = ["../.nais/naisjob.yaml", "../.nais/alerts.yaml", "../.nais/other.yaml"];
    const repository = await repositoryOf(
      {},
      {
        ...several,
        ".nais/naisjob.yaml": own,
        ".nais/vars.yaml": "asked: 1Gi\nimage: a:1\n",
        ".nais/other.yaml": own.replaceAll("name: towns", "name: other"),
      },
    );
    await repository.write(".nais/vars.yaml", "asked: 2Gi\n");
    await repository.write(".nais/naisjob.yaml", own.replace("backoffLimit: 2", "backoffLimit: 4 # more"));
    await repository.write(".nais/alerts.yaml", "{ apiVersion: v1, kind: Alerts, metadata: { name: a } }");
    await repository.write(".nais/other.yaml", own.replaceAll("name: towns", "name: other").replace("debug", "info"));
    await repository.write("etl/pipeline.yaml", scheduled);
    const context = { ...repository.context, cwd: join(repository.path, "etl") };
    const made = await makePlan({ resource, varsFile: "../.nais/vars.yaml", var: ["image=b:1"] }, context);
    expect(made.own_manifest).toBeUndefined();
    expect(made.manifest).toEqual([
      { resource: "Naisjob towns", path: "spec.backoffLimit", before: "2", after: "4" },
      { resource: "Naisjob towns", path: "spec.resources.requests.memory", before: '"1Gi"', after: '"2Gi"' },
      { resource: "Alerts a", path: "", before: undefined, after: "there" },
    ]);
    const lost = await makePlan({ resource: ["lost.yaml"] }, context);
    expect(lost.problems).toMatchObject([{ message: "lost.yaml is not there" }]);
  });

  test("of another name, or a rendered one, is none", async () => {
    const repository = await repositoryOf({
      ".nais/naisjob.yaml": own.replace("name: towns", "name: cities"),
      ".nais/towns.yaml": `# Rendered by nais-etl from pipeline.yaml.\n${own}`,
    });
    expect((await makePlan({}, repository.context)).own_manifest).toBeUndefined();
  });
});

test("a terminal, a comment and a program are told counts alone", async () => {
  const repository = await repositoryOf();
  await repository.write("models/towns_by_size.sql", "SELECT id, upper(town) AS town, 'Secret4711' AS size FROM towns");
  await repository.write(
    "pipeline.yaml",
    `${files["pipeline.yaml"]}nais: { resources: { limits: { memory: 1Gi } } }\n`,
  );
  const made = await makePlan({ target: "prod-gcp" }, repository.context);
  expect(made.schema).toMatchObject([
    { change: "changed", compared_with: "commit", retyped: [{ name: "size", was: "FLOAT64", type: "STRING" }] },
  ]);
  expect(made.manifest).toContainEqual({
    resource: "Naisjob towns",
    path: "spec.resources.limits.memory",
    before: '"512Mi"',
    after: '"1Gi"',
  });
  const texts = [planText(made, plainly), planMarkdown(made), JSON.stringify(made)];
  for (const text of texts) expect(text).not.toMatch(/4711|TROMS/);
  expect(texts[0]).toMatch(/^towns on prod-gcp, compared with main \([0-9a-f]{7}\)\n\nColumns\n/);
  expect(texts[1]).toMatch(/^### Plan of towns on prod-gcp\n/);
  const one = planMarkdown({ ...made, manifest: made.manifest.slice(0, 1) });
  expect(one).toContain("<summary>Manifests: 1 change</summary>");
});
