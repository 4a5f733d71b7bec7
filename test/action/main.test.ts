import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { ownCli, root, startJob, type Job } from "./drive.ts";

// dist/main.js with the command line of this repository: what a workflow sees.

let job: Job;
afterEach(() => job.remove());

const files = {
  "pipeline.yaml": [
    "name: apps",
    "team: nais-analyse",
    "schedule: { cron: 30 7 * * * }",
    "sources:",
    "  apps: { type: bigquery, table: p.d.apps, columns: { name: STRING, cluster: STRING }, sample: data/apps.csv }",
    "outputs:",
    "  envs: { type: bigquery, table: apps.envs }",
    "targets: { dev-gcp: { schedule: null } }",
    "",
  ].join("\n"),
  "models/envs.sql": "SELECT cluster LIKE 'prod%' AS prod, count(*) AS apps FROM apps GROUP BY 1\n",
  "data/apps.csv": "name,cluster\na,prod-gcp\n",
  "tests/envs.yaml": [
    "- name: prod-gcp is production",
    "  model: envs",
    "  given: { apps: [{ name: a, cluster: prod-gcp }] }",
    "  expect: { rows: [{ prod: true, apps: 1 }] }",
    "",
    "- name: blåbær teller <b>én</b> gang",
    "  model: envs",
    "  given: { apps: [{ name: blåbær, cluster: dev-gcp }] }",
    "  expect: { rows: [{ prod: false, apps: 1 }] }",
    "",
  ].join("\n"),
};

const someone = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"];

function below(folder: string, all: Record<string, string> = files): Record<string, string> {
  return Object.fromEntries(Object.entries(all).map(([file, text]) => [`${folder}/${file}`, text]));
}

async function readNaisjob(file: string): Promise<unknown> {
  const text = await readFile(join(job.workspace, ".nais-etl/manifests", file), "utf8");
  return parseAllDocuments(text)[0]!.toJSON();
}

test("on a pull request it tests and validates, and renders where it is asked to", async () => {
  job = await startJob(files);
  const { status, outputs, summary, annotations, commands, exported, log } = await job.drive({
    inputs: { cli: ownCli, steps: "test render validate" },
  });
  expect(status, log).toBe(0);
  expect(annotations).toEqual([]);
  expect(commands.filter(({ name }) => name === "group").map(({ text }) => text)).toEqual([
    "test",
    "render",
    "validate",
  ]);
  expect(outputs).toEqual({ manifest: ".nais-etl/manifests/apps.yaml", "tests-passed": "2", "tests-failed": "0" });
  expect(await readNaisjob("apps.yaml")).toMatchObject({
    kind: "Naisjob",
    metadata: { name: "apps", namespace: "nais-analyse" },
    spec: { schedule: "30 7 * * *" },
  });
  expect(summary).toContain("<h2>apps</h2>");
  expect(summary).toContain("<tr><td>test</td><td>✅ passed</td><td>2 tests passed</td>");
  expect(summary).toContain("<tr><td>2</td><td>0</td></tr>");
  expect(summary).toContain("At 07:30 (<code>30 7 * * *</code>, Europe/Oslo)");
  expect(summary.match(/<td>\d{4}-\d{2}-\d{2} 07:30<\/td>/g)).toHaveLength(3);
  expect(summary).toMatch(/```yaml\n# Rendered by nais-etl[\s\S]*kind: Naisjob[\s\S]*\n```\n\n<\/details>/);
  expect(summary).toContain("Pull request #12 ·");
  expect(exported).toBe("");
});

test("a failed test marks its line, and nothing after it is done", async () => {
  const wrong = files["tests/envs.yaml"].replace("prod: false, apps: 1", "prod: true, apps: 1");
  job = await startJob({ ...files, "tests/envs.yaml": wrong });
  const { status, outputs, summary, annotations, log } = await job.drive();
  const what = 'test failed: 1 of 2 tests failed: "blåbær teller <b>én</b> gang" (tests/envs.yaml:6)';
  expect(status).toBe(1);
  expect(annotations).toEqual([
    {
      name: "error",
      properties: { file: "tests/envs.yaml", line: "6", title: "test failed" },
      text: expect.stringMatching(/^blåbær teller <b>én<\/b> gang: 1 row differs\n +prod +apps\n~ +true → false +1$/),
    },
    { name: "error", properties: {}, text: what },
  ]);
  expect(outputs).toEqual({ "tests-passed": "1", "tests-failed": "1" });
  expect(log).not.toMatch(/::group::(validate|render)/);
  expect(summary).toContain("<td>validate</td><td>– not taken</td>");
  expect(summary).toContain("blåbær teller &#60;b&#62;én&#60;/b&#62; gang");
  expect(summary).toMatch(/<details>.*\n\n```diff\n +prod +apps\n~ +true → false +1\n```/);
  expect(summary).not.toContain("<b>én");
});

test("an invalid pipeline.yaml marks its line", async () => {
  const wrong = files["pipeline.yaml"].replace("schedule:", "shedule:");
  job = await startJob({ ".git/HEAD": "", ...below("pipes", { ...files, "pipeline.yaml": wrong }) });
  const inputs = { cli: ownCli, "working-directory": "pipes", steps: "validate" };
  const { status, outputs, summary, annotations } = await job.drive({ inputs });
  expect(status).toBe(1);
  expect(annotations).toEqual([
    {
      name: "error",
      properties: { file: "pipes/pipeline.yaml", line: "3", col: "1", title: "unknown-key" },
      text: "unknown key `shedule`\nDid you mean `schedule`?",
    },
    { name: "error", properties: {}, text: "validate failed: pipes/pipeline.yaml:3:1 unknown key `shedule`" },
  ]);
  expect(outputs).toEqual({});
  expect(summary).toContain(
    "<td>error</td><td>pipes/pipeline.yaml:3:1</td><td><b>unknown key `shedule`</b><br>Did you mean",
  );
});

test("tests that cannot be read fail with their place, and count for nothing", async () => {
  job = await startJob({ ...files, "tests/envs.yaml": files["tests/envs.yaml"].replace("model: envs", "model: envz") });
  const { status, annotations, outputs } = await job.drive({ inputs: { cli: ownCli, steps: "validate test" } });
  expect(status).toBe(1);
  expect(annotations.map(({ properties }) => properties["file"])).toEqual(["tests/envs.yaml", undefined]);
  expect(annotations[1]!.text).toMatch(/^test failed: tests\/envs\.yaml:2:\d+ .*envz/);
  expect(outputs).toEqual({});
});

test("of several pipelines each is tested, validated and rendered, or the one that is named", async () => {
  const two = { ...files, "pipeline.yaml": files["pipeline.yaml"].replace("name: apps", "name: other") };
  job = await startJob({ ...below("pipelines/apps"), ...below("pipelines/other", two) });
  const all = await job.drive({ inputs: { cli: ownCli, steps: "test render validate" } });
  expect(all.status, all.log).toBe(0);
  expect(all.outputs).toEqual({
    manifest: ".nais-etl/manifests/apps.yaml\n.nais-etl/manifests/other.yaml",
    "tests-passed": "4",
    "tests-failed": "0",
  });
  expect(all.summary).toContain("<h2>apps, other</h2>");
  expect(all.summary).toContain("<h3>Schedule of other</h3>");
  const one = await job.drive({
    inputs: { cli: ownCli, pipeline: "other", environment: "dev-gcp", steps: "test render" },
  });
  expect(one.outputs).toEqual({
    manifest: ".nais-etl/manifests/other.dev-gcp.yaml",
    "tests-passed": "2",
    "tests-failed": "0",
  });
  expect(await readNaisjob("other.dev-gcp.yaml")).not.toHaveProperty("spec.schedule");
});

test("files are named from the top of the repository, where it was checked out to a folder of the workspace", async () => {
  const wrong = files["pipeline.yaml"].replace("schedule:", "shedule:");
  job = await startJob({ "code/.git/HEAD": "", ...below("code/pipes", { ...files, "pipeline.yaml": wrong }) });
  const inputs = { cli: ownCli, "working-directory": "code/pipes", steps: "validate" };
  const { annotations } = await job.drive({ inputs });
  expect(annotations[0]!.properties["file"]).toBe("pipes/pipeline.yaml");
});

const own = (limit: number) =>
  `{ apiVersion: nais.io/v1, kind: Naisjob, metadata: { name: apps }, spec: { backoffLimit: ${limit} } }`;

test("a pull request is told what it would change, against the commit that it left", async () => {
  job = await startJob({ ...files, ".nais/own.yaml": own(1) });
  const git = (...args: string[]) => execFileSync("git", [...someone, ...args], { cwd: job.workspace });
  git("init", "--quiet", "--initial-branch", "main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "before");
  git("checkout", "--quiet", "-b", "change");
  await job.write("models/envs.sql", "SELECT true AS prod, count(*) AS apps, 1 AS one FROM apps\n");
  await job.write("pipeline.yaml", files["pipeline.yaml"].replace("30 7", "30 8"));
  await job.write(".nais/own.yaml", own(2));
  git("commit", "--quiet", "--all", "--message", "after");
  const inputs = { cli: ownCli, steps: "plan" };
  const { status, summary, log } = await job.drive({ inputs, env: { PATH: process.env["PATH"]! } });
  expect(status, log).toBe(0);
  expect(summary).toMatch(/Compared with main \([0-9a-f]{7}\)\./);
  expect(summary).toMatch(/<td>envs<\/td><td>apps\.envs<\/td><td>[^<]*\+ one/);
  expect(summary).toContain("<td>Naisjob apps</td><td>spec.schedule</td>");
  expect(summary).toContain("<th>In place of .nais/own.yaml</th>");
  expect(summary).toContain("<td>would change: ");

  const ownInputs = { ...inputs, resource: ".nais/own.yaml" };
  const again = await job.drive({ inputs: ownInputs, env: { PATH: process.env["PATH"]! } });
  expect(again.status, again.log).toBe(0);
  expect(again.summary).toContain("<td>spec.backoffLimit</td><td>1 → 2</td>");
  expect(again.summary).not.toMatch(/spec\.schedule|In place of/);
});

test("without a cli it takes the one that the pipeline has installed", async () => {
  job = await startJob(below("pipes"));
  await mkdir(join(job.workspace, "node_modules"));
  await symlink(root, join(job.workspace, "node_modules/nais-etl"), "dir");
  const { status, log } = await job.drive({ inputs: { "working-directory": "pipes", steps: "validate" } });
  expect(status, log).toBe(0);
  expect(log).toMatch(/^Using nais-etl \d+\.\d+\.\d+, installed in node_modules\.$/m);
});

test("an example of this repository passes", async () => {
  job = await startJob();
  await cp(join(root, "examples/unemployment"), job.workspace, {
    recursive: true,
    filter: (path) => !path.includes(".nais-etl"),
  });
  const { status, log } = await job.drive();
  expect(status, log).toBe(0);
});
