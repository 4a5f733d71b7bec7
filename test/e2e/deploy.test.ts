import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { deployToNais } from "../../src/ship/deploy/nais/deploy.ts";
import { startDeployServer } from "../servers/deploy/start.ts";
import { plainContext } from "../support/context.ts";
import { pythonWith } from "./support/python.ts";
import { freePort } from "./support/server.ts";

// Our client, and our stand-in for the platform's service, each against Google's implementation of gRPC and protobuf:
// so that the wire is not only our own opinion.

const script = fileURLToPath(new URL("support/deploy_wire.py", import.meta.url));
const proto = fileURLToPath(new URL("../servers/deploy/deploy.proto", import.meta.url));
const key = "00112233445566778899aabbccddeeff"; // nais-etl-ignore credential: made up
const python = pythonWith(["grpcio==1.85.1", "grpcio-tools==1.85.1"]);

beforeEach(({ skip }) => {
  if ("missing" in python) skip(python.missing);
});

/** By the server in Python. */
const chosenId = "11111111-2222-3333-4444-555555555555";

const manifest = {
  apiVersion: "nais.io/v1",
  kind: "Naisjob",
  metadata: { name: "orders", namespace: "my-team", labels: { team: "my-team" } },
  spec: {
    image: "x",
    backoffLimit: 2,
    flags: [true, false, null],
    share: 0.25,
    empty: {},
    none: [],
    text: "æøå {{ $x }}",
  },
};

function programOf(): string {
  return join((python as { path: string }).path, "bin/python");
}

test("what our client sends, Google's protobuf reads as it was meant, and its answers are understood", async () => {
  const port = await freePort();
  const child = spawn(programOf(), [script, proto, "server", String(port), key], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  try {
    await once(reader, "line");
    const outcome = await deployToNais(
      {
        resources: [manifest],
        cluster: "dev-gcp",
        team: "my-team",
        origin: {
          repository: "navikt/trial",
          revision: "abc",
          actor: "kari",
          url: "https://github.example/1",
          traceParent: "00-1",
        },
        server: `127.0.0.1:${port}`,
        apiKey: key,
        timeout: 30_000,
        wait: true,
        mayBeUnchanged: false,
      },
      { ...plainContext(), now: () => new Date() },
    );
    expect(outcome).toMatchObject({ passed: true, code: 0, state: "success", id: chosenId });
    expect(outcome.statuses.map(({ message }) => message)).toContain("Naisjob/orders (Synchronized): æøå");
  } finally {
    child.kill();
  }
  const [, sent, asked] = lines.map((line) => (line === "ready" ? undefined : JSON.parse(line)));
  const { time, deadline, kubernetes, ...rest } = sent.request;
  expect(rest).toEqual({
    cluster: "dev-gcp",
    team: "my-team",
    gitRefSha: "abc",
    repository: { owner: "navikt", name: "trial" },
    GithubEnvironment: "dev-gcp:my-team",
    traceParent: "00-1",
    deployerUsername: "kari",
    triggerUrl: "https://github.example/1",
  });
  expect(Date.parse(deadline) - Date.parse(time)).toBe(30_000);
  const { annotations, ...metadata } = kubernetes.resources[0].metadata;
  expect({ ...kubernetes.resources[0], metadata }).toEqual(manifest);
  expect(annotations["deploy.nais.io/github-sha"]).toBe("abc");
  expect([asked.method, asked.request.ID, asked.team]).toEqual(["status", chosenId, "my-team"]);
}, 60_000);

test("what Google's protobuf sends, our stand-in reads as it was meant, and its answers are understood", async () => {
  const server = await startDeployServer({ world: { apiKeys: { "my-team": key } } });
  try {
    const child = spawn(programOf(), [script, proto, "client", server.address, key, JSON.stringify([manifest])]);
    const out: string[] = [];
    child.stdout.on("data", (part: Buffer) => out.push(part.toString()));
    child.stderr.pipe(process.stderr);
    await once(child, "close");
    const statuses = out
      .join("")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as [string, string]);
    expect(statuses.at(-1)).toEqual(["success", "Deployment completed successfully."]);
    expect(statuses).toContainEqual([
      "in_progress",
      "Naisjob/orders (Synchronized): Successfully synchronized all resources",
    ]);
    expect(server.deployed()).toEqual([[manifest]]);
  } finally {
    server.stop();
  }
}, 60_000);
