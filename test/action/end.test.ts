import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pushed, startJob, type Job } from "./drive.ts";

// The step's end, and what it has to undo. `docker` is a program that notes how it was called.

let job: Job;
beforeEach(async () => {
  job = await startJob({ "cli.js": `process.stdout.write('{"tests":[]}');` });
});
afterEach(() => job.remove());

const inputs = { cli: "cli.js", steps: "test" };
const calls = () => readFile(join(job.temp, "calls"), "utf8").then((text) => text.trim().split("\n"));

/** @param cases of a shell's `case "$*" in …` */
async function docker(cases = "") {
  const file = join(job.folder, "empty/docker");
  const script = `#!/bin/sh\necho "$*" >> ${join(job.temp, "calls")}\ncase "$*" in ${cases} *) ;; esac\n`;
  await writeFile(file, script);
  await chmod(file, 0o755);
}

test("what the step wrote for itself is gone when it has ended", async () => {
  const { state } = await job.drive({ inputs });
  expect(existsSync(state["folder"]!)).toBe(true);
  await writeFile(join(state["folder"]!, "credentials.json"), "");
  const { status, annotations } = await job.drive({ inputs, post: state });
  expect({ status, annotations }).toEqual({ status: 0, annotations: [] });
  expect(existsSync(state["folder"]!)).toBe(false);
});

test("a job that is cancelled stops the command line, and says so", async () => {
  await job.write("cli.js", 'process.kill(process.ppid, "SIGINT"); setTimeout(() => {}, 60_000);');
  const { status, summary } = await job.drive({ inputs });
  expect(status).toBe(1);
  expect(summary).toContain("<b>Failed.</b> stopped by SIGINT");
});

test("a login that is still there is taken back: the job was cancelled", async () => {
  await docker();
  for (const builder of ["docker", "docker buildx"]) {
    const login = JSON.stringify({ builder, registry: "registry.example.org:5000" });
    expect((await job.drive({ inputs, post: { login } })).annotations).toEqual([]);
  }
  expect(await calls()).toEqual(Array(2).fill("logout registry.example.org:5000"));
});

test.each([
  ["a command line", '["/bin/sh","-c","echo > ran"]'],
  ["another program", '{"builder":"/bin/sh","registry":"a.example.org"}'],
  ["what every object has", '{"builder":"constructor","registry":"a.example.org"}'],
  ["an option", '{"builder":"docker","registry":"--config=."}'],
  ["no text", '{"builder":"docker","registry":["a"]}'],
  ["nothing", "null"],
  ["no JSON", "docker"],
])("a note of a login that holds %s is no order", async (_, login) => {
  await docker();
  const { status, annotations } = await job.drive({ inputs, post: { login, logout: login } });
  expect(status).toBe(0);
  expect(annotations).toMatchObject([{ name: "warning", text: expect.stringContaining("the login to the registry") }]);
  await expect(calls()).rejects.toThrow("ENOENT");
  expect(existsSync(join(job.workspace, "ran"))).toBe(false);
});

test("no folder is removed but the step's own", async () => {
  const folders = [job.workspace, job.temp, join(job.temp, "others"), join(job.temp, "nais-etl-a/../others"), "."];
  await mkdir(join(job.temp, "others"));
  for (const folder of folders) {
    const { status, annotations } = await job.drive({ inputs, post: { folder } });
    expect(status).toBe(0);
    expect(annotations).toMatchObject([{ name: "warning", text: expect.stringContaining("no folder of this step") }]);
  }
  expect(existsSync(join(job.temp, "others"))).toBe(true);
  expect(existsSync(join(job.workspace, "cli.js"))).toBe(true);
});

test("a login that cannot be taken back is said, and fails nothing", async () => {
  await docker("logout*) echo '##[save-state name=login]a'; exit 1;;");
  const login = '{"builder":"docker","registry":"a.example.org"}';
  const { status, annotations } = await job.drive({ inputs, post: { login } });
  expect(status).toBe(0);
  expect(annotations).toMatchObject([{ name: "warning", text: expect.stringContaining("the login to the registry") }]);
});

test("a builder gets the secrets that the build names, and no other", async () => {
  const files = {
    "pipeline.yaml":
      "name: a\nteam: t\nsources: { s: { type: file, path: s.csv, columns: { a: STRING } } }\noutputs: { m: { type: file, path: m.csv } }\n",
    "models/m.sql": "SELECT a FROM s\n",
    "s.csv": "a\n1\n",
  };
  for (const [file, text] of Object.entries(files)) await job.write(file, text);
  await docker(`"build "*) export -p > ${join(job.temp, "$#")};;`);
  const own = {
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "made-up-1",
    ACTIONS_RUNTIME_TOKEN: "made-up-2",
    NAIS_DEPLOY_APIKEY: "made-up-3",
    COSIGN_PASSWORD: "made-up-4",
    NPM_TOKEN: "made-up-5",
    DOCKER_HOST: "kept",
  };
  const build = async (given: Record<string, string>) => {
    const image = { image: "127.0.0.1:9/team/a", "registry-user": "a", "registry-password": "made-up-6" };
    const named = { cli: "cli.js", steps: "build", base: "localhost/base:1", builder: "docker", ...image, ...given };
    const { status, annotations } = await job.drive({ event: "push", payload: pushed, inputs: named, env: own });
    expect({ status, annotations }).toMatchObject({ status: 0 });
    const files = (await readdir(job.temp)).filter((name) => /^\d+$/.test(name) && Number(name) > 5);
    const text = await readFile(join(job.temp, files[0]!), "utf8");
    for (const name of files) await rm(join(job.temp, name));
    return text;
  };
  const usual = await build({});
  expect(usual).toContain("DOCKER_HOST");
  expect(usual).not.toContain("made-up");
  const named = await build({ "build-secrets": "key=NAIS_DEPLOY_APIKEY", "cache-from": "type=gha,scope=a" });
  expect(named.match(/made-up-\d/g)?.toSorted()).toEqual(["made-up-2", "made-up-3"]);
});

test("after a push there is no login left to take back; of one that was cancelled, there is", async () => {
  const files = {
    "pipeline.yaml":
      "name: a\nteam: t\nsources: { s: { type: file, path: s.csv, columns: { a: STRING } } }\noutputs: { m: { type: file, path: m.csv } }\n",
    "models/m.sql": "SELECT a FROM s\n",
    "s.csv": "a\n1\n",
  };
  for (const [file, text] of Object.entries(files)) await job.write(file, text);
  const made = "hemmelig-and-made-up";
  const build = {
    event: "push",
    payload: pushed,
    inputs: {
      cli: "cli.js",
      steps: "build push",
      base: "localhost/base:1",
      image: "127.0.0.1:9/team/a",
      "registry-user": "somebody",
      "registry-password": made,
      builder: "docker",
    },
  };
  await docker('"push "*) echo "denied: $(cat /dev/null)" >&2; exit 1;;');
  const ended = await job.drive(build);
  expect(await calls()).toEqual(expect.arrayContaining([expect.stringMatching(/^login --username somebody/)]));
  expect((await calls()).at(-1)).toBe("logout 127.0.0.1:9");
  expect(ended.state["login"] ?? "").toBe("");
  expect(ended.summary).toContain("push failed: [docker] pushing 127.0.0.1:9/team/a");
  expect(ended.log.split("\n").filter((line) => line.includes(made))).toEqual([`::add-mask::${made}`]);
  await docker('"push "*) kill -INT $PPID; exec sleep 60;; "logout "*) exit 1;;');
  const cancelled = await job.drive(build);
  expect(cancelled.status).toBe(1);
  expect(cancelled.summary).toContain("push failed: stopped by SIGINT");
  expect(JSON.parse(cancelled.state["login"]!)).toEqual({ builder: "docker", registry: "127.0.0.1:9" });
});
