import { spawnSync } from "node:child_process";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { validate } from "../../../src/commands/validate.ts";
import { makeFolder, problemsOf, type Folder } from "../../support/folder.ts";

const pipeline = `name: trial
sources: { days: { type: file, path: days.csv, columns: { day: DATE } } }
models: { made: { columns: { day: DATE } } }
outputs: { made: { type: file, path: made.csv } }
`;
const hasPython = spawnSync("python3", ["--version"]).status === 0;

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline, "days.csv": "day\n2026-11-20\n" });
});
afterEach(() => folder.remove());

async function problems(text: string, env: Record<string, string> = { PATH: process.env["PATH"]! }) {
  await folder.write("models/made.py", text);
  return problemsOf(() => validate({ json: true }, { ...folder.context, env }));
}

const well = "import pandas as pd\n\n\ndef made(days: pd.DataFrame):\n    return days\n";

describe.skipIf(!hasPython)(`a model in Python${hasPython ? "" : " (there is no python3)"}`, () => {
  test.each([
    ["without a colon", well.replace(":\n    return", "\n    return"), 4, /^SyntaxError: /],
    [
      "with a line that is indented by chance",
      well.replace("    return", "    x = 1\n      return"),
      6,
      /^IndentationError: unexpected indent$/,
    ],
    ["with a value outside of a function", `${well}\nreturn 1\n`, 7, /^SyntaxError: 'return' outside function$/],
    [
      "with an argument twice",
      well.replace("days: pd.DataFrame", "days, days"),
      4,
      /^SyntaxError: duplicate argument 'days'/,
    ],
  ])("%s is told with its place, before anything runs", async (_, text, line, message) => {
    const found = await problems(text);
    expect(found).toContainEqual({
      severity: "error",
      rule: "python",
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/^Python 3\.\d+\.\d+\S* cannot read this line/) as string,
      where: { file: "models/made.py", line, column: expect.any(Number) as number },
    });
  });

  test("that is well is, does nothing, and leaves nothing behind", async () => {
    const file = join(folder.path, "ran");
    expect(await problems(`${well}\nopen(${JSON.stringify(file)}, "w")\nx = "æ" if 1 is 1 else None\n`)).toEqual([]);
    expect((await readdir(folder.path)).toSorted()).toEqual(["days.csv", "models", "pipeline.yaml"]);
    expect(await readdir(join(folder.path, "models"))).toEqual(["made.py"]);
  });
});

test("without a Python, or with one that does not work, nothing is said", async () => {
  expect(await problems(well.replace(":\n    return", "\n    return"), {})).toEqual([]);
  await folder.write("bin/python3", "not a program");
  await chmod(join(folder.path, "bin/python3"), 0o755);
  expect(await problems(well.replace(":\n    return", "\n    return"), { PATH: join(folder.path, "bin") })).toEqual([]);
});
