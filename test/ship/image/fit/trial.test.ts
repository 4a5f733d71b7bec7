import { afterEach, expect, test } from "vitest";
import { join } from "node:path";
import { loadPipeline } from "../../../../src/commands/load-pipeline.ts";
import { trialOf } from "../../../../src/ship/image/fit/trial.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const orders = `name: orders
team: t
params: { line: { type: INT64, default: 1 } }
sources:
  a: { type: bigquery, table: p.d.t, columns: { x: INT64 }, sample: data/a.csv }
  b: { type: file, path: data/b.csv }
outputs:
  a: { type: bigquery, table: d.a }
  f: { type: file, model: a, path: "out/\${param:line}/a.csv" }
  g: { type: file, model: a, path: g.csv }
`;

async function trial(yaml: string, place = ".") {
  folder = await makeFolder({ [join(place, "pipeline.yaml")]: yaml });
  const pipeline = await loadPipeline({ file: join(folder.path, place, "pipeline.yaml") }, folder.context);
  return trialOf({ pipeline, root: folder.path });
}

test("a trial has the samples, and may write where a run on samples does", async () => {
  expect(await trial(orders)).toEqual({
    pipeline: "orders",
    memory: "512Mi",
    bytes: 512 * 1024 ** 2,
    samples: [{ from: join(folder.path, "data/a.csv"), to: "data/a.csv" }],
    writable: [".nais-etl", "out"],
    env: { NAIS_ETL_LOG: "text" },
    command: [],
  });
});

test("of several pipelines each has its place, its name, and what its Naisjob says", async () => {
  const nais =
    "nais: { command: [nais-etl, run], env: [{ name: A, value: b }], resources: { limits: { memory: 1Gi } } }\n";
  expect(await trial(`${orders}${nais}`, "pipelines/orders")).toMatchObject({
    memory: "1Gi",
    bytes: 1024 ** 3,
    samples: [{ to: "pipelines/orders/data/a.csv" }],
    writable: ["pipelines/orders/.nais-etl", "pipelines/orders/out"],
    env: { A: "b", NAIS_ETL_PIPELINE: "orders" },
    command: ["nais-etl", "run"],
  });
});
