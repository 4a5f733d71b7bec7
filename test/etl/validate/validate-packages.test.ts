import { afterEach, beforeEach, expect, test } from "vitest";
import { validate } from "../../../src/commands/validate.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

const pipeline = (model = "") => `name: trial
sources: { days: { type: file, path: days.csv, columns: { day: DATE } } }
models: { made: { ${model}columns: { day: DATE } } }
outputs: { made: { type: file, path: made.csv } }
`;
const importing = (...lines: string[]) =>
  `import pandas as pd\n${lines.join("\n")}\n\n\ndef made(days: pd.DataFrame):\n    return days\n`;

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline(), "days.csv": "day\n2026-11-20\n" });
});
afterEach(() => folder.remove());

async function warnings(text: string): Promise<{ message: string; hint: string; where: object }[]> {
  await folder.write("models/made.py", text);
  await validate({ json: true }, folder.context);
  const { problems } = JSON.parse(folder.printed.join("")) as { problems: Awaited<ReturnType<typeof warnings>> };
  return problems;
}

test("a package that no image will hold is told, with its place and what to write", async () => {
  expect(await warnings(importing("import sklearn.linear_model", "from sklearn import svm"))).toEqual([
    {
      severity: "warning",
      rule: "python-packages",
      message: "models/made.py imports `sklearn`, which the pod will not have: nothing says that its image holds it",
      hint: "The runtime image has pandas, polars and pyarrow. Write scikit-learn==… into requirements.txt, and models: { made: { python: { requirements: requirements.txt } } }.",
      where: { file: "models/made.py", line: 2, column: 8 },
    },
  ]);
});

test("what the runtime image, Python, or the team's own folder has is no such package", async () => {
  await folder.write("models/lib/names.py", "");
  await folder.write("shared.py", "");
  const lines = [
    "import numpy, polars as pl, pyarrow.compute",
    "import os.path, zoneinfo, _thread",
    "from lib import names",
  ];
  expect(await warnings(importing(...lines, "import shared", "from __future__ import annotations"))).toEqual([]);
});

test("what is imported only where it is there, or is needed, is not told", async () => {
  expect(await warnings(importing("try:\n    import sklearn\nexcept ImportError:\n    sklearn = None"))).toEqual([]);
});

test.each([
  ["requirements.txt", "scikit-learn==1.7.0\n"],
  ["Dockerfile", "FROM scratch\n"],
])("%s beside the pipeline says what the image holds", async (name, text) => {
  await folder.write(name, text);
  expect((await warnings(importing("import sklearn"))).filter(({ message }) => message.includes("sklearn"))).toEqual(
    [],
  );
});

test("a model that names its requirements is told by what they say", async () => {
  await folder.write("pipeline.yaml", pipeline("python: { requirements: lists/models.txt }, "));
  await folder.write("lists/models.txt", "scikit-learn==1.7.0\n");
  expect(await warnings(importing("import sklearn"))).toEqual([]);
});
