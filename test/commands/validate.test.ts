import { afterEach, describe, expect, test } from "vitest";
import { render } from "../../src/commands/render.ts";
import { validate } from "../../src/commands/validate.ts";
import { planted } from "../ship/credentials/planted.ts";
import { naisjob } from "../ship/manifest/manifests.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const pipeline = "name: a\nteam: b\nschedule: { cron: 30 7 * * * }\n";

test("a valid pipeline shows its schedule in words and the next three runs", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await validate({}, folder.context);
  expect(folder.printed.join("\n")).toBe(
    [
      "schedule 30 7 * * * (Europe/Oslo): At 07:30",
      "next runs",
      "  2026-11-06 07:30 Europe/Oslo   2026-11-06 06:30 UTC",
      "  2026-11-07 07:30 Europe/Oslo   2026-11-07 06:30 UTC",
      "  2026-11-08 07:30 Europe/Oslo   2026-11-08 06:30 UTC",
      "a: valid, no warnings",
    ].join("\n"),
  );
});

test("with --json a program reads the same", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await validate({ json: true }, folder.context);
  const result = JSON.parse(folder.printed.join("")) as {
    problems: unknown[];
    schedule: { words: string; nextRuns: unknown[] };
  };
  expect(result.problems).toEqual([]);
  expect(result.schedule).toMatchObject({ cron: "30 7 * * *", timeZone: "Europe/Oslo", words: "At 07:30" });
  expect(result.schedule.nextRuns[0]).toEqual({ utc: "2026-11-06T06:30:00Z", local: "2026-11-06T07:30:00+01:00" });
});

test("a credential in the folder is an error, with its place, and is not shown", async () => {
  const [kind, line] = planted[0]!;
  folder = await makeFolder({ "pipeline.yaml": pipeline, "models/notes.txt": `a\n${line}\n` });
  const problems = await problemsOf(() => validate({}, folder.context));
  expect(problems).toMatchObject([
    { rule: "credential", message: `this looks like a ${kind}`, where: { file: "models/notes.txt", line: 2 } },
  ]);
});

test("a problem is found in whichever target it stands, once", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `${pipeline}targets: { dev-gcp: { nais: { replicas: 2 } }, prod-gcp: {} }\n`,
  });
  const problems = await problemsOf(() => validate({}, folder.context));
  expect(problems).toMatchObject([{ rule: "unknown-key", where: { file: "pipeline.yaml", line: 4 } }]);
});

test("each address that would get our Google token and is not Google's is found, unless the environment names it", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `${pipeline}bigquery:\n  api_endpoint: https://evil.no\n  storage_endpoint: "\${env:HOST}"\nsecrets:\n  K: { from: google-secret-manager, name: k, endpoint: evil.no }\n`,
  });
  const problems = await problemsOf(() => validate({}, folder.context));
  expect(problems).toMatchObject([
    {
      message: "`bigquery.api_endpoint` would send the job's Google token to evil.no, which is not Google's",
      where: { file: "pipeline.yaml", line: 5, column: 17 },
    },
    { where: { file: "pipeline.yaml", line: 8 } },
  ]);
  const env = { ...folder.context.env, NAIS_ETL_GOOGLE_HOSTS: "evil.no" };
  const after = await problemsOf(() => validate({}, { ...folder.context, env })).catch(() => []);
  expect(JSON.stringify(after)).not.toContain("Google token");
});

test("a path that leads out of the repository is a warning", async () => {
  folder = await makeFolder({
    "repository/.git/HEAD": "",
    "repository/a/pipeline.yaml":
      "name: a\nsources:\n  in: { type: file, path: ../in.csv }\n  out: { type: file, path: ../../out.csv }\n",
    "repository/in.csv": "x\n1\n",
    "out.csv": "x\n1\n",
  });
  await validate({ dir: "repository/a" }, folder.context);
  const logged = folder.logged.join("");
  expect(logged).toContain("`../../out.csv` of out leads out of the repository");
  expect(logged).toContain("repository/a/pipeline.yaml:4:");
  expect(logged).not.toContain("`../in.csv`");
});

test("problems of several pipelines are shown together", async () => {
  folder = await makeFolder({
    "pipelines/one/pipeline.yaml": "name: One\n",
    "pipelines/two/pipeline.yaml": "name: two\nshedule: x\n",
  });
  const problems = await problemsOf(() => validate({}, folder.context));
  expect(problems.map(({ where }) => where?.file)).toEqual([
    "pipelines/one/pipeline.yaml",
    "pipelines/two/pipeline.yaml",
  ]);
});

test("with --format github each problem is an annotation on its line", async () => {
  folder = await makeFolder({ "pipeline.yaml": "name: a\nshedule: x\n" });
  await problemsOf(() => validate({ format: "github" }, folder.context));
  expect(folder.printed).toEqual([
    "::error file=pipeline.yaml,line=2,col=1,title=unknown-key::unknown key `shedule`%0ADid you mean `schedule`?",
  ]);
});

test("a committed manifest that no longer matches is an error with the command that mends it", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await render({ output: ".nais" }, folder.context);
  expect(await problemsOf(() => validate({}, folder.context))).toEqual([]);

  await folder.write("pipeline.yaml", pipeline.replace("30 7", "45 7"));
  expect(await problemsOf(() => validate({}, folder.context))).toMatchObject([
    {
      rule: "manifest-drift",
      hint: expect.stringContaining("nais-etl render -o .nais"),
      where: { file: ".nais/a.yaml", line: 12 },
    },
  ]);
});

test("a committed dashboard that no longer matches is one too", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await render({ output: ".nais" }, folder.context);
  const dashboard = await folder.read(".nais/a.dashboard.json");
  await folder.write(".nais/a.dashboard.json", dashboard.replace("now-14d", "now-30d"));
  const line = dashboard.split("\n").findIndex((text) => text.includes("now-14d")) + 1;
  expect(await problemsOf(() => validate({}, folder.context))).toMatchObject([
    { rule: "manifest-drift", where: { file: ".nais/a.dashboard.json", line } },
  ]);
  await folder.write(".nais/a.dashboard.json", dashboard.replace("Rendered by", "Changed after"));
  expect(await problemsOf(() => validate({}, folder.context))).toEqual([]);
});

test("a committed manifest that names its image is compared with that image", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await render({ output: ".nais", image: "registry/a:1@sha256:2", revision: "abc" }, folder.context);
  expect(await problemsOf(() => validate({}, folder.context))).toEqual([]);
});

test("a manifest that someone wrote by hand is not compared", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline, ".nais/a.yaml": "kind: Naisjob\n" });
  expect(await problemsOf(() => validate({}, folder.context))).toEqual([]);
});

test("without a team there is no manifest, and nothing to say of it", async () => {
  folder = await makeFolder({
    "pipeline.yaml": "name: a\noutputs: { x: { type: bigquery, table: p.d.t } }\n",
    "models/x.sql": "SELECT 1 AS n",
  });
  expect(await problemsOf(() => validate({}, folder.context))).toEqual([]);
  expect(folder.printed).toEqual(["a: valid, no warnings"]);
});

test("rules look at the manifest that the pipeline makes, and tell its place in the pipeline", async () => {
  const nais = "nais:\n  parallelism: 2\n  liveness: { path: / }\n  resources: { requests: { memory: 1Gi } }\n";
  folder = await makeFolder({ "pipeline.yaml": `name: a\nteam: b\n${nais}` });
  const problems = await problemsOf(() => validate({}, folder.context));
  expect(problems.map(({ rule, where }) => `${where?.line} ${rule}`)).toEqual([
    "5 job-probe",
    "6 resources",
    "4 parallel-run",
  ]);
});

test.each([
  ["hour", "30 7 * * *", "no run is for 2026-11-06T07"],
  ["day", "30 7 * * MON-FRI", "no run is for 2026-11-06"],
  ["month", "0 6 1 1,7 *", "no run is for 2027-01"],
  ["day", "30 2 * * *", "no run is for 2027-03-27"],
])("an interval of one %s that %j does not meet is a warning", async (interval, cron, message) => {
  folder = await makeFolder({ "pipeline.yaml": `name: a\nteam: b\nschedule: "${cron}"\ninterval: ${interval}\n` });
  await validate({ json: true }, folder.context);
  const { problems } = JSON.parse(folder.printed.join("")) as { problems: { rule: string; message: string }[] };
  expect(problems.filter(({ rule }) => rule === "interval-schedule")).toMatchObject([
    { severity: "warning", message: expect.stringContaining(message) },
  ]);
});

test.each([
  ["hour", "5 * * * *"],
  ["hour", "*/20 * * * *"],
  ["day", "0 */6 * * *"],
  ["month", "0 6 3 * *"],
])("an interval of one %s and %j meet", async (interval, cron) => {
  folder = await makeFolder({ "pipeline.yaml": `name: a\nteam: b\nschedule: "${cron}"\ninterval: ${interval}\n` });
  await validate({}, folder.context);
  expect(folder.logged).toEqual([]);
});

describe("a manifest that a team wrote itself", () => {
  const manifest = naisjob('image: "{{image}}"\nschedule: "30 6 * * *"\ntimeZone: UTC');

  test("is validated without a pipeline, and its schedule shown", async () => {
    folder = await makeFolder({ "nais/job.yaml": manifest });
    const image = "europe-north1-docker.pkg.dev/p/my-team/orders:1";
    await validate({ files: ["nais/job.yaml"], var: [`image=${image}`] }, folder.context);
    expect(folder.printed.join("\n")).toContain("schedule 30 6 * * * (UTC): At 06:30");
    expect(folder.printed.at(-1)).toBe("nais/job.yaml: valid, no warnings");
  });

  test("takes variables from a file, with those on the command line over it", async () => {
    folder = await makeFolder({ "job.yaml": manifest, "vars.yaml": "image: ghcr.io/a/b:1\nother: { a: 1 }\n" });
    const rulesFor = async (vars: string[]) => {
      folder.printed.length = 0;
      await validate({ files: ["job.yaml"], varsFile: "vars.yaml", var: vars, json: true }, folder.context);
      return (JSON.parse(folder.printed.join("")) as { problems: { rule: string }[] }).problems.map(({ rule }) => rule);
    };
    expect(await rulesFor([])).toEqual(["image-registry"]);
    expect(await rulesFor(["image=europe-north1-docker.pkg.dev/p/my-team/orders:1"])).toEqual([]);
    expect(await rulesFor(["image"])).toEqual(["image-registry", "image-tag"]);
  });

  test("and is wrong, has its problems shown with those of the pipelines", async () => {
    folder = await makeFolder({ "job.yaml": naisjob("replicas: 1"), "pipeline.yaml": "name: a\nshedule: x\n" });
    const problems = await problemsOf(() => validate({ files: ["job.yaml", "."] }, folder.context));
    expect(problems.map(({ where }) => where?.file)).toEqual(["pipeline.yaml", "job.yaml"]);
  });

  test("that is not there is an error that names it", async () => {
    folder = await makeFolder();
    expect(await problemsOf(() => validate({ files: ["job.yaml"] }, folder.context))).toMatchObject([
      { message: "job.yaml is not there" },
    ]);
  });
});
