/** Typical mistakes in Python models: what somebody does wrong, in an otherwise good pipeline. Each has its golden output. */

export interface Mistake {
  /** Also the golden file's name. */
  name: string;
  /** The model's text. */
  python: string;
  args?: string[];
  files?: Record<string, string>;
  exitCode?: number;
}

const pipeline = `name: apps-per-env
sources:
  apps:
    type: file
    path: data/apps.csv
    columns: { dato: DATE, cluster: STRING, name: STRING, cores: INT64 }
models:
  count_apps:
    columns:
      dato: DATE
      env: STRING
      antall_apper: INT64
outputs:
  count_apps: { type: file, path: out/apps.csv }
`;

export const goodPython = `import pandas as pd


def count_apps(df):
    df["env"] = df["cluster"].str.split("-").str[0]
    df = df.groupby(["dato", "env"], as_index=False)["name"].count()
    return df.rename(columns={"name": "antall_apper"})
`;

export const goodFiles: Record<string, string> = {
  "pipeline.yaml": pipeline,
  "data/apps.csv": "dato,cluster,name,cores\n2022-01-20,prod-gcp,å,1\n2022-01-20,dev-gcp,b,\n2022-01-21,,c,3\n",
  "tests/count_apps.yaml": `- name: counts
  model: count_apps
  given:
    apps: [{ dato: 2022-01-20, cluster: prod-gcp, name: a }]
  expect:
    rows: [{ env: prod, antall_apper: 1 }]
`,
};

const replace = (from: string, to: string): string => {
  if (!goodPython.includes(from)) throw new Error(`the good model has no ${from}`);
  return goodPython.replace(from, to);
};

const begin = "import pandas as pd\n\n\ndef count_apps(df):\n";

export const mistakes: Mistake[] = [
  { name: "column-misspelt", python: replace('df["cluster"]', 'df["clutser"]') },
  { name: "column-misspelt-in-groupby", python: replace('["dato", "env"]', '["dato", "enviroment"]') },
  { name: "columns-misspelt-in-a-list", python: `${begin}    return df[["dato", "nmae", "clustr"]]\n` },
  { name: "nothing-returned", python: replace("    return df.rename", "    df = df.rename") },
  { name: "series-returned", python: replace("    return df.rename(columns", "    return df['name']  # (columns") },
  { name: "list-returned", python: `${begin}    return [{"env": "prod", "antall_apper": 1}]\n` },
  { name: "index-left", python: replace(", as_index=False", "").replace('["name"].count()', '[["name"]].count()') },
  {
    name: "groups-gone-into-the-index",
    python: `${begin}    df = df.groupby(["dato", "cluster"])[["name"]].count()\n    df["env"] = df["cluster"].str[:4]\n    return df\n`,
  },
  {
    name: "column-missing",
    python: replace('columns={"name": "antall_apper"}', 'columns={"name": "antal_apper"}'),
    exitCode: 2,
  },
  {
    name: "column-too-many",
    python: replace("    return df.rename", '    df["extra"] = 1\n    return df.rename'),
    exitCode: 2,
  },
  { name: "column-twice", python: `${begin}    return pd.concat([df, df[["name"]]], axis=1)\n` },
  {
    name: "wrong-type",
    python: replace("    return df.rename", '    df["name"] = df["name"].astype(str)\n    return df.rename'),
    exitCode: 2,
  },
  {
    name: "not-whole",
    python: replace("    return df.rename", '    df["name"] = df["name"] / 2\n    return df.rename'),
  },
  {
    name: "mixed-types",
    python: replace("    return df.rename", '    df["env"] = [1, "a"]\n    return df.rename').replace(
      "df = df.groupby",
      'df = df.dropna(subset="cluster").groupby',
    ),
  },
  {
    name: "null-in-apply",
    python: replace('df["cluster"].str.split("-").str[0]', 'df["cluster"].apply(lambda c: c.split("-")[0])'),
  },
  {
    name: "null-as-int",
    python: replace("    return df.rename", '    df["n"] = df["cores"].astype(int)\n    return df.rename').replace(
      "    df = df.groupby",
      '    df["n"] = df["cores"].astype("int64")\n    df = df.groupby',
    ),
  },
  {
    name: "text-as-number",
    python: replace('df["cluster"].str.split("-").str[0]', 'df["cluster"].dropna().astype(float)'),
  },
  { name: "two-conditions-with-and", python: `${begin}    return df[(df["cores"] > 1) and (df["cores"] < 3)]\n` },
  {
    name: "day-compared-with-date",
    python: `from datetime import date\n\n\ndef count_apps(df):\n    return df[df["dato"] >= date(2022, 1, 20)]\n`,
  },
  {
    name: "date-compared-with-timestamp",
    python: `${begin}    df["day"] = df["dato"].dt.date\n    return df[df["day"] >= pd.Timestamp("2022-01-20")]\n`,
  },
  {
    name: "environment-read",
    python: `import os\n\n${begin}    df["env"] = os.environ["APPS_TOKEN"]\n    return df\n`,
  },
  {
    name: "environment-read-by-a-helper",
    python: `from lib.ask import token\n\n\ndef count_apps(df):\n    token("APPS_TOKEN")\n    return df\n`,
    files: { "models/lib/ask.py": 'import os\n\n\ndef token(name):\n    return os.environ[name + "_2"]\n' },
  },
  { name: "polars-method-on-pandas", python: `def count_apps(df):\n    return df.with_columns(env=1)\n` },
  {
    name: "pandas-method-on-polars",
    python: `import polars as pl\n\n\ndef count_apps(df):\n    return df.groupby("dato").len()\n`,
  },
  {
    name: "polars-column-misspelt",
    python: `import polars as pl\n\n\ndef count_apps(df):\n    return df.with_columns(env=pl.col("clutser"))\n`,
  },
  { name: "import-forgotten", python: `def count_apps(df):\n    return pd.DataFrame()\n` },
  {
    name: "package-not-installed",
    python: goodPython.replace("import pandas as pd", "import pandas as pd\nimport sklearn"),
    exitCode: 2,
  },
  { name: "syntax-error", python: replace("def count_apps(df):", "def count_apps(df)") },
  { name: "indentation", python: replace("    df = df.groupby", "   df = df.groupby") },
  { name: "file-read", python: `${begin}    return pd.read_csv("data/other.csv")\n` },
  { name: "own-error", python: `${begin}    raise ValueError(f"{len(df)} rows are too few")\n` },
  { name: "sys-exit", python: `import sys\nimport pandas as pd\n\n\ndef count_apps(df):\n    sys.exit(3)\n` },
  { name: "process-ended", python: `import os\nimport pandas as pd\n\n\ndef count_apps(df):\n    os._exit(3)\n` },
  {
    name: "process-crashed",
    python: `import ctypes\nimport pandas as pd\n\n\ndef count_apps(df):\n    ctypes.string_at(0)\n`,
  },
  {
    name: "two-functions",
    python: `${goodPython}\n\ndef other(df):\n    return df\n`.replaceAll("count_apps", "count"),
    exitCode: 2,
  },
  { name: "parameter-unknown", python: replace("def count_apps(df):", "def count_apps(apps, teams):"), exitCode: 2 },
  { name: "test-that-fails", python: replace(".str[0]", ".str[1]"), args: ["test"], exitCode: 3 },
  { name: "error-in-a-test", python: replace('df["cluster"]', 'df["clutser"]'), args: ["test"], exitCode: 3 },
  {
    name: "test-without-columns",
    python: goodPython,
    files: { "pipeline.yaml": pipeline.replace(/models:[^]*(?=outputs:)/, "") },
    args: ["test"],
    exitCode: 3,
  },
  {
    name: "first-test-without-columns",
    python: goodPython,
    files: { "pipeline.yaml": pipeline.replace(/models:[^]*(?=outputs:)/, ""), "tests/count_apps.yaml": "[]\n" },
    args: ["test", "--new", "count_apps"],
    exitCode: 2,
  },
  {
    name: "requirements-not-installed",
    python: goodPython,
    files: {
      "pipeline.yaml": pipeline.replace(
        "  count_apps:\n    columns",
        "  count_apps:\n    python: { requirements: requirements.txt }\n    columns",
      ),
      "requirements.txt": "pandas==2.0.0\nrequests>=2\npyarrow\n",
    },
    exitCode: 2,
  },
];
