import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareInstalled } from "../../../../src/etl/transform/python/compare-installed.ts";
import { readRequirements } from "../../../../src/etl/transform/python/requirements.ts";
import { loadPipeline } from "../../../../src/spec/load.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

async function read(path: string, text?: string) {
  await folder.write("pipeline.yaml", "name: trial\n");
  if (text !== undefined) await folder.write(path, text);
  const pipeline = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });
  return readRequirements(path, pipeline, { file: "pipeline.yaml", line: 3 });
}

test("requirements.txt is read as pip reads it, without what holds on some machines only", async () => {
  const text = `# what we need
pandas == 3.0.1  # frames
Scikit_Learn[all]>=1.5
polars===2.1.0 \\
    --hash=sha256:abc
-r other.txt
--index-url https://example.com/simple
tomli==2.0; python_version < "3.11"
mine @ https://example.com/mine.whl
numpy>=1,!=1.25
`;
  const { packages } = await read("requirements.txt", text);
  expect(packages.map(({ name, version, where }) => [name, version, where.line])).toEqual([
    ["pandas", "3.0.1", 2],
    ["scikit-learn", undefined, 3],
    ["polars", "2.1.0", 4],
    ["numpy", undefined, 10],
  ]);
});

test("of uv.lock the project's own dependencies count, in the versions that are locked", async () => {
  const text = `version = 1

[[package]]
name = "numpy"
version = "2.4.0"
source = { registry = "https://example.com/simple" }

[[package]]
name = "pandas"
version = "3.0.1"
source = { registry = "https://example.com/simple" }
dependencies = [
    { name = "numpy" },
]

[[package]]
name = "trial"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "colorama", marker = "sys_platform == 'win32'" },
    { name = "pandas" },
]
`;
  const { packages } = await read("uv.lock", text);
  expect(packages).toEqual([{ name: "pandas", version: "3.0.1", where: { file: "uv.lock" } }]);
});

test("a file that is not there is told where it is named", async () => {
  await expect(read("requirements.txt")).rejects.toMatchObject({
    message: "there is no file requirements.txt",
    where: { file: "pipeline.yaml", line: 3 },
  });
});

test("what is missing or of another version is told in one sentence, with the command", async () => {
  const required = await read("requirements.txt", "pandas==3.0\npyarrow\nnumpy==2.4.1\nattrs==25.1\n");
  const installed = { pandas: "3.0.0", pyarrow: null, numpy: "2.4.0", attrs: "25.1+local" };
  expect(compareInstalled(required, installed, { model: "m", python: ".venv/bin/python", env: {} })).toEqual([
    {
      severity: "error",
      rule: "python-packages",
      message:
        "what is installed is not what requirements.txt says: pyarrow is not installed; numpy is 2.4.0, not 2.4.1",
      hint: "Run: .venv/bin/python -m pip install -r requirements.txt",
      where: { file: "requirements.txt", line: 2 },
    },
  ]);
  expect(
    compareInstalled(
      required,
      { ...installed, pyarrow: "26", numpy: "2.4.1" },
      { model: "m", python: "python3", env: {} },
    ),
  ).toEqual([]);
});
