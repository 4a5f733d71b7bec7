import { expect, test } from "vitest";
import { podRunArgs, type PodRun } from "../../../../src/ship/image/fit/pod-run.ts";

const least: PodRun = {
  program: "docker",
  image: "localhost/a:1",
  name: "try",
  memory: 1024,
  mounts: [],
  writable: [],
  env: {},
  command: [],
  hasFewFiles: false,
};
const confined = "--network none --read-only --user 1069:1069 --cap-drop ALL --security-opt no-new-privileges".split(
  " ",
);
const limits = "--memory 1024b --memory-swap 1024b --tmpfs".split(" ");

test("docker's command line, whole", () => {
  const start = ["docker", "run", "--name", "try", "--pull", "never"];
  expect(podRunArgs(least)).toEqual([
    ...start,
    ...confined,
    ...limits,
    "/tmp:rw,exec,mode=1777,uid=1069,gid=1069",
    "localhost/a:1",
  ]);
});

test("Podman's, with all that there may be", () => {
  const run: PodRun = {
    ...least,
    program: "podman",
    mounts: [{ from: "/t/0", to: "/pipeline/data/a.csv" }],
    writable: ["/pipeline/.nais-etl"],
    env: { A: "1 2" },
    command: ["nais-etl", "run", "--verbose"],
    hasFewFiles: true,
  };
  const start = ["podman", "run", "--name", "try", "--pull", "never"];
  const own = "--read-only-tmpfs=false --passwd=false --ulimit nofile=1024:1024 --ulimit nproc=1024:1024".split(" ");
  const places = [
    "/tmp:rw,exec,mode=1777,U",
    "--tmpfs",
    "/pipeline/.nais-etl:rw,exec,mode=1777,U",
    "--volume",
    "/t/0:/pipeline/data/a.csv:ro,z",
    "--env",
    "A=1 2",
  ];
  const end = ["--entrypoint", "nais-etl", "localhost/a:1", "run", "--verbose"];
  expect(podRunArgs(run)).toEqual([...start, ...confined, ...own, ...limits, ...places, ...end]);
});
