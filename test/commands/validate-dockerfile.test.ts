import { afterEach, expect, test } from "vitest";
import { validate } from "../../src/commands/validate.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const digest = "0a".repeat(32);
const good = `FROM node:24-slim@sha256:${digest}\nUSER 1069\n`;

test.each(["Dockerfile", "job.Dockerfile", "Dockerfile.dev", "Containerfile"])(
  "%s is looked at as one",
  async (name) => {
    folder = await makeFolder({ [name]: `FROM node:24-slim@sha256:${digest}\nUSER root\n` });
    const problems = await problemsOf(() => validate({ files: [name] }, folder.context));
    expect(problems).toMatchObject([{ rule: "root-user", where: { file: name, line: 2, column: 1 } }]);
  },
);

test("one that is well says so, and so do several", async () => {
  folder = await makeFolder({ Dockerfile: good, "b.Dockerfile": good });
  await validate({ files: ["Dockerfile"] }, folder.context);
  await validate({ files: ["Dockerfile", "b.Dockerfile"] }, folder.context);
  expect(folder.printed).toEqual(["Dockerfile: valid, no warnings", "2 Dockerfiles: valid, no warnings"]);
});

test("--profile airflow asks for Airflow's user", async () => {
  folder = await makeFolder({ Dockerfile: good });
  const problems = await problemsOf(() => validate({ files: ["Dockerfile"], profile: "airflow" }, folder.context));
  expect(problems).toMatchObject([{ rule: "airflow-user" }]);
});

test("an unknown profile is a wrong usage, with the known ones", async () => {
  folder = await makeFolder({ Dockerfile: good });
  await expect(validate({ files: ["Dockerfile"], profile: "airfow" }, folder.context)).rejects.toMatchObject({
    code: "usage",
    message: "--profile: `airfow` is none",
    hint: expect.stringContaining("airflow"),
  });
});

test("what local runs of the pipeline beside it write is found, unless .dockerignore leaves it out", async () => {
  const pipeline =
    "name: a\nsources: { b: { type: file, path: b.csv, columns: { x: INT64 } } }\noutputs: { b: { type: file, path: rows/a.csv } }\n";
  folder = await makeFolder({ Dockerfile: good.replace("USER", "COPY . .\nUSER"), "pipeline.yaml": pipeline });
  async function told() {
    folder.logged.length = 0;
    await validate({ files: ["Dockerfile"] }, folder.context);
    return folder.logged.join("");
  }
  expect(await told()).toContain(
    "Dockerfile:2:6 warning: `.` copies what local runs write into the image: `.nais-etl`, `rows`",
  );
  await folder.write(".dockerignore", "**/.nais-etl\n");
  expect(await told()).toContain("into the image: `rows`");
  await folder.write(".dockerignore", "**/.nais-etl\nrows\n");
  expect(await told()).toBe("");
});
