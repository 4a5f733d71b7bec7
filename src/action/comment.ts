/** One comment on a pull request, updated in place. That it cannot be written fails no job. */
import * as core from "@actions/core";
import type { getOctokit } from "@actions/github";
import { messageOf } from "../util/error.ts";
import { commentText, markerOf } from "./comment-text.ts";
import { scrub } from "./log.ts";
import type { Report } from "./report.ts";
import type { Runner } from "./runner.ts";

export async function comment(report: Report, runner: Runner): Promise<void> {
  const { event, inputs } = report;
  if (!inputs?.comment || !event?.pullRequest || event.isUntrusted) return;
  if (inputs.token === undefined) return core.notice("no comment on the pull request: the input github-token is empty");
  const marker = markerOf(inputs, runner);
  const text = `${marker}\n${scrub(commentText(report, runner))}`;
  const { token } = inputs;
  try {
    await write({ number: event.pullRequest.number, token, marker, text }, runner);
  } catch (error) {
    core.notice(`no comment on the pull request: ${reasonOf(error)}`);
  }
}

interface Comment {
  number: number;
  token: string;
  marker: string;
  text: string;
}

async function write({ number, token, marker, text }: Comment, { env }: Runner): Promise<void> {
  const github = await import("@actions/github");
  const api = github.getOctokit(token, { baseUrl: env["GITHUB_API_URL"] });
  const [owner = "", repo = ""] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
  const place = { owner, repo };
  const isAuthor = await authorOf(api);
  for await (const { data } of api.paginate.iterator(api.rest.issues.listComments, {
    ...place,
    issue_number: number,
    per_page: 100,
  })) {
    // Others may quote the marker, or copy it; only ours begins with it.
    const ours = data.find(({ body, user }) => body?.startsWith(marker) && user && isAuthor(user));
    if (ours) return void (await api.rest.issues.updateComment({ ...place, comment_id: ours.id, body: text }));
  }
  await api.rest.issues.createComment({ ...place, issue_number: number, body: text });
}

/**
 * A person's token says whose it is. A job's own, and that of an app, may not ask (403); what they write is a bot's,
 * and so is no comment of a person.
 *
 * @see https://docs.github.com/en/rest/users/users#get-the-authenticated-user
 */
async function authorOf(api: ReturnType<typeof getOctokit>): Promise<(user: Author) => boolean> {
  const login = await api.rest.users.getAuthenticated().then(
    ({ data }) => data.login,
    () => undefined,
  );
  return (user) => (login === undefined ? user.type === "Bot" : user.login === login);
}

interface Author {
  login: string;
  type: string;
}

/** 403 for a token that may not, 404 where it may not even know: https://docs.github.com/en/rest/issues/comments */
function reasonOf(error: unknown): string {
  const { status } = error as { status?: number };
  if (status !== 403 && status !== 404) return messageOf(error);
  return `GitHub refuses it (${status}). Give the job \`permissions: pull-requests: write\`, or say \`comment: false\`.`;
}
