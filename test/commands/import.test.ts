import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { importPipeline, type ImportOptions } from "../../src/commands/import.ts";
import { loadPipeline } from "../../src/commands/load-pipeline.ts";
import { renderNaisjob } from "../../src/ship/render/naisjob.ts";
import { baseTarget } from "../../src/spec/target.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

const fixtures = fileURLToPath(new URL("../import/", import.meta.url));
const goldens = fileURLToPath(new URL("../golden/import/", import.meta.url));

/** Six scripts as teams have them, and what stands around each. */
const scripts: Record<string, ImportOptions> = {
  guide: {
    script: "main.py",
    naisjob: "naisjob.yaml",
    requirements: "requirements.txt",
    dockerfile: "Dockerfile",
    workflow: "workflow.yaml",
  },
  weather: { script: "ingest.py", naisjob: "naisjob.yaml" },
  joined: { script: "main.py", naisjob: "naisjob.yaml" },
  cleaning: { script: "rens.py" },
  tangled: { script: "job.py" },
  paged: { script: "main.py", naisjob: "naisjob.yaml" },
};

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

async function bring(name: string): Promise<void> {
  await cp(join(fixtures, name), folder.path, { recursive: true });
}

async function listed(): Promise<string[]> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

describe.each(Object.entries(scripts))("%s", (name, options) => {
  test("becomes the files and the list of what is left to do that stand in test/golden/import", async () => {
    await bring(name);
    // Without a Naisjob the folder gives the name.
    await importPipeline({ ...options, output: name, dryRun: true }, folder.context);
    await expect(`${folder.printed.join("\n")}\n`).toMatchFileSnapshot(`${goldens}${name}.txt`);
  });

  test("becomes a pipeline that loads, on each target", async () => {
    await bring(name);
    await importPipeline({ ...options, output: name }, folder.context);
    const file = join(folder.path, name, "pipeline.yaml");
    await loadPipeline({ file }, folder.context);
    const pipeline = await loadPipeline({ file, target: baseTarget }, folder.context);
    const render = () => renderNaisjob({ pipeline, image: "a:1" });
    // Only a manifest says whose the pipeline is.
    const problems = await problemsOf(options.naisjob === undefined ? () => undefined : render);
    expect(problems).toEqual([]);
  });
});

test("a function that changes the rows alone is carried over as it stands", async () => {
  await bring("guide");
  await importPipeline({ script: "main.py", output: "out" }, folder.context);
  const [before, after] = [await folder.read("main.py"), await folder.read("out/models/count_apps.py")];
  const own = before.slice(before.indexOf("def count_apps"), before.indexOf("\n\n\ndef lagre"));
  expect(after).toContain(own);
  expect(after).not.toMatch(/gbq|PROJECT/);
});

test("a model carries what its function uses, and nothing of reading, writing and the environment", async () => {
  await bring("paged");
  await importPipeline({ ...scripts["paged"]!, output: "out" }, folder.context);
  const script = await folder.read("main.py");
  const own = script.slice(script.indexOf("def per_part"), script.indexOf("\n\n\ndef main"));
  const parts = script.split("\n").find((line) => line.startsWith("PARTS"))!;
  expect(await folder.read("out/models/per_part.py")).toBe(`import pandas as pd\n\n${parts}\n\n\n${own}\n`);
});

test("a sample's columns are those that the model reads before it makes them", async () => {
  await bring("paged");
  await importPipeline({ ...scripts["paged"]!, output: "out" }, folder.context);
  expect(await folder.read("out/data/rides.csv")).toBe("status,started_at,station,kind,count\n");
});

test("columns are read through functions, lambdas and attributes, and not out of other dicts", async () => {
  const script = [
    "import pandas as pd",
    "NAMES = {'a': 'b'}",
    "SETTINGS = {'unit': NAMES['a']}",
    "def part(row):",
    "    return row['zone'] + row.gate",
    "def clean(frame):",
    "    x = SETTINGS['unit']",
    "    frame = frame.assign(half=lambda one: one['whole'] / 2).rename(columns={'old': 'new'})",
    "    frame['part'] = frame.apply(part, axis=1)",
    "    return frame[frame.open & (frame['new'] > 1)].agg({'size_m2': 'sum', 'half': 'sum'})",
    "df = pd.read_gbq('d.raw')",
    "out = clean(df)",
    "out.to_gbq('d.t', if_exists='replace')",
  ];
  await folder.write("main.py", script.join("\n"));
  await importPipeline({ script: "main.py", output: "out" }, folder.context);
  expect(await folder.read("out/data/raw.csv")).toBe("whole,old,zone,gate,open,size_m2\n");
});

test("what the manifest says is said by the pipeline, too: its job asks for the same", async () => {
  await bring("weather");
  await importPipeline({ ...scripts["weather"]!, output: "out" }, folder.context);
  const file = join(folder.path, "out/pipeline.yaml");
  const { manifest } = renderNaisjob({
    pipeline: await loadPipeline({ file, target: baseTarget }, folder.context),
    image: "a:1",
  });
  expect(manifest).toMatchObject({
    metadata: { name: "weather-ingest", namespace: "klima" },
    spec: {
      schedule: "0 * * * *",
      timeZone: "Europe/Paris",
      restartPolicy: "OnFailure",
      envFrom: [{ secret: "weather-api" }],
      gcp: { bigQueryDatasets: [{ name: "weather", permission: "READWRITE", description: "Weather per day" }] },
      accessPolicy: { outbound: { external: [{ host: "api.open-meteo.com" }, { host: "hooks.slack.com" }] } },
    },
  });
});

test("a schedule without a time zone stays in UTC", async () => {
  await bring("guide");
  await importPipeline({ script: "main.py", naisjob: "naisjob.yaml", output: "out" }, folder.context);
  expect(await folder.read("out/pipeline.yaml")).toContain("timeZone: UTC");
});

test("no file is written over: all that are in the way are told, and nothing is written", async () => {
  await bring("guide");
  await folder.write("out/pipeline.yaml", "mine");
  await folder.write("out/models/count_apps.py", "mine too");
  const before = await listed();
  expect(await problemsOf(() => importPipeline({ script: "main.py", output: "out" }, folder.context))).toMatchObject([
    { message: "pipeline.yaml, models/count_apps.py exist in out already" },
  ]);
  expect(await listed()).toEqual(before);
  expect(await folder.read("out/pipeline.yaml")).toBe("mine");
});

test("--dry-run writes nothing, and says the same each time", async () => {
  await bring("joined");
  const before = await listed();
  for (const _ of [1, 2]) await importPipeline({ ...scripts["joined"]!, dryRun: true }, folder.context);
  expect(folder.printed[0]).toBe(folder.printed[1]);
  expect(await listed()).toEqual(before);
  await importPipeline({ ...scripts["joined"]!, output: "out", json: true }, folder.context);
  const { files } = JSON.parse(folder.printed.at(-1)!) as { files: { path: string; text: string }[] };
  for (const { path, text } of files) expect(await readFile(join(folder.path, "out", path), "utf8")).toBe(text);
});

test("columns are found in lists, dicts and loops that name them, and not in texts that are put together", async () => {
  const script = [
    "import pandas as pd",
    "SUMS = ['a', 'b']",
    "NAMES = {'old': 'new'}",
    "def change(df):",
    "    for name in SUMS:",
    "        df[name] = df[name].fillna(0)",
    "        df[name + '_x'] = 1",
    "    df = df.rename(columns=NAMES)",
    "    df = df[SUMS + ['k', 'new']]",
    "    return df.groupby(by=SUMS).agg({'k': 'sum'})",
    "df = pd.read_gbq('d.raw')",
    "out = change(df)",
    "out.to_gbq('d.t', if_exists='replace')",
  ];
  await folder.write("main.py", script.join("\n"));
  await importPipeline({ script: "main.py", output: "out" }, folder.context);
  expect(await folder.read("out/data/raw.csv")).toBe("a,b,old,k\n");
});

test("what a model reads of the environment is told, and nothing of what the platform sets", async () => {
  const script = [
    "import os, requests",
    "import pandas as pd",
    'KEY = os.environ["KEY"]',
    'UNIT = os.environ["UNIT"]',
    'PROJECT = os.environ["GCP_TEAM_PROJECT_ID"]',
    "def change(df):",
    "    df['unit'] = UNIT",
    "    df['from'] = KEY[:3]",
    "    return df",
    'df = pd.DataFrame(requests.get("https://a.no/x", headers={"k": KEY}).json())',
    "out = change(df)",
    'out.to_gbq("d.t", project_id=PROJECT, if_exists="replace")',
  ];
  await folder.write("main.py", script.join("\n"));
  await importPipeline({ script: "main.py", output: "out" }, folder.context);
  expect(folder.printed[0]).toMatch(/os.environ\["UNIT"\]: models see no environment\n.*take it as `\*, unit`/);
  expect(folder.printed[0]).toMatch(/os.environ\["KEY"\]: models see no environment\n.*no business of a model/);
  expect(folder.printed[0]).not.toContain("GCP_TEAM_PROJECT_ID");
});

test("no tests file is written that holds no test: what makes one is said instead", async () => {
  await bring("paged");
  await importPipeline({ ...scripts["paged"]!, output: "out" }, folder.context);
  expect((await listed()).filter((path) => path.includes("/tests/"))).toEqual([]);
  expect(folder.printed[0]).toMatch(
    /Next:\n {2}cd out\n {2}npx nais-etl validate\n {2}npx nais-etl sample rides --target prod-gcp {4}# fills data\/rides.csv; rows by hand do, too\n {2}npx nais-etl test --new per_part {15}# first names the columns to declare\n {2}npx nais-etl test$/,
  );
});

test("the project that a table is written to is listed where a script names one", async () => {
  const script = [
    "import pandas as pd",
    "df = pd.read_gbq('SELECT a FROM d.raw')",
    "df.to_gbq('d.t', project_id='team-project')",
  ];
  await folder.write("main.py", script.join("\n"));
  await importPipeline({ script: "main.py", output: "out" }, folder.context);
  expect(folder.printed[0]).toMatch(/project_id='team-project'.*: the project is not carried over\n.*team's own/);
  expect(await folder.read("out/pipeline.yaml")).toContain("table: d.t\n");
});

test("no row and no value is made up: samples hold the names of columns alone", async () => {
  await bring("joined");
  await importPipeline({ ...scripts["joined"]!, output: "out" }, folder.context);
  expect(await folder.read("out/data/fravaer.csv")).toBe("kommunenr,maaned,tapte,mulige\n");
});

test("what is read and written in one breath, by a function of another file, is followed", async () => {
  await folder.write("rens.py", "def rens(df):\n    return df\n");
  await folder.write(
    "main.py",
    'import pandas as pd\nfrom rens import rens\n\nrens(pd.read_gbq("SELECT a FROM `p.d.raw`")).to_gbq("own.clean", if_exists="replace")\n',
  );
  await importPipeline({ script: "main.py", output: "out" }, folder.context);
  expect(await folder.read("out/models/clean.py")).toBe(
    "from rens import rens\n\n\ndef clean(raw):\n    return rens(raw)\n",
  );
  expect(await folder.read("out/pipeline.yaml")).toContain("query: SELECT a FROM `p.d.raw`");
  expect(folder.printed[0]).toContain("main.py:2:1 from rens import rens: it is a file of your own");
});

test("a loop over tables is told statement by statement, and a table's name becomes a parameter", async () => {
  const script = [
    "import pandas as pd",
    "def run():",
    "    for table in ['a', 'b']:",
    "        df = pd.read_gbq(f'SELECT * FROM d.{table} WHERE x = {table}')",
    "        df['x'] = 1",
    "        df.to_gbq(f'out.{table}', if_exists='replace')",
    "run()",
    "Other().run()",
  ];
  await folder.write("main.py", script.join("\n"));
  await importPipeline({ script: "main.py", output: "out" }, folder.context);
  expect(await folder.read("out/pipeline.yaml")).toContain("query: SELECT * FROM d.${param:table} WHERE x = @table");
  expect(folder.printed[0]).toContain("main.py:5:9 df['x'] = 1: it stands in a loop or under a condition");
  expect(folder.printed[0]!.match(/it reads or writes again and again/g)).toHaveLength(1);
});

test("a script that is no Python, and a manifest that is no Naisjob, are told", async () => {
  await folder.write("a.py", "def (:\n");
  await importPipeline({ script: "a.py", dryRun: true }, folder.context);
  expect(folder.printed[0]).toContain("a part of it is no Python that could be read");
  await folder.write("a.py", "import pandas as pd\ndf = pd.read_csv('a.csv')\nif df.empty");
  await importPipeline({ script: "a.py", dryRun: true }, folder.context);
  expect(folder.printed[1]).toContain("type: file");
  await folder.write("a.yaml", "apiVersion: nais.io/v1alpha1\nkind: Application\n");
  expect(await problemsOf(() => importPipeline({ script: "a.py", naisjob: "a.yaml" }, folder.context))).toMatchObject([
    { message: "a.yaml holds no Naisjob" },
  ]);
  expect(await problemsOf(() => importPipeline({ script: "none.py" }, folder.context))).toHaveLength(1);
});
