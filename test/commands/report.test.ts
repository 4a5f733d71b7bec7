import { spawnSync } from "node:child_process";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { createProgram } from "../../src/cli/program.ts";
import { report, type ReportOptions } from "../../src/commands/report.ts";
import type { RunRecord } from "../../src/etl/record/run-record.ts";
import type { Context } from "../../src/util/context.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { runFolder } from "../support/run.ts";

const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let folder: Folder;

const pipeline = {
  name: "people",
  description: "People, and <script>alert(1)</script> æøå",
  interval: "day",
  sources: {
    people: {
      type: "file",
      path: "data/people.csv",
      columns: { id: "INT64", town: "STRING", name: { type: "STRING", sensitive: true } },
    },
  },
  models: {
    m: {
      columns: {
        id: { type: "INT64", checks: ["not_null"] },
        town: "STRING",
        name: { type: "STRING", sensitive: true },
      },
    },
  },
  outputs: { m: { type: "file", path: "out/m.csv", write: "merge", key: ["id"] } },
};

beforeEach(async () => {
  folder = await makeFolder({
    "data/people.csv": "id,town,name\n1,Tromsø,Kari4711\n2,Tromsø,Ola4711\n3,Bodø,\n",
    "models/m.sql": "FROM people",
    "pipeline.yaml": stringify(pipeline),
  });
});

afterEach(() => folder.remove());

async function ask(options: ReportOptions = {}, context: Partial<Context> = {}): Promise<string> {
  folder.printed.length = 0;
  await report(options, { ...folder.context, ...context });
  return folder.printed.join("\n");
}

const runDay = (interval: string) => runFolder(folder, { interval });

describe("a local run leaves its report", () => {
  test("with its steps, checks, columns and the runs before it", async () => {
    await runDay("2022-01-19");
    const { record } = await runDay("2022-01-20");
    const page = await folder.read(".nais-etl/report.html");
    expect(page).toContain("<h1>people</h1>");
    expect(page).toContain("People, and &#60;script&#62;alert(1)&#60;/script&#62; æøå");
    expect(page).toContain("2 runs as a table");
    expect(page).toMatch(/Tromsø <i>67 %/);
    expect(record.profile).toEqual([
      {
        table: "m",
        rows: 3,
        looked: 3,
        columns: [
          { name: "id", type: "INT64", nulls: 0, distinct: 3 },
          { name: "town", type: "STRING", nulls: 0, distinct: 2 },
          { name: "name", type: "STRING", nulls: 1, distinct: 2 },
        ],
      },
    ]);
  });

  test("in which no value of a sensitive column stands", async () => {
    await runDay("2022-01-20");
    expect(await folder.read(".nais-etl/report.html")).not.toMatch(/Kari|Ola4/);
    expect(await folder.read(".nais-etl/report.html")).toContain("not shown");
  });

  test("also where it fails, with the profile of what there is", async () => {
    await folder.write("data/people.csv", "id,town,name\n1,Tromsø,Kari4711\n,Bodø,\n");
    const { code } = await runDay("2022-01-20");
    const page = await folder.read(".nais-etl/report.html");
    expect(code).toBe(3);
    expect(page).toContain("Failed");
    expect(page).toContain("nais-etl show m --where &#34;id IS NULL&#34;");
    expect(page).toContain("Nothing was published");
  });

  test("but none elsewhere: there the record is what stays", async () => {
    const { record } = await runFolder(folder, { target: "dev-gcp", interval: "2022-01-20" });
    expect((await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith(".html"))).toEqual([]);
    expect(record.profile![0]!.columns[1]).toEqual({ name: "town", type: "STRING", nulls: 0, distinct: 2 });
  });
});

describe("report", () => {
  test("names the page of the last run", async () => {
    await runDay("2022-01-20");
    expect(await ask()).toBe(".nais-etl/report.html");
    expect(folder.effects).not.toContain("report.open");
  });

  test("writes the page of an earlier run, without values, and says so", async () => {
    const { record } = await runDay("2022-01-19");
    await runDay("2022-01-20");
    const path = await ask({ run: "2022-01-19" });
    expect(path).toBe(`.nais-etl/reports/local-${record.execution}.html`);
    const page = await folder.read(path);
    expect(page).toContain("run 2022-01-19");
    expect(page).toContain("values are kept in the report of the last run");
    expect(page).not.toContain("Tromsø");
    // What came later is not yet known to it.
    expect(page).toContain("This is the first run that is known here.");
  });

  test("finds a run by its execution, too", async () => {
    const { record } = await runDay("2022-01-19");
    await runDay("2022-01-20");
    expect((JSON.parse(await ask({ run: record.execution, json: true })) as RunRecord).run_id).toBe("2022-01-19");
  });

  test("writes the page to a file, with the values where it is the last run's", async () => {
    await runDay("2022-01-20");
    expect(await ask({ output: "a/b.html" })).toBe("a/b.html");
    expect(await folder.read("a/b.html")).toBe(await folder.read(".nais-etl/report.html"));
  });

  test("prints Markdown in which no value stands, not even on target local", async () => {
    await runDay("2022-01-20");
    const text = await ask({ markdown: true });
    expect(text).toMatch(/^## people: succeeded\n/);
    expect(text).toContain("| m | town | STRING | 0 % | 2 |");
    expect(text).not.toMatch(/Tromsø|Kari|<script/);
  });

  test("is appended to the summary of a job, and nothing else is", async () => {
    await runDay("2022-01-20");
    await folder.write("summary.md", "# Before\n");
    const env = {
      PATH: process.env["PATH"],
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: join(folder.path, "summary.md"),
    };
    const command = `"${process.execPath}" "${program}" report --markdown --verbose >> "$GITHUB_STEP_SUMMARY"`;
    const { status, stdout } = spawnSync("sh", ["-c", command], { cwd: folder.path, env, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(await folder.read("summary.md")).toBe(`# Before\n${await ask({ markdown: true })}\n`);
  });

  test("prints the record", async () => {
    const { record } = await runDay("2022-01-20");
    expect(JSON.parse(await ask({ json: true }))).toEqual(record);
  });

  test("marks intervals that are missing between others, with what fills them, until they are there", async () => {
    await runDay("2022-01-12");
    await folder.write("data/people.csv", "id,town,name\n,Bodø,\n");
    await runDay("2022-01-13");
    await folder.write("data/people.csv", "id,town,name\n1,Bodø,\n");
    await runDay("2022-01-17");
    // Nothing is published after it: it has failed, and is no gap.
    await folder.write("data/people.csv", "id,town,name\n,Bodø,\n");
    await runDay("2022-01-19");
    await folder.write("data/people.csv", "id,town,name\n1,Bodø,\n");
    const command = "nais-etl backfill --from 2022-01-13 --to 2022-01-16";
    const own = await folder.read(".nais-etl/report.html");
    for (const page of [own, await folder.read(await ask({ run: "2022-01-17" }))]) {
      expect(page).toContain(
        `4 days are missing: 2022-01-13, 2022-01-14, 2022-01-15, 2022-01-16. To fill them: <code>${command}</code>`,
      );
      expect(page).toContain("<title>2022-01-14 … 2022-01-16: missing, no run of 3 days is known here</title>");
      expect(page).toMatch(/<th scope="row">2022-01-13<[^]*?<td>Failed, and is missing</);
      expect(page).toMatch(
        /<th scope="row">2022-01-17<[^]*<th scope="row">2022-01-14 … 2022-01-16<[^]*<th scope="row">2022-01-13</,
      );
    }
    const text = await ask({ markdown: true });
    expect(text).toContain(
      `4 days are missing: 2022-01-13, 2022-01-14, 2022-01-15, 2022-01-16. To fill them: \`${command}\``,
    );
    expect(text).toMatch(/2022-01-17 \|.*\n\| 2022-01-14 … 2022-01-16 \| – \| Missing \| – \| – \|\n\| 2022-01-13 \|/);
    expect(JSON.parse(await ask({ json: true }))).toMatchObject({
      run_id: "2022-01-19",
      missing: { intervals: ["2022-01-13", "2022-01-14", "2022-01-15", "2022-01-16"], command },
    });
    // What came later is not missing before.
    expect(JSON.parse(await ask({ json: true, run: "2022-01-12" }))).not.toHaveProperty("missing");

    expect(await createProgram(folder.context).run(command.split(" ").slice(1))).toBe(0);
    expect(JSON.parse(await ask({ json: true }))).not.toHaveProperty("missing");
    expect(await folder.read(".nais-etl/report.html")).not.toContain("To fill");
  });

  test("tells the runs of a target where there are file outputs", async () => {
    await runFolder(folder, { target: "dev-gcp", interval: "2022-01-20" });
    const text = await ask({ target: "dev-gcp", markdown: true });
    expect(text).toContain("| dev-gcp |");
    expect(await ask({ target: "dev-gcp" })).toMatch(/^\.nais-etl\/reports\/dev-gcp-.*\.html$/);
  });

  test("lists the runs that are known where the one asked for is not", async () => {
    await runDay("2022-01-19");
    await runDay("2022-01-20");
    expect(await problemsOf(() => ask({ run: "2022-01-21" }))).toMatchObject([
      {
        message: "no run `2022-01-21` of people on target local is known",
        hint: "The last: 2022-01-20, 2022-01-19.",
      },
    ]);
  });

  test("says how to come by a first run", async () => {
    expect(await problemsOf(() => ask())).toMatchObject([{ hint: "Make one with `nais-etl run`." }]);
  });

  test("passes over what is no record of this pipeline", async () => {
    await runDay("2022-01-20");
    await folder.write(".nais-etl/runs/torn.json", '{"version": 1, "pipe');
    await folder.write(".nais-etl/runs/other.json", '{"version": 1, "pipeline": "other", "target": "local"}');
    await folder.write(
      ".nais-etl/runs/old.json",
      '{"version": 1, "pipeline": "people", "target": "local", "run_id": "old", "execution": "old", "started_at": "2020-01-01T00:00:00Z", "scheduled_at": "2020-01-01T00:00:00Z", "finished_at": "2020-01-01T00:00:00Z", "status": "succeeded", "seconds": 1, "source_digest": "", "generation": 0, "exit_code": 0}',
    );
    expect(await ask({ run: "old", markdown: true })).toContain("## people: succeeded");
    expect(await problemsOf(() => ask({ run: "other" }))).toHaveLength(1);
  });

  test("opens the page for who sits before a desktop", async () => {
    await runDay("2022-01-20");
    const opened = join(folder.path, "opened");
    await folder.write("bin/xdg-open", `#!/bin/sh\nprintf %s "$1" > ${opened}\n`);
    await chmod(join(folder.path, "bin/xdg-open"), 0o755);
    const env = { DISPLAY: ":0", PATH: `${join(folder.path, "bin")}:/bin:/usr/bin` };
    await ask({}, { env, isTerminal: true });
    await expect.poll(() => folder.read("opened").catch(() => "")).toBe(join(folder.path, ".nais-etl/report.html"));
    for (const other of [{ ...env, CI: "true" }, { ...env, SSH_CONNECTION: "x" }, { PATH: env.PATH }]) {
      folder.effects.length = 0;
      await ask({}, { env: other, isTerminal: true });
      expect(folder.effects).toEqual([]);
    }
    // Without the program, the path is told all the same.
    expect(await ask({}, { env: { DISPLAY: ":0", PATH: "/nowhere" }, isTerminal: true })).toBe(".nais-etl/report.html");
  });
});
