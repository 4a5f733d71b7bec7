import { afterEach, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import type { RunRecord } from "../../src/etl/record/run-record.ts";
import type { Why } from "../../src/etl/why/why.ts";
import { realContext } from "../run/context.ts";
import { startPlatform, type Platform } from "../servers/platform/start.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

let folder: Folder;
let platform: Platform | undefined;

afterEach(async () => {
  await platform?.stop();
  await folder.remove();
});

const image = "europe-north1-docker.pkg.dev/p/data-team/towns:7";

const pipeline = ({ bigquery }: Platform) => `
name: towns
team: data-team
schedule: { cron: "0 6 * * *" }
sources:
  towns: { type: file, path: data/towns.csv, columns: { id: INT64, town: STRING } }
models:
  t: { columns: { id: { type: INT64, checks: [unique] }, town: STRING } }
outputs:
  t: { type: bigquery, table: towns.t }
params: { least: { type: INT64, default: 1 } }
nais: { env: [{ name: PARAM_LEAST, value: "2" }] }
targets:
  prod-gcp: { bigquery: { api_endpoint: "${bigquery.endpoint}", storage_endpoint: "http://${bigquery.storageEndpoint}" } }
`;

test("a run that was triggered on a platform has the image and the environment of its deploy; `why` triggers it again", async () => {
  folder = await makeFolder({
    "data/towns.csv": "id,town\n1,Tromsø\n1,Bodø\n",
    "models/t.sql": "SELECT * FROM towns",
  });
  platform = await startPlatform({ team: "data-team", folder: folder.path });
  await folder.write("pipeline.yaml", pipeline(platform));
  const env = { ...platform.env, GCP_TEAM_PROJECT_ID: "team-project", PATH: process.env["PATH"]! };
  const typed = async (command: string) => {
    const lines: string[] = [];
    const context = realContext({
      folder: folder.path,
      tmpdir: `${folder.path}/tmp`,
      env,
      write: (line) => void lines.push(line),
    });
    return { code: await createProgram(context).run(command.split(" ").slice(1)), text: lines.join("") };
  };
  expect(await typed(`nais-etl deploy --target prod-gcp --image ${image}`)).toMatchObject({ code: 0 });
  expect((await typed("nais-etl trigger --wait --target prod-gcp")).code).toBe(4);
  expect(platform.api.jobs).toMatchObject([{ image, runs: [{ image, states: ["FAILED"] }] }]);
  const found = JSON.parse((await typed("nais-etl why --target prod-gcp --json")).text) as Why;
  expect(found).toMatchObject({
    run: { execution: expect.stringMatching(/^towns-manual-\d{14}$/) as string },
    cause: { kind: "check" },
    mend: { command: "nais-etl trigger --wait --target prod-gcp" },
  });
  const [run] = await platform.bigquery.sql("SELECT record FROM `team-project.towns._nais_etl_runs`");
  const record = JSON.parse(String(run!["record"])) as RunRecord;
  expect([record.image, record.params]).toEqual([image, { least: "2" }]);
});
