import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse, parseAllDocuments } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// Each example is used as a reader would, from a copy: validated, tested, run, rendered, and asked for its numbers.

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "bin/nais-etl.js");

interface Oracle {
  says: string;
  sql: string;
  rows: Record<string, unknown>[];
}

/** The same figures for all forms of the pipeline. */
const appsPerEnv: Oracle[] = [
  {
    says: "nonprod clusters are counted as dev",
    sql: `SELECT CAST(dato AS VARCHAR) AS dato, env, datacenter, antall_apper FROM apps_aggregated.apps_per_env
            ORDER BY env, datacenter`,
    rows: [
      { dato: "2022-01-20", env: "dev", datacenter: "gcp", antall_apper: 13 },
      { dato: "2022-01-20", env: "dev", datacenter: "on_prem", antall_apper: 9 },
      { dato: "2022-01-20", env: "prod", datacenter: "gcp", antall_apper: 7 },
      { dato: "2022-01-20", env: "prod", datacenter: "on_prem", antall_apper: 8 },
    ],
  },
];

/** What must stand in the warehouse after a run: figures that were counted by other means, from the published data. */
const oracles: Record<string, Oracle[]> = {
  unemployment: [
    {
      says: "5,974 thousand were unemployed in January 2000, and 13,492 thousand in October 2009",
      sql: `SELECT CAST(month AS VARCHAR) AS month, unemployed FROM labour_market.unemployment_by_month
            WHERE month IN ('2000-01-01', '2009-10-01') ORDER BY month`,
      rows: [
        { month: "2000-01-01", unemployed: 5974 },
        { month: "2009-10-01", unemployed: 13492 },
      ],
    },
    {
      says: "2009 adds up to 158,759 thousand, by month and by industry",
      sql: `SELECT (SELECT CAST(sum(unemployed) AS BIGINT) FROM labour_market.unemployment_by_month WHERE year(month) = 2009) AS months,
                   (SELECT CAST(sum(person_months) AS BIGINT) FROM labour_market.unemployment_by_industry WHERE year = 2009) AS industries`,
      rows: [{ months: 158759, industries: 158759 }],
    },
    {
      says: "Construction in 2009: 19.05 per cent in the mean, 22.7 at most",
      sql: `SELECT mean_rate, max_rate FROM labour_market.unemployment_by_industry
            WHERE year = 2009 AND industry = 'Construction'`,
      rows: [{ mean_rate: 19.05, max_rate: 22.7 }],
    },
    {
      says: "122 months, each of 14 industries",
      sql: `SELECT count(*) AS months, min(industries) AS fewest, max(industries) AS most
            FROM labour_market.unemployment_by_month`,
      rows: [{ months: 122, fewest: 14, most: 14 }],
    },
  ],
  weather: [
    {
      says: "a day of 24 mm that stands in three answers has 24 mm; the one on which clocks change has 23 hours",
      sql: `SELECT CAST(date AS VARCHAR) AS date, hours, precipitation FROM weather.per_day
            WHERE date BETWEEN '2026-03-28' AND '2026-03-29' ORDER BY date`,
      rows: [
        { date: "2026-03-28", hours: 24, precipitation: 24 },
        { date: "2026-03-29", hours: 23, precipitation: 0 },
      ],
    },
    {
      says: "no day is told of that is not whole, and what the newest answer says counts",
      sql: `SELECT count(*) AS days, min(hours) AS fewest, max(temperature_max) AS hottest FROM weather.per_day`,
      rows: [{ days: 9, fewest: 23, hottest: 9.2 }],
    },
    {
      says: "Seattle had 173.3 mm in January 2012, and 1,139.2 mm in 2015",
      sql: `SELECT (SELECT precipitation FROM weather.per_month WHERE month = '2012-01-01') AS january,
                   (SELECT round(sum(precipitation), 1) FROM weather.per_month WHERE year(month) = 2015) AS year`,
      rows: [{ january: 173.3, year: 1139.2 }],
    },
  ],
  "rap-as-code": [
    {
      says: "two songs of one file, and one each of two others, with their singers as a repeated record",
      sql: `SELECT song, lines, len(singers) AS singers, singers[1].role AS first FROM rap.songs ORDER BY song`,
      rows: [
        { song: "Lille Loff: Trikken til Trikkestallen", lines: 2, singers: 1, first: "main" },
        { song: "Lille Loff: Uten ord", lines: 0, singers: 2, first: "main" },
        { song: "MC Fjord: Datasjøen", lines: 4, singers: 1, first: "main" },
        { song: "Ordførar Ås: Natt i naboskogen", lines: 4, singers: 3, first: "main" },
      ],
    },
    {
      says: "artists and songs are many to many",
      sql: `SELECT artist, sings, writes FROM rap.artists ORDER BY artist`,
      rows: [
        { artist: "Lille Loff", sings: 3, writes: 0 },
        { artist: "MC Fjord", sings: 2, writes: 2 },
        { artist: "Ordførar Ås", sings: 2, writes: 2 },
      ],
    },
  ],
  "apps-per-env": appsPerEnv,
  "apps-per-env-typescript": appsPerEnv,
};

/** They need packages of Python, and are held against the others by test/e2e/python/. */
const inPython = ["apps-per-env-python"];

const examples = readdirSync(join(root, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

/** Several run at the same time. */
const timeout = 180_000;
const inTurn = { concurrent: false };

let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "nais-etl-examples-"));
});

afterAll(() => rm(work, { recursive: true, force: true }));

test("there are examples, each has its figures here, and each is named in examples/README.md", async () => {
  const readme = await readFile(join(root, "examples/README.md"), "utf8");

  expect(examples).toEqual([...Object.keys(oracles), ...inPython].toSorted());
  expect(examples.filter((name) => !readme.includes(`](${name})`))).toEqual([]);
});

test("the licence of every data file stands in examples/README.md", async () => {
  const readme = await readFile(join(root, "examples/README.md"), "utf8");
  const files = await readdir(join(root, "examples"), { recursive: true });
  const data = files.filter(
    (file) => /\.(csv|ndjson|json|parquet)$/.test(file) && !/\.nais-etl|\bout\b|tsconfig/.test(file),
  );

  expect(data).not.toEqual([]);
  expect(data.filter((file) => !readme.includes(`\`${file}\``))).toEqual([]);
});

// Each on its own folder: side by side. What stands in one of them follows the test before.
describe.concurrent.each(examples.filter((name) => !inPython.includes(name)))("examples/%s", { timeout }, (name) => {
  let folder: string;

  beforeAll(async () => {
    folder = await copyExample(name, name);
  });

  test("validates without a warning", inTurn, async () => {
    const { stdout } = await nais(["validate", "--json"], folder);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [] });
  });

  test("has a test for each of its models, and they pass", inTurn, async () => {
    const files = (await readdir(join(folder, "models"))).filter((file) => !file.endsWith(".d.ts"));
    const models = files.map((file) => file.replace(/\.\w+$/, ""));
    expect(await testedModels(folder)).toEqual(models.toSorted());
    await nais(["test"], folder);
  });

  test(
    "tests that notice at least 90 % of the changes to its queries, and give a reason for the others",
    inTurn,
    async () => {
      const { stdout } = await nais(["test", "--min-score", "90", "--json"], folder);
      const { mutation } = JSON.parse(stdout) as { mutation: object };
      expect(mutation).toMatchObject({ survivors: [], idle_tests: [] });
    },
  );

  test("runs, and runs again with the same result", inTurn, async () => {
    await nais(["run"], folder);
    expect(await answersOf(name, folder)).toEqual(oracles[name]);
    await nais(["run"], folder);
    expect(await answersOf(name, folder)).toEqual(oracles[name]);
  });

  test("renders its Naisjob", inTurn, async () => {
    const { stdout } = await nais(["render"], folder);
    expect(firstDocument(stdout)).toMatchObject({ kind: "Naisjob", metadata: { name } });
  });
});

test.concurrent(
  "examples/apps-per-env gives prod 3, dev 3, gcp 2 and on_prem 4 on the guide's six rows",
  { timeout },
  async () => {
    const folder = await copyExample("apps-per-env", "six-apps");
    await cp(join(folder, "tests/six_apps.csv"), join(folder, "data/apps.csv"));
    await nais(["run"], folder);

    const by = async (column: string) => {
      const sql = `SELECT ${column}, CAST(sum(antall_apper) AS BIGINT) AS apper FROM apps_aggregated.apps_per_env GROUP BY ALL ORDER BY 1`;
      return JSON.parse((await nais(["query", sql, "--json"], folder)).stdout);
    };
    expect(await by("env")).toEqual([
      { env: "dev", apper: 3 },
      { env: "prod", apper: 3 },
    ]);
    expect(await by("datacenter")).toEqual([
      { datacenter: "gcp", apper: 2 },
      { datacenter: "on_prem", apper: 4 },
    ]);
  },
);

test.concurrent("the demo prints what was published, and the oracles of two months", { timeout }, async () => {
  const folder = await copyExample("unemployment", "demo");

  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "scripts/demo.js"), folder]);

  expect(stdout).toContain("3 of 3 outputs published");
  expect(stdout).toMatch(/2000-01-01 +5974 /);
  expect(stdout).toMatch(/2009-10-01 +13492 /);
  const readme = await readFile(join(root, "README.md"), "utf8");
  const [, shown = ""] = /The demo prints:\n\n```\n([\s\S]*?)```/.exec(readme) ?? [];
  // The report is named on a terminal. Models that do not need each other run at the same time: their lines come as they end.
  expect(lines(stdout)).toEqual(lines(shown.replace(/^Report: .*\n/m, "")));
});

const lines = (text: string) => untimed(text).split("\n").toSorted();

/** What differs from one run to the next: seconds, bytes of intermediate files, the run's id. Columns are as wide as these. */
function untimed(text: string): string {
  return text
    .replaceAll(/[\d,.]+ (?:s|kB|B)\b/g, "…")
    .replaceAll(/runs\/\S+\.json/g, "runs/….json")
    .replaceAll(/ +/g, " ")
    .replaceAll(/ +$/gm, "")
    .trim();
}

test.concurrent(
  "a pipeline as `init` makes it validates, passes its own tests, runs and renders, untouched",
  { timeout },
  async () => {
    await nais(["init", "sales"], work);
    const folder = join(work, "sales");

    for (const command of ["validate", "test", "run"]) await nais([command], folder);
    const { stdout } = await nais(["render"], folder);

    expect(firstDocument(stdout)).toMatchObject({ kind: "Naisjob", metadata: { name: "sales" } });
    const sql = "SELECT CAST(sum(revenue) AS BIGINT) AS revenue FROM sales.orders_per_month";
    expect(JSON.parse((await nais(["query", sql, "--json"], folder)).stdout)).toEqual([{ revenue: 30034 }]);
  },
);

test.concurrent("so does one of the template typescript, with the same figures", { timeout }, async () => {
  await nais(["init", "typed", "--template", "typescript"], work);
  const folder = join(work, "typed");
  const { stdout } = await nais(["validate", "--json"], folder);
  expect(JSON.parse(stdout)).toMatchObject({ problems: [] });

  for (const command of ["test", "run", "render"]) await nais([command], folder);

  const sql = "SELECT CAST(sum(revenue) AS BIGINT) AS revenue FROM sales.orders_per_month";
  expect(JSON.parse((await nais(["query", sql, "--json"], folder)).stdout)).toEqual([{ revenue: 30034 }]);
});

test.concurrent("so does one of the template weather", { timeout }, async () => {
  await nais(["init", "oslo", "--template", "weather"], work);
  const folder = join(work, "oslo");

  for (const command of ["validate", "test", "run", "render"]) await nais([command], folder);

  const sql = "SELECT precipitation, hours FROM weather.per_day WHERE date = '2026-03-28'";
  expect(JSON.parse((await nais(["query", sql, "--json"], folder)).stdout)).toEqual([{ precipitation: 24, hours: 24 }]);
});

const templates = readdirSync(join(root, "templates")).toSorted();
const isPython = (template: string) =>
  readdirSync(join(root, "templates", template, "models")).some((file) => file.endsWith(".py"));

describe("the tests of each template notice at least 90 % of the changes to its queries", () => {
  test.concurrent.for(templates)("%s", { timeout }, async (template, { skip }) => {
    skip(isPython(template), "its tests need Python: see test/e2e");
    await nais(["init", `mutants-${template}`, "--template", template], work);
    const { stdout } = await nais(["test", "--min-score", "90", "--json"], join(work, `mutants-${template}`));
    const { mutation } = JSON.parse(stdout) as { mutation: object };
    expect(mutation).toMatchObject({ survivors: [], idle_tests: [] });
  });
});

/** The Naisjob comes first; its alerts follow. */
function firstDocument(text: string): unknown {
  return parseAllDocuments(text)[0]?.toJS();
}

/** The example without what a run of ours may have left in the original. */
async function copyExample(name: string, as: string): Promise<string> {
  const folder = join(work, as);
  await cp(join(root, "examples", name), folder, {
    recursive: true,
    filter: (source) => ![".nais-etl", "out"].includes(basename(source)),
  });
  return folder;
}

/** The example's oracles, with what the warehouse answers. */
async function answersOf(name: string, folder: string): Promise<Oracle[]> {
  const answers: Oracle[] = [];
  for (const oracle of oracles[name] ?? []) {
    const { stdout } = await nais(["query", oracle.sql, "--json"], folder);
    answers.push({ ...oracle, rows: JSON.parse(stdout) as Oracle["rows"] });
  }
  return answers;
}

async function testedModels(folder: string): Promise<string[]> {
  const files = (await readdir(join(folder, "tests"))).filter((file) => file.endsWith(".yaml"));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, "tests", file), "utf8")));
  const models = texts.flatMap((text) => (parse(text) as { model: string }[]).map(({ model }) => model));
  return [...new Set(models)].toSorted();
}

/** A command's output; a failure shows all that it printed. */
async function nais(args: string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const { NAIS_ETL_PIPELINE: _, PRG_NAME: __, NAIS_CLUSTER_NAME: ___, ...env } = process.env;
  try {
    return await promisify(execFile)(process.execPath, [bin, ...args], { cwd, env });
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    throw new Error(`nais-etl ${args.join(" ")} ended with ${code}\n${stdout}\n${stderr}`, { cause: error });
  }
}
