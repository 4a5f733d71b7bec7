import { describe, expect, test } from "vitest";
import { findModelFunction, type KnownNames } from "../../../../src/etl/transform/python/model-function.ts";
import { formatWhere } from "../../../../src/util/error.ts";

const nothing: KnownNames = { values: ["now"], hasInterval: false, frame: undefined };

function find(text: string, known: Partial<KnownNames> = {}) {
  const { found, problems } = findModelFunction(
    { name: "count_apps", shown: "models/count_apps.py", text },
    { ...nothing, ...known },
  );
  const said = problems.map(({ where, message, hint }) => `${formatWhere(where!)} ${message} | ${hint}`);
  return { found, said };
}

const frameOf = (text: string, known: Partial<KnownNames> = {}) => find(text, known).found?.frame;

describe("the function of a Python model", () => {
  test("is the only public one, whatever its name", () => {
    const { found, said } = find("import numpy as np\n\ndef _env(x):\n    return x\n\ndef count(df):\n    return df\n");
    expect(said).toEqual([]);
    expect(found).toMatchObject({
      name: "count",
      inputs: [{ name: "df", where: { line: 6, column: 11 } }],
      values: [],
    });
  });

  test("is the one named as the file where there are more", () => {
    expect(find("def env(x): ...\ndef count_apps(df): ...").found?.name).toBe("count_apps");
  });

  test("must be told where two could be it", () => {
    expect(find("def one(df): ...\ndef two(df): ...").said).toEqual([
      "models/count_apps.py which function of models/count_apps.py is the model? It defines `one`, `two` | Name one of them `count_apps`, as the file, or begin the names of the others with _.",
    ]);
  });

  test("must be there", () => {
    expect(find("x = 1\nclass A:\n    def m(self): ...\n").said).toEqual(
      [
        "models/count_apps.py models/count_apps.py defines no function | Write one that takes data frames and returns one: def count_apps(df): ….",
      ].map((line) => line.replace("….", "…")),
    );
  });

  test("is not seen in strings, comments and other functions", () => {
    const text = `"""
def wrong(df): ...
"""
# def wrong2(df): ...
text = '''
def wrong3(df): ...
'''
def right(df):
    def inner(x):
        return x
    return df
`;
    expect(find(text)).toMatchObject({ said: [], found: { name: "right" } });
  });

  test("cannot be async", () => {
    expect(find("async def count_apps(df): ...").said).toEqual([
      "models/count_apps.py:1:11 `count_apps` is async | Models are plain functions: write `def`.",
    ]);
  });

  test("may be written over several lines, with annotations, defaults and types of its own", () => {
    const text = `def count_apps[T](
    apps: "pd.DataFrame",  # the first, (in brackets
    teams: dict[str, int] = {"a": (1, 2)},
    /,
    *args,
    factor: float = 1.0,
    **rest,
) -> pd.DataFrame:
    return apps
`;
    expect(find(text)).toMatchObject({ said: [], found: { inputs: [{ name: "apps" }], values: [] } });
  });
});

describe("the values of a Python model", () => {
  const known = { values: ["interval_start", "interval_end", "line", "now"], hasInterval: true };

  test("are its keyword-only parameters, and those of the interval wherever they stand", () => {
    const { found, said } = find("def f(df, interval_start, *, line, now): ...", known);
    expect(said).toEqual([]);
    expect(found).toMatchObject({ inputs: [{ name: "df" }], values: ["interval_start", "line", "now"] });
  });

  test("keep their defaults where the pipeline has no such parameter", () => {
    expect(find("def f(df, *, lines=3, line=4): ...", known).found).toMatchObject({ values: ["line"] });
  });

  test("must be known", () => {
    expect(find("def f(df, *, lnie): ...", known).said).toEqual([
      "models/count_apps.py:1:14 there is no parameter `lnie` to give to `f` | Declare it under `params:`, or give it a default. Known here: interval_start, interval_end, line, now.",
    ]);
    expect(find("def f(df, interval_start): ...").said[0]).toContain("Add `interval: day` (or hour, month)");
  });
});

describe("the frames of a Python model", () => {
  test("are of pandas where nothing says otherwise", () => {
    expect(frameOf("def f(df): ...")).toBe("pandas");
    expect(frameOf("import numpy as np\ndef f(df): ...")).toBe("pandas");
  });

  test("are of the library that is imported", () => {
    expect(frameOf("import polars as pl\ndef f(df): ...")).toBe("polars");
    expect(frameOf("from polars import col\ndef f(df): ...")).toBe("polars");
    expect(frameOf("def f(df):\n    import polars\n    return df")).toBe("polars");
  });

  test("are what the function is annotated with, whatever is imported", () => {
    const both = "import pandas as pd\nimport polars as pl\n";
    expect(frameOf(`${both}def f(df: pl.DataFrame): ...`)).toBe("polars");
    expect(frameOf(`${both}def f(df) -> "pd.DataFrame": ...`)).toBe("pandas");
    expect(frameOf("from polars import DataFrame as Frame\nimport pandas\ndef f(df: Frame | None): ...")).toBe(
      "polars",
    );
    expect(find("import polars as pl\ndef f(df: pl.LazyFrame): ...").found?.inputs[0]?.isLazy).toBe(true);
  });

  test("are what pipeline.yaml says before all", () => {
    expect(frameOf("import pandas as pd\ndef f(df: pd.DataFrame): ...", { frame: "polars" })).toBe("polars");
  });

  test("must be said where both are imported", () => {
    expect(find("import pandas as pd\nimport polars as pl\ndef f(df): ...").said).toEqual([
      "models/count_apps.py:3:5 `f` stands in a file that imports pandas and polars: which should it be given? | Annotate its parameters: def f(df: pl.DataFrame). Or say it in pipeline.yaml: python: { frame: polars }.",
    ]);
  });
});

test("packages are those imported whenever the file is loaded, each where it stands first", () => {
  const text = `from __future__ import annotations
import numpy as np, requests
from sklearn.linear_model import (
    LinearRegression,
)
from . import other
try:
    import ujson
except ImportError:
    ujson = None
def f(df):
    import later
    return df
import numpy
`;
  const { found } = find(text);
  expect(found?.packages.map(({ name, where }) => `${name}:${where.line}`).toSorted()).toEqual([
    "__future__:1",
    "numpy:2",
    "requests:2",
    "sklearn:3",
  ]);
});
