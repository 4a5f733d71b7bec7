import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { json, startHttpServer, type HttpServer } from "../servers/http.ts";
import { pullRequest, pushed, runnersToken, startJob, type Drive, type Job } from "./drive.ts";

// The comment on a pull request, against an API of GitHub on loopback that keeps comments, a page at a time.

interface Comment {
  id: number;
  body: string;
  user: { login: string; type: string };
}

const bot = { login: "github-actions[bot]", type: "Bot" };
const stranger = { login: "stranger", type: "User" };
/** Whose token it is, where it is a person's. */
let person: typeof stranger | undefined;

let job: Job;
let api: HttpServer;
let comments: Comment[];
/** Method and path of what was written. */
let written: string[];
let refusal: number | undefined;

beforeEach(async () => {
  [comments, written, refusal, person] = [[], [], undefined, undefined];
  api = await startHttpServer((request, response) => void answer(request, response));
  job = await startJob({ "cli.js": program() });
});
afterEach(() => Promise.all([job.remove(), api.stop()]));

const perPage = 100;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, "http://x");
  if (refusal !== undefined)
    return void response
      .writeHead(refusal, { "content-type": "application/json" })
      .end(JSON.stringify({ message: "Resource not accessible by integration" }));
  if (url.pathname === "/user")
    return person ? json(response, person) : void response.writeHead(403).end('{"message":"Resource not accessible"}');
  if (request.method === "GET") {
    const page = Number(url.searchParams.get("page") ?? 1);
    const rest = comments.length > page * perPage;
    const link = { link: `<${api.url}${url.pathname}?per_page=${perPage}&page=${page + 1}>; rel="next"` };
    return json(response, comments.slice((page - 1) * perPage, page * perPage), rest ? link : {});
  }
  written.push(`${request.method} ${url.pathname}`);
  const { body } = JSON.parse(await textOf(request)) as { body: string };
  if (request.method === "POST") comments.push({ id: comments.length + 1, body, user: person ?? bot });
  else comments.find(({ id }) => url.pathname.endsWith(`/${id}`))!.body = body;
  json(response, {});
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** A command line whose tests fail with rows that differ, and with as many problems as a test wants. */
function program(count = 1): string {
  const diff = { columns: ["a"], changed: [], missing: [{ a: "a-value-of-a-row" }], unexpected: [] };
  const name = "counts for @somebody";
  const tests = [{ name, model: "m", file: "tests/a.yaml", line: 1, status: "failed", message: "1 row differs", diff }];
  const line = JSON.stringify({ level: "warn", message: "x".repeat(9_000), hint: "y".repeat(9_000) });
  return [
    `process.stdout.write(${JSON.stringify(JSON.stringify({ tests: Array(count).fill(tests[0]) }))});`,
    `process.stderr.write(${JSON.stringify(`${line}\n`.repeat(count))});`,
    "process.exitCode = 3;",
  ].join("\n");
}

const drive = ({ inputs, env, ...rest }: Drive = {}) =>
  job.drive({
    inputs: { cli: "cli.js", comment: "true", ...inputs },
    env: { GITHUB_API_URL: api.url, ...env },
    ...rest,
  });

const commentsPath = "/repos/team/pipelines/issues/12/comments";

test("a pull request gets one comment, which the next run updates in place", async () => {
  const { log } = await drive();
  expect(log).not.toContain("no comment");
  expect(written).toEqual([`POST ${commentsPath}`]);
  expect(api.asked[0]!.headers.authorization).toBe(`token ${runnersToken}`);
  const [{ body: first }] = comments as [Comment];
  expect(first).toContain("<b>Failed.</b> test failed: 1 of 1 test failed");
  expect(first).toContain("<td>validate</td><td>– not taken</td>");
  expect(first).toContain('<a href="https://github.com/team/pipelines/actions/runs/99">');
  await job.write("cli.js", program(2));
  await drive();
  expect(written.slice(1)).toEqual(["PATCH /repos/team/pipelines/issues/comments/1"]);
  expect(comments).toHaveLength(1);
  expect(comments[0]!.body).toContain("2 of 2 tests failed");
});

test("it holds neither rows nor a name that GitHub would send a message to", async () => {
  const { summary } = await drive();
  expect(summary).toContain("a-value-of-a-row");
  expect(comments[0]!.body).not.toContain("a-value-of-a-row");
  expect(comments[0]!.body).toContain("counts for @&#8203;somebody");
});

test("it is found behind the first page, and not in what others wrote or quote", async () => {
  await drive();
  const [ours] = comments as [Comment];
  const theirs = Array.from({ length: 120 }, (_, i) => ({ id: 1000 + i, body: `> ${ours.body}`, user: bot }));
  comments = [...theirs, ours];
  await drive();
  expect(written.slice(1)).toEqual(["PATCH /repos/team/pipelines/issues/comments/1"]);
});

test.each([
  ["the job's own token", undefined],
  ["a person's token", { login: "octocat", type: "User" }],
])("a stranger's comment with the same marker is left alone: with %s", async (_, whose) => {
  person = whose;
  await drive();
  const [ours] = comments as [Comment];
  const theirs = { id: 1000, body: ours.body, user: stranger };
  comments = [theirs];
  await drive();
  expect(written.slice(1)).toEqual([`POST ${commentsPath}`]);
  comments = [theirs, ours];
  await drive();
  expect(written.slice(2)).toEqual(["PATCH /repos/team/pipelines/issues/comments/1"]);
});

test("two pipelines of a repository have a comment each", async () => {
  await drive({ inputs: { environment: "dev-gcp" } });
  await drive({ inputs: { environment: "prod-gcp" } });
  expect(comments).toHaveLength(2);
});

test("it is never longer than GitHub takes", async () => {
  await job.write("cli.js", program(60));
  await drive();
  expect(comments[0]!.body.length).toBeLessThan(65_536);
  expect(comments[0]!.body).toContain("60 of 60 tests failed");
  expect(comments[0]!.body).toContain("actions/runs/99");
});

describe("where it cannot be written", () => {
  test.each([403, 404])(
    "GitHub's refusal, %i, is a notice with the cure, and no failure of its own",
    async (status) => {
      refusal = status;
      await job.write("cli.js", `process.stdout.write('{"tests":[]}');`);
      const ended = await drive({ inputs: { steps: "test" } });
      expect(ended.status).toBe(0);
      expect(ended.annotations).toEqual([
        { name: "notice", properties: {}, text: expect.stringContaining("`permissions: pull-requests: write`") },
      ]);
    },
  );

  test("a server that is not there is a notice, too", async () => {
    const { annotations } = await drive({ env: { GITHUB_API_URL: "http://127.0.0.1:9" } });
    expect(annotations.map(({ name, text }) => [name, text.slice(0, 30)])).toContainEqual([
      "notice",
      "no comment on the pull request",
    ]);
  });
});

test.each<[string, Drive]>([
  ["a pull request from a fork", { payload: pullRequest("somebody/pipelines") }],
  ["a push", { event: "push", payload: pushed, inputs: { steps: "test" } }],
  ["who does not want it", { inputs: { comment: "false" } }],
])("%s gets none", async (_, options) => {
  await drive(options);
  expect(api.asked).toEqual([]);
});
