/** Python models with the real pandas and polars. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../../src/commands/run.ts";
import { test as testCommand } from "../../../src/commands/test.ts";
import { EtlError } from "../../../src/util/error.ts";
import { exists } from "../../../src/util/files.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { runFolder } from "../../support/run.ts";
import { frames } from "./frames.ts";

const python = frames();
let folder: Folder;
let env: Record<string, string>;

beforeEach(async ({ skip }) => {
  if ("missing" in python) return skip(python.missing);
  env = { VIRTUAL_ENV: python.path, PATH: process.env["PATH"]! };
  folder = await makeFolder();
});

afterEach(() => folder?.remove());

interface Trial {
  models: Record<string, string>;
  spec?: Record<string, unknown>;
  sources?: Record<string, unknown>;
  outputs?: string[];
}

const apps = { type: "file", path: "data/apps.csv", columns: { dato: "DATE", cluster: "STRING", name: "STRING" } };

async function write({ models, spec = {}, sources = { apps }, outputs }: Trial): Promise<void> {
  for (const [name, text] of Object.entries(models))
    await folder.write(`models/${name.includes(".") ? name : `${name}.py`}`, text);
  const names = outputs ?? Object.keys(models);
  await folder.write(
    "pipeline.yaml",
    stringify({
      name: "trial",
      sources,
      outputs: Object.fromEntries(names.map((name) => [name, { type: "file", path: `out/${name}.ndjson` }])),
      ...spec,
    }),
  );
}

async function rowsOf(name: string): Promise<unknown[]> {
  const text = (await folder.read(`out/${name}.ndjson`)).trim();
  return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line) as unknown);
}

describe("the guide's function", () => {
  // Names and steps as the guide has them: DATE and four columns by six clusters.
  const countApps = `
def count_apps(df):
    df["env"] = df["cluster"].apply(lambda cluster: "prod" if cluster.startswith("prod") else "dev")
    df["datacenter"] = df["cluster"].apply(lambda cluster: "gcp" if cluster.endswith("gcp") else "on_prem")
    df = df.groupby(["dato", "env", "datacenter"], as_index=False)["name"].count()
    df = df.rename(columns={"name": "antall_apper"})
    return df
`;
  const clusters = ["dev-gcp", "dev-sbs", "prod-sbs", "prod-fss", "dev-fss", "prod-gcp"];
  const csv = `dato,cluster,name\n${clusters.map((cluster, i) => `2022-01-20,${cluster},app${i}`).join("\n")}\n`;
  const tests = `- name: six apps, one in each cluster
  model: count_apps
  given: { apps: tests/six_apps.csv }
  expect:
    rows:
      - { dato: 2022-01-20, env: prod, datacenter: gcp, antall_apper: 1 }
      - { dato: 2022-01-20, env: prod, datacenter: on_prem, antall_apper: 2 }
      - { dato: 2022-01-20, env: dev, datacenter: gcp, antall_apper: 1 }
      - { dato: 2022-01-20, env: dev, datacenter: on_prem, antall_apper: 2 }
`;
  const columns = { dato: "DATE", env: "STRING", datacenter: "STRING", antall_apper: "INT64" };

  test("and its six-row test run as they are", async () => {
    await write({ models: { count_apps: countApps }, spec: { models: { count_apps: { columns } } } });
    await folder.write("data/apps.csv", csv);
    await folder.write("tests/six_apps.csv", csv);
    await folder.write("tests/count_apps.yaml", tests);

    expect(await testCommand({}, { ...folder.context, env }), folder.printed.join("\n")).toBe(0);
    expect(await runFolder(folder, { env })).toMatchObject({ code: 0 });
    expect(await rowsOf("count_apps")).toEqual([
      { dato: "2022-01-20", env: "dev", datacenter: "gcp", antall_apper: 1 },
      { dato: "2022-01-20", env: "dev", datacenter: "on_prem", antall_apper: 2 },
      { dato: "2022-01-20", env: "prod", datacenter: "gcp", antall_apper: 1 },
      { dato: "2022-01-20", env: "prod", datacenter: "on_prem", antall_apper: 2 },
    ]);
  });

  test("needs no columns declared to run, and an SQL model may read it", async () => {
    await write({
      models: {
        count_apps: countApps,
        "total.sql": "SELECT env, sum(antall_apper) AS n FROM count_apps GROUP BY env ORDER BY env",
      },
      outputs: ["total"],
    });
    await folder.write("data/apps.csv", csv);
    expect(await runFolder(folder, { env })).toMatchObject({ code: 0 });
    expect(await rowsOf("total")).toEqual([
      { env: "dev", n: 3 },
      { env: "prod", n: 3 },
    ]);
  });
});

describe("values", () => {
  const types = {
    s: "STRING",
    i: "INT64",
    big: "INT64",
    f: "FLOAT64",
    n: "NUMERIC",
    bn: "BIGNUMERIC",
    b: "BOOL",
    d: "DATE",
    dt: "DATETIME",
    t: "TIME",
    ts: "TIMESTAMP",
    j: "JSON",
    l: "ARRAY<INT64>",
    st: "STRUCT<a STRING, day DATE>",
    ls: "ARRAY<STRUCT<a INT64, b ARRAY<STRING>>>",
  };
  const full = {
    s: "æ",
    i: 1,
    big: 9007199254740993n,
    f: 1.5,
    n: "12345678901234567890.123456789",
    bn: "12345678901234567890123456789012345678.5",
    b: true,
    d: "2022-01-20",
    dt: "2022-01-20T01:02:03.000004",
    t: "01:02:03.000004",
    ts: "2022-01-20T00:30:00.000001Z",
    j: { a: [1, "x"] },
    l: [1, 2],
    st: { a: "x", day: "1969-12-31" },
    ls: [
      { a: 1, b: ["x"] },
      { a: 2, b: [] },
    ],
  };
  const empty = Object.fromEntries(Object.keys(types).map((name) => [name, name.startsWith("l") ? [] : null]));

  test.for([
    ["pandas", "import pandas as pd\ndef same(rows):\n    return rows"],
    [
      "pandas, of few columns",
      "import pandas as pd\ndef same(rows):\n    return pd.concat([rows.head(1), rows.tail(1)])",
    ],
    ["polars", "import polars as pl\ndef same(rows):\n    return rows"],
    [
      "polars, lazily",
      "import polars as pl\ndef same(rows: pl.LazyFrame) -> pl.LazyFrame:\n    return rows.filter(True)",
    ],
  ])("of every type come back as they were, through %s", async ([, text]) => {
    const sources = { rows: { type: "file", path: "data/rows.ndjson", columns: types } };
    await write({
      models: { same: text!, "before.sql": "FROM rows" },
      outputs: ["same", "before"],
      sources,
      spec: { models: { same: { columns: types }, before: { columns: types } } },
    });
    await folder.write("data/rows.ndjson", `${line(full)}\n${line(empty)}\n`);
    const { code, text: said } = await runFolder(folder, { env });
    expect(code, said).toBe(0);
    expect(await folder.read("out/same.ndjson")).toBe(await folder.read("out/before.ndjson"));
    expect(await folder.read("out/same.ndjson")).toContain("9007199254740993");
  });

  test("keep their types where nothing is declared: dates, and whole numbers beside NULLs", async () => {
    const text = `import pandas as pd
def same(rows):
    other = rows[["i"]].assign(m=1)
    merged = rows.merge(other.head(1), on="i", how="left")
    return merged[["d", "i", "n", "ts", "m", "b"]]
`;
    const sources = { rows: { type: "file", path: "data/rows.ndjson", columns: types } };
    await write({
      models: { same: text, "types.sql": "SELECT typeof(COLUMNS(*)) FROM same LIMIT 1" },
      sources,
      outputs: ["types"],
    });
    await folder.write("data/rows.ndjson", `${line(full)}\n${line(empty)}\n`);
    const { code, text: said } = await runFolder(folder, { env });
    expect(code, said).toBe(0);
    expect(await rowsOf("types")).toEqual([
      { d: "DATE", i: "BIGINT", n: "DECIMAL(38,9)", ts: "TIMESTAMP WITH TIME ZONE", m: "DOUBLE", b: "BOOLEAN" },
    ]);
  });

  test("that pandas makes floats and moments of are whole numbers and days again, as declared", async () => {
    const text = `import pandas as pd
def made(rows):
    return pd.DataFrame({"i": [1.0, float("nan")], "d": pd.to_datetime(["2022-01-20", None]), "c": pd.Categorical(["a", None]), "j": [{"a": 1}, None]})
`;
    const columns = { i: "INT64", d: "DATE", c: "STRING", j: "JSON" };
    await write({
      models: { made: text },
      sources: { rows: { type: "file", path: "data/rows.ndjson", columns: types } },
      spec: { models: { made: { columns } } },
    });
    await folder.write("data/rows.ndjson", "");
    const { code, text: said } = await runFolder(folder, { env });
    expect(code, said).toBe(0);
    expect(await rowsOf("made")).toEqual([
      { i: 1, d: "2022-01-20", c: "a", j: { a: 1 } },
      { i: null, d: null, c: null, j: null },
    ]);
  });
});

describe("a Python model", () => {
  beforeEach(() =>
    folder.write("data/apps.csv", "dato,cluster,name\n2022-01-20,prod-gcp,Kari4711\n2022-01-21,dev-gcp,b\n"),
  );

  test("is given several inputs, the interval, parameters and the time by name", async () => {
    const text = `import pandas as pd
from shared.names import upper


def joined(apps, teams, *, interval_start, interval_end, line, now, factor=2):
    both = apps.merge(teams, on="name")
    both = both[(both["dato"] >= interval_start) & (both["dato"] < interval_end)]
    return both.assign(line=line * factor, now=now, team=both["team"].map(upper))
`;
    const teams = { type: "file", path: "data/teams.csv", columns: { name: "STRING", team: "STRING" } };
    await write({
      models: { joined: text, "shared/names.py": "def upper(text):\n    return text.upper()\n" },
      sources: { apps, teams },
      spec: {
        interval: "day",
        params: { line: { type: "INT64", default: 101 } },
        outputs: {
          joined: { type: "bigquery", table: "lab.joined", write: "append" },
        },
      },
    });
    await folder.write("data/teams.csv", "name,team\nKari4711,blue\nb,red\n");
    const { code, text: said } = await runFolder(folder, { env, interval: "2022-01-20" });
    expect(code, said).toBe(0);
    expect(said).toMatch(/joined +1 row/);
  });

  test("prints to the log on target local, and elsewhere is only counted", async () => {
    const text = `import sys
def f(apps):
    print(apps["name"].tolist())
    print("no line end", end="", file=sys.stderr)
    return apps
`;
    await write({ models: { f: text } });
    const local = await runFolder(folder, { env });
    expect(local.text).toContain("f: ['Kari4711', 'b']\n");
    expect(local.text).toContain("f: no line end\n");
    const other = await runFolder(folder, { env, target: "dev-gcp" });
    expect(other.text).not.toContain("Kari4711");
    expect(other.text).toContain("f printed 2 lines, shown on target local only: it may hold rows");
  });

  test.for([
    `raise ValueError("no app " + apps["name"][0])`,
    `apps["name"].astype(float)`,
    `{}[apps["name"][0]]`,
    `int(apps["name"][0])`,
    `apps[apps["name"][0]]`,
    `getattr(apps, apps["name"][0])`,
    `open(apps["name"][0])`,
    `__import__(apps["name"][0])`,
    `exec(apps["name"][0] + " =")`,
    `raise type(apps["name"][0], (Exception,), {})(apps["name"][0])`,
    `__import__("sys").exit(apps["name"][0])`,
    `return apps.rename(columns=str).assign(name=[apps["name"][0], 1])`,
    `return [apps["name"][0]]`,
  ])("that fails shows no value outside target local: %s", async (statement) => {
    await write({ models: { f: `def f(apps):\n    ${statement}\n` } });
    const { code, text, record } = await runFolder(folder, { env, target: "dev-gcp" });
    expect(code).not.toBe(0);
    // Digits of times and ids are no part of it.
    expect(text + JSON.stringify(record)).not.toMatch(/Kari|(?<![\d.a-f])4711(?![\da-f])/);
    expect(record.problems[0]!.where?.file).toBe("models/f.py");
  });

  test("that fails shows Python's own words with --debug, on target local", async () => {
    await write({ models: { f: `def f(apps):\n    raise ValueError(apps["name"][0])\n` } });
    const { text } = await runFolder(folder, { env });
    expect(text).toMatch(
      /^f: Traceback \(most recent call last\):\n[^]*f\.py", line 2, in f\n[^]*^ValueError: Kari4711$/m,
    );
    const other = await runFolder(folder, { env, target: "dev-gcp" });
    expect(other.text).toMatch(/^ {4}at f \(.*models\/f\.py:2\)$/m);
  });

  test("shares one process with all others, and a new one is started where it has died", async () => {
    await write({ models: { a: printsPid("a"), b: printsPid("b") } });
    const { text: said } = await runFolder(folder, { env });
    expect(new Set([...said.matchAll(/: pid (\d+)/g)].map(([, pid]) => pid)).size).toBe(1);

    const dying = `import os
def f(apps):
    os.kill(os.getpid(), 9) if apps["name"][0] == "die" else None
    return apps
`;
    await write({ models: { f: dying }, spec: { models: { f: { columns: { name: "STRING" }, checks: [] } } } });
    await folder.write("models/f.py", dying.replace("return apps", 'return apps[["name"]]'));
    await folder.write("tests/f.yaml", one("live") + one("die") + one("again"));
    expect(await testCommand({}, { ...folder.context, env })).toBe(3);
    const printed = folder.printed.join("\n");
    expect(printed).toContain("Python was killed while it ran: the memory was used up, most likely");
    expect(printed).toMatch(/2 passed, 1 failed/);
  });

  test("is ended with what it has started when the run is told to stop, or takes too long", async () => {
    const text = `import os, subprocess, time
def f(apps):
    child = subprocess.Popen(["sleep", "100"])
    with open("started.txt", "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    time.sleep(100)
`;
    await write({ models: { f: text } });
    const stop = new AbortController();
    const running = run({}, { ...folder.context, env, signal: stop.signal });
    const started = join(folder.path, "started.txt");
    await until(async () => (await exists(started)) && (await readFile(started, "utf8")).includes(" "));
    stop.abort(new EtlError({ code: "terminated", message: "stopped" }));
    expect(await running).toBe(143);
    const pids = (await readFile(started, "utf8")).split(" ").map(Number);
    await until(async () => pids.every((pid) => !isAlive(pid)));

    await write({ models: { f: text }, spec: { models: { f: { timeout: "2s" } } } });
    const late = await runFolder(folder, { env });
    expect(late.record.problems).toMatchObject([{ message: "[model f] it ran for 2s, its timeout, and was ended" }]);
  });

  test("is told which packages are missing before any work", async () => {
    await write({ models: { f: "import nix_such\nimport requests.adapters\ndef f(apps):\n    return apps\n" } });
    await expect(runFolder(folder, { env })).rejects.toMatchObject({
      problems: [{ where: { file: "models/f.py", line: 1 }, rule: "python-packages" }],
    });
  });

  test("is not asked again where a package is missing that it imports while it runs", async () => {
    const text = "def f(apps):\n    import nix_such\n    return apps\n";
    await write({ models: { f: text }, spec: { models: { f: { retries: 2 } } } });
    const { code, record } = await runFolder(folder, { env });
    expect([code, record.models[0]?.attempts]).toEqual([2, undefined]);
    expect(record.problems).toMatchObject([{ where: { file: "models/f.py", line: 2 }, rule: "python-packages" }]);
  });
});

test("a first test of a Python model holds the rows that notice most", async () => {
  const text = `
def per_day(visits):
    kept = visits[visits["n"] > 0]
    return kept.groupby("day", as_index=False).agg(pages=("page", "count"), n=("n", "sum"), most=("n", "max"))
`;
  const visits = { type: "file", path: "data/visits.csv", columns: { day: "INT64", page: "STRING", n: "INT64" } };
  const columns = { day: "INT64", pages: "INT64", n: "INT64", most: "INT64" };
  await write({ models: { per_day: text }, sources: { visits }, spec: { models: { per_day: { columns } } } });
  const rows = Array.from({ length: 90 }, (_, i) => `${i % 45},p${i},${i % 7}`);
  await folder.write("data/visits.csv", `day,page,n\n${rows.join("\n")}\n`);
  expect(await testCommand({ new: "per_day" }, { ...folder.context, env })).toBe(0);
  const written = await folder.read("tests/per_day.yaml");
  // A row that is left out, and a group of more than one.
  expect(written).toMatch(/n: 0 }/);
  const groups = [...written.matchAll(/pages: (\d+), n: (\d+), most: (\d+)/g)].map(([, ...n]) => n.map(Number));
  expect(groups.some(([pages, n, most]) => pages! > 1 && n !== most)).toBe(true);
});

/** A model that says in which process it runs. */
const printsPid = (name: string) => `import os
def ${name}(apps):
    print("pid", os.getpid())
    return apps
`;

/** A test of one row. */
const one = (name: string) =>
  `- { name: ${name}, model: f, given: { apps: [{ name: ${name} }] }, expect: { rows: [{ name: ${name} }] } }\n`;

/** With numbers beyond what JavaScript writes. */
const line = (row: object) =>
  JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? `#${value}` : value)).replaceAll(
    /"#(\d+)"/g,
    "$1",
  );

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
