/** Command models with programs that every Unix has. */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder, type Folder } from "../support/folder.ts";
import { runFolder } from "../support/run.ts";

const docs = fileURLToPath(new URL("../../docs/command-models.md", import.meta.url));
const env = { PATH: process.env["PATH"]! };
let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder({ "data/apps.csv": "team,name\nå,one\nb,two\nå,three\n" });
});

afterEach(() => folder.remove());

function needs(program: string, skip: (why: string) => void): void {
  const { error } = spawnSync(program, ["--version"]);
  if (error) skip(`there is no ${program}`);
}

test("awk counts, as the docs show it", async ({ skip }) => {
  needs("awk", skip);
  const text = await readFile(docs, "utf8");
  const block = (language: string) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "m").exec(text)![1]!;
  await folder.write("pipeline.yaml", block("yaml"));
  await folder.write("programs/count.awk", block("awk"));
  const { code, text: said } = await runFolder(folder, { env });
  expect(code, said).toBe(0);
  const [header, ...rows] = (await folder.read("out/apps_per_team.csv")).trim().split("\n");
  expect([header, ...rows.toSorted()]).toEqual(["team,apps", "b,1", "å,2"]);
});

const pipeline = (command: string) => `name: trial
sources:
  apps: { type: file, path: data/apps.csv, columns: { team: STRING, name: STRING } }
models:
  made:
    command: ${command}
    inputs: [apps]
    columns: { team: STRING, name: STRING }
outputs:
  made: { type: file, path: out/made.csv }
`;

test("a shell script that can be run is a program, and its pipes are its own", async () => {
  await folder.write("pipeline.yaml", pipeline('[sh, "programs/make it.sh"]'));
  await folder.write("programs/make it.sh", 'set -e\ngrep -v b < "$NAIS_ETL_INPUT_APPS" | sort > "$NAIS_ETL_OUTPUT"\n');
  const { code, text } = await runFolder(folder, { env });
  expect(code, text).toBe(0);
  expect(await folder.read("out/made.csv")).toBe("team,name\nå,one\nå,three\n");
});

test("a shell script that fails is told with its exit code and words", async () => {
  await folder.write("pipeline.yaml", pipeline("[sh, programs/make.sh]"));
  await folder.write("programs/make.sh", "echo 'cannot find the teams' >&2\nexit 4\n");
  const { record } = await runFolder(folder, { env });
  expect(record.problems).toMatchObject([
    { message: "[model made] sh ended with exit code 4", hint: "It said: cannot find the teams" },
  ]);
});

test("any Python reads and writes NDJSON, without packages", async ({ skip }) => {
  needs("python3", skip);
  await folder.write("pipeline.yaml", pipeline("[python3, programs/make.py]"));
  const program = `import json, os
with open(os.environ["NAIS_ETL_INPUT_APPS"], encoding="utf-8") as rows, open(os.environ["NAIS_ETL_OUTPUT"], "w", encoding="utf-8") as out:
    for row in map(json.loads, rows):
        print(json.dumps({**row, "name": row["name"].upper()}), file=out)
`;
  await folder.write(join("programs", "make.py"), program);
  const { code, text } = await runFolder(folder, { env });
  expect(code, text).toBe(0);
  expect(await folder.read("out/made.csv")).toBe("team,name\nå,ONE\nb,TWO\nå,THREE\n");
});
