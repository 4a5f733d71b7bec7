import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { buildah } from "../../../../src/ship/image/builders/buildah.ts";
import { checkFit } from "../../../../src/ship/image/fit/check-fit.ts";
import type { Trial } from "../../../../src/ship/image/fit/trial.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

// What is made of the answers of a program that runs images. With real ones: test/e2e/runtime-image.test.ts.

let folder: Folder;
afterEach(() => folder.remove());

interface Answers {
  architecture?: string;
  /** Of a shell: what `podman run` does. */
  run?: string;
  isOutOfMemory?: boolean;
}

/** A Podman that notes what it is asked for. */
function podman({ architecture = "amd64", run = "exit 0", isOutOfMemory = false }: Answers): string {
  return `#!/bin/sh
echo "$@" >> "\${0%/*}/../calls"
case "$1 $2" in
  "image inspect") echo '[{ "Architecture": "${architecture}", "Config": { "WorkingDir": "/pipeline/" } }]' ;;
  "container inspect") echo ${String(isOutOfMemory)} ;;
  run*) ${run} ;;
esac
`;
}

async function check(answers: Answers | undefined, trial: Partial<Trial> = {}) {
  folder = await makeFolder({ "data/a.csv": "x\n1\n", calls: "", ...(answers && { "bin/podman": podman(answers) }) });
  if (answers) await chmod(join(folder.path, "bin/podman"), 0o755);
  const env = { PATH: join(folder.path, "bin") };
  const whole: Trial = {
    pipeline: "orders",
    memory: "1Gi",
    bytes: 1024 ** 3,
    samples: [{ from: join(folder.path, "data/a.csv"), to: "data/a.csv" }],
    writable: [".nais-etl"],
    env: {},
    command: [],
    ...trial,
  };
  await checkFit({ builder: buildah, image: "localhost/a:1", trial: whole, context: { ...folder.context, env } });
}

async function calls(): Promise<string[]> {
  return (await folder.read("calls")).trim().split("\n");
}

test("what fits is said to by nothing, and its container is removed", async () => {
  await check({});
  const all = await calls();
  expect(all.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
    "--version",
    "image inspect",
    "run --name",
    "container inspect",
    "rm --force",
  ]);
  expect(all[2]).toMatch(/--volume \S+:\/pipeline\/data\/a\.csv:ro,z localhost\/a:1$/);
  expect(all[2]).toContain("--tmpfs /pipeline/.nais-etl:");
  expect(folder.effects).toEqual(["image.check"]);
});

test("where the machine gives no more files, it is tried with few", async () => {
  const run = 'case "$*" in *nofile*) exit 0 ;; esac; echo "runc: error setting rlimit type 7: OCI" >&2; exit 126';
  await check({ run });
  const runs = (await calls()).filter((line) => line.startsWith("run "));
  expect(runs.map((line) => line.includes("--ulimit nofile=1024:1024"))).toEqual([false, true]);
});

describe("what does not fit has exit code 3, and says why", () => {
  test.each([
    [{ architecture: "arm64" }, "is built for arm64, and the clusters run amd64"],
    [{ run: "exit 137", isOutOfMemory: true }, "it needs more than the pod's 1Gi of memory"],
    [{ run: "exit 1", isOutOfMemory: true }, "it needs more than the pod's 1Gi of memory"],
    [{ run: "echo \"EROFS: read-only file system, open '/x'\" >&2; exit 1" }, "it writes `/x`"],
    [{ run: `echo 'runc: exec: "a": executable file not found: OCI' >&2; exit 127` }, "`a`, which it starts"],
    [{ run: `echo 'exec: "/a": permission denied: OCI permission denied' >&2; exit 126` }, "may not use `/a`"],
  ])("%j", async (answers, message) => {
    await expect(check(answers)).rejects.toMatchObject({ code: "check", message: expect.stringContaining(message) });
  });
});

describe("where nothing can run it, that is no fault of the image", () => {
  test.each([
    [undefined, "podman is not here, and nothing else can run what buildah built"],
    [{ run: "echo 'cannot set up namespace' >&2; exit 125" }, "podman cannot run images here"],
    [{ run: "echo 'runc: mounting proc: OCI permission denied' >&2; exit 126" }, "podman cannot run images here"],
  ])("%j", async (answers, message) => {
    await expect(check(answers)).rejects.toMatchObject({ code: "failed", message: expect.stringContaining(message) });
  });
});
