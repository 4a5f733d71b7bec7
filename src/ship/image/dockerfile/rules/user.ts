import { bottomOf, type Dockerfile, type Line } from "../read.ts";
import type { DockerfileRule, Finding } from "../rule.ts";

export const rootUser: DockerfileRule = {
  name: "root-user",
  severity: "error",
  title: "The image runs as root",
  why: "nais starts every pod as user 1069 whatever the image says, and Airflow as 50000: what root alone may read or write works at the desk and fails in the pod. Elsewhere a root image is refused, or is a way in.",
  cure: "End the file with `USER 1069`, after all that needs root.",
  bad: "FROM python:3.13-slim@sha256:DIGEST\nRUN useradd app\nCOPY . /app",
  good: "FROM python:3.13-slim@sha256:DIGEST\nCOPY . /app\nUSER 1069",
  *check(dockerfile) {
    const user = lastUser(dockerfile);
    if (user === undefined) yield* noUser(dockerfile);
    else if (isRoot(nameOf(user))) {
      const message = `the image runs as root: \`${user.keyword} ${user.words[0] ?? ""}\` is the last that is said of it`;
      yield { line: user, message };
    }
  },
};

function* noUser(dockerfile: Dockerfile): Generator<Finding> {
  const last = dockerfile.stages.at(-1)!;
  const { text } = bottomOf(last).base;
  if (bringsUser.test(text)) return;
  const maker = dockerfile.image.find(
    ({ keyword, words }) => keyword === "RUN" && words.some((word) => /(^|\/)(useradd|adduser)$/.test(word)),
  );
  const message = maker
    ? "the image runs as root: a user is made here, but no USER switches to it"
    : `the image runs as whoever \`${text}\` does, which is mostly root: there is no USER`;
  yield { line: maker ?? last.from, message };
}

/** Bases whose makers say that they run as somebody else. */
const bringsUser = /nonroot|nais-etl|^cgr\.dev\/chainguard\//;

export const userName: DockerfileRule = {
  name: "user-name",
  severity: "warning",
  profile: "nais",
  title: "The user has a name and no number",
  why: "Kubernetes cannot know whether a name is root: a pod that must not run as root is not started from such an image (`runAsNonRoot and image has non-numeric user`).",
  cure: "Write the number: `USER 1069`.",
  bad: "FROM node:24-slim@sha256:DIGEST\nUSER node",
  good: "FROM node:24-slim@sha256:DIGEST\nUSER 1000",
  *check(dockerfile) {
    const user = lastUser(dockerfile);
    const name = nameOf(user);
    if (user === undefined || name === "" || isRoot(name) || /^\d+$/.test(name) || name.includes("$")) return;
    yield { line: user, message: `\`${name}\` is a name: who that is, only the image knows` };
  },
};

export const airflowUser: DockerfileRule = {
  name: "airflow-user",
  severity: "error",
  profile: "airflow",
  title: "The image is not made for Airflow's user",
  why: "KNADA's Airflow starts its workers as user `airflow`, 50000. An image whose files belong to somebody else cannot write its logs or read its code.",
  cure: "Make the user, and end with it: `RUN useradd --uid 50000 airflow`, then `USER 50000`.",
  bad: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069",
  good: "FROM python:3.13-slim@sha256:DIGEST\nRUN useradd --uid 50000 airflow\nUSER 50000",
  *check(dockerfile) {
    const user = lastUser(dockerfile);
    const name = nameOf(user);
    // What root is, and an image without a user, another rule says.
    if (user === undefined || isRoot(name) || name.includes("$") || name === "50000" || name === "airflow") return;
    yield { line: user, message: `the image runs as \`${name}\`, and Airflow's workers as \`airflow\` (50000)` };
  },
};

function lastUser({ image }: Dockerfile): Line | undefined {
  return image.findLast(({ keyword }) => keyword === "USER");
}

/** Without the group. */
function nameOf(user: Line | undefined): string {
  return (user?.words[0] ?? "").replace(/(?<!\{[^}]*):.*$/, "");
}

function isRoot(name: string): boolean {
  return /^(root|0+)$/.test(name);
}
