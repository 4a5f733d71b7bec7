import { afterAll, beforeAll, expect, test } from "vitest";
import { join } from "node:path";
import { createKubectl, mayPass } from "../../src/ship/kubectl.ts";
import { plainContext } from "../support/context.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

// A program that stands in for kubectl: it says what it was given, or fails as kubectl does.

const program = `
const args = process.argv.slice(2);
const fail = (text) => { process.stderr.write(text); process.exit(1); };
if (args.includes("secrets")) fail('Error from server (Forbidden): secrets is forbidden: User "a" cannot list');
if (args.includes("away")) fail("Unable to connect to the server: dial tcp: i/o timeout");
if (args.includes("nothing")) process.exit(0);
if (args.includes("forever")) { setInterval(() => console.log("line"), 5); }
else if (args.includes("-f")) process.stdin.pipe(process.stdout);
else console.log(JSON.stringify({ args, proxy: process.env.HTTPS_PROXY }));
`;

let folder: Folder;

beforeAll(async () => {
  folder = await makeFolder();
  await folder.write("kubectl.cjs", program);
});

afterAll(() => folder.remove());

function kubectl(kubeContext?: string) {
  const context = { ...plainContext({ env: { HTTPS_PROXY: "http://proxy" } }), cwd: folder.path };
  const argv = [process.execPath, join(folder.path, "kubectl.cjs")];
  return createKubectl({ program: argv, kubeContext, namespace: "my-team" }, context);
}

test("it is asked in the cluster and the namespace that are meant, with the environment of the command", async () => {
  expect(await kubectl("dev-gcp").find(["get", "job", "a"])).toEqual({
    args: [
      "--context=dev-gcp",
      "--namespace=my-team",
      "get",
      "job",
      "a",
      "--ignore-not-found",
      "-o",
      "json",
      "--request-timeout=30s",
    ],
    proxy: "http://proxy",
  });
  expect(await kubectl().find(["get", "nothing"])).toBeUndefined();
  expect(await kubectl().run(["apply", "-f", "-"], '{"a": 1}')).toBe('{"a": 1}');
});

test("a command is shown as a shell would take it", () => {
  const shown = createKubectl({ namespace: "my-team" }, plainContext()).inWords(["create", "job", "it's"]);
  expect(shown).toBe(`kubectl --namespace=my-team create job 'it'\\''s'`);
});

test("a refusal says who may do it, and is none that passes", async () => {
  const error = await kubectl()
    .run(["get", "secrets"])
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "failed", message: expect.stringContaining("Forbidden") as string });
  expect((error as { hint: string }).hint).toContain("member of the team `my-team`");
  expect(mayPass(error)).toBe(false);
});

test("a server that does not answer may answer later", async () => {
  const error = await kubectl()
    .run(["get", "away"])
    .catch((thrown: unknown) => thrown);
  expect(mayPass(error)).toBe(true);
});

test("lines come until the signal is aborted, and then it ends", async () => {
  const stop = new AbortController();
  let lines = 0;
  for await (const line of kubectl().lines(["logs", "forever"], stop.signal)) {
    expect(line).toBe("line");
    if (++lines === 3) stop.abort();
  }
  expect(lines).toBeGreaterThanOrEqual(3);
});

test("a program that is not there says what to do", async () => {
  const missing = createKubectl(
    { program: ["/no/such/kubectl"], namespace: "a" },
    { ...plainContext(), cwd: folder.path },
  );
  await expect(missing.run(["get", "jobs"])).rejects.toMatchObject({
    message: expect.stringContaining("cannot be started") as string,
  });
});
