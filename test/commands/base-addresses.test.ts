import { afterEach, beforeEach, expect, test } from "vitest";
import { importPipeline } from "../../src/commands/import.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

async function imported(fallback: string, { hosts = [], env = [] }: { hosts?: string[]; env?: string[] } = {}) {
  const script = [
    "import os, requests",
    "import pandas as pd",
    `API = os.environ.get("API", ${JSON.stringify(fallback)})`,
    'LEVEL = os.environ.get("LEVEL", "info")',
    'df = pd.DataFrame(requests.get(f"{API}/v1/x", headers={"k": os.environ["KEY"]}).json())',
    "df.to_gbq('d.t', if_exists='replace')",
  ];
  await folder.write("main.py", script.join("\n"));
  const spec = {
    schedule: "0 4 * * *",
    env: env.map((name) => ({ name, value: "https://set.no" })),
    envFrom: [{ secret: "keys" }],
    accessPolicy: { outbound: { external: hosts.map((host) => ({ host })) } },
    gcp: { bigQueryDatasets: [{ name: "d", permission: "READWRITE" }] },
  };
  const job = { apiVersion: "nais.io/v1", kind: "Naisjob", metadata: { name: "a", namespace: "b" }, spec };
  await folder.write("job.yaml", JSON.stringify(job));
  await importPipeline({ script: "main.py", naisjob: "job.yaml", output: "out" }, folder.context);
  const [, url] = /url: (.*)/.exec(await folder.read("out/pipeline.yaml"))!;
  return { url, text: await folder.read("out/pipeline.yaml"), told: folder.printed[0]! };
}

test("a default that is an address takes the place of its variable, and is told", async () => {
  const { url, text, told } = await imported("https://api.no/base/", { hosts: ["api.no"] });
  expect(url).toBe("https://api.no/base/v1/x");
  expect(text).not.toMatch(/egress|\bAPI\b/);
  expect(told).toContain('os.environ.get("API", "https://api.no/base/"): its default is the address now');
});

test("of a default on this machine, the one host that the job may ask is taken, with the default's path", async () => {
  const { url, told } = await imported("http://localhost:8080/base", { hosts: ["api.no"] });
  expect(url).toBe("https://api.no/base/v1/x");
  expect(told).toContain("its default is this machine; api.no is taken, the one host of accessPolicy");
});

test("where there are several hosts, or none, the variable stays, and is no secret", async () => {
  const { url, text, told } = await imported("http://127.0.0.1:1", { hosts: ["a.no", "b.no"] });
  expect(url).toBe("${env:API}/v1/x");
  expect(text).toMatch(/secrets:\n {2}KEY:/);
  expect(text).not.toMatch(/^ {2}API:/m);
  expect(told).toContain("Write the real address in `url` of the source");
});

test("a variable that the job sets stays one, and nothing is told of it", async () => {
  const { url, told } = await imported("http://localhost", { hosts: ["api.no"], env: ["API"] });
  expect(url).toBe("${env:API}/v1/x");
  expect(told).not.toContain('os.environ.get("API"');
});

test("a setting with a default that no source asks with is no secret", async () => {
  expect((await imported("https://api.no")).text).not.toContain("LEVEL");
});
