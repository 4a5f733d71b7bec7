import { afterEach, expect, test } from "vitest";
import { render } from "../../src/commands/render.ts";
import { validate } from "../../src/commands/validate.ts";
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

test("a problem is found in whichever target it stands, once", async () => {
  folder = await makeFolder({
    "pipeline.yaml": `${pipeline}targets: { dev-gcp: { nais: { replicas: 2 } }, prod-gcp: {} }\n`,
  });
  const problems = await problemsOf(() => validate({}, folder.context));
  expect(problems).toMatchObject([{ rule: "unknown-key", where: { file: "pipeline.yaml", line: 4 } }]);
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
  folder = await makeFolder({ "pipeline.yaml": "name: a\noutputs: { x: { type: bigquery, table: p.d.t } }\n" });
  expect(await problemsOf(() => validate({}, folder.context))).toEqual([]);
  expect(folder.printed).toEqual(["a: valid, no warnings"]);
});
