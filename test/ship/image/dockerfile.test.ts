import { describe, expect, test } from "vitest";
import { lintDockerfile } from "../../../src/ship/image/dockerfile/lint.ts";
import type { Profile, Situation } from "../../../src/ship/image/dockerfile/rule.ts";
import { dockerfileRules } from "../../../src/ship/image/dockerfile/rules.ts";

const now = new Date("2026-11-21T00:00:00Z");
const digest = "0a".repeat(32);
const found = (text: string, profile: Profile = "nais", more: Partial<Situation> = {}) =>
  lintDockerfile({ text: text.replaceAll("DIGEST", digest), file: "Dockerfile", profile, now, ...more });
const local = [".nais-etl", "jobs/out"];
/** What a rule has to know besides the file. */
const situations: Record<string, Partial<Situation>> = {
  "local-run": { written: local },
  "other-program": { isPipeline: true },
};
const named = (text: string, profile?: Profile) => found(text, profile).map(({ rule }) => rule);
const pinned = `FROM node:24-slim@sha256:${digest}`;

describe.each(dockerfileRules.map((rule) => ({ ...rule })))("rule $name", ({ name, bad, good, why, cure, profile }) => {
  test("finds its bad example, at a place, with a cure, and nothing else there", () => {
    const problems = found(bad, profile, situations[name]);
    expect(problems.map(({ rule }) => rule)).toEqual([name]);
    expect(problems[0]).toMatchObject({
      hint: expect.stringMatching(/\w/),
      where: { file: "Dockerfile", line: expect.any(Number), column: expect.any(Number) },
    });
  });

  test("leaves its good example alone, as do all others", () => {
    expect(found(good, profile, situations[name])).toEqual([]);
  });

  test("says why, and what to do", () => {
    for (const text of [why, cure]) expect(text).toMatch(/^\S.*[.]$/s);
  });
});

test.each([
  ["ENTRYPOINT node x.js --port=8080", 'Write it as a list: `ENTRYPOINT ["node", "x.js", "--port=8080"]`.'],
  ["CMD python main.py $PORT", expect.stringContaining("`CMD exec python main.py $PORT`") as string],
  ["CMD A=1 python main.py", expect.stringContaining("begin with exec") as string],
])("a program that a shell starts is told as it should stand: %s", (line, hint) => {
  expect(found(`${pinned}\nUSER 1069\n${line}`)).toMatchObject([{ rule: "entrypoint-shell", hint }]);
});

describe("the Dockerfiles of the source documents", () => {
  test("the guide's makes a user, and never switches to it", () => {
    const guide =
      "FROM python:3.9\nWORKDIR /app\nRUN adduser --uid 5678 app && chown -R app /app\nCOPY . /app\nCMD python main.py";
    expect(found(guide).map(({ rule, where }) => [rule, where!.line])).toEqual([
      ["base-digest", 1],
      ["base-end-of-life", 1],
      ["root-user", 3],
      ["entrypoint-shell", 5],
    ]);
  });

  test("the image for Airflow sets an empty variable and takes the secrets along", () => {
    const airflow =
      "FROM python:3.8-slim\nENV PRG_NAME $PRG_NAME\nCOPY secrets/ /app/secrets/\nRUN chmod 755 /app/secrets\nRUN pip install --no-cache-dir -r requirements.txt\nUSER 5678";
    expect(named(airflow)).toEqual(["base-digest", "base-end-of-life", "env-unset", "secret-copied"]);
    expect(named(airflow, "airflow")).toContain("airflow-user");
  });

  test("KNADA's is root for a while, and itself again at the end", () => {
    const knada = `FROM ghcr.io/navikt/knada-images/jupyter:2026.10.01-a1b2c3d-3.13@sha256:${digest}\nUSER root\nRUN pip install --no-cache-dir -r requirements.txt\n`;
    expect(named(`${knada}USER $NB_USER\n`)).toEqual([]);
    expect(named(knada)).toEqual(["root-user"]);
  });
});

describe("who the image runs as", () => {
  test.each([
    ["USER 0", ["root-user"]],
    ["USER 0:0", ["root-user"]],
    ["USER root:app", ["root-user"]],
    ["USER 1069\nUSER root", ["root-user"]],
    ["USER root\nUSER 1069:1069", []],
    ["USER app", ["user-name"]],
    ["USER ${APP_USER:-1000}", []],
    ["RUN true", ["root-user"]],
  ])("%j", (lines, expected) => {
    expect(named(`${pinned}\n${lines}`)).toEqual(expected);
  });

  test("the last stage counts, with the stages that it builds on", () => {
    expect(
      named(`${pinned} AS base\nUSER 1069\n${pinned} AS other\nUSER root\nFROM base\nCOPY --from=other /a /a`),
    ).toEqual([]);
    expect(named(`${pinned} AS base\nUSER 1069\n${pinned}\nCOPY --from=base /a /a`)).toEqual(["root-user"]);
  });

  test("a base whose name says so brings its user", () => {
    expect(named(`FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:${digest}`)).toEqual([]);
  });
});

describe("what it builds on", () => {
  test("arguments are filled in, and what only the build knows is left alone", () => {
    expect(named("ARG V=3.9\nFROM python:${V}-slim\nUSER 1")).toEqual(["base-digest", "base-end-of-life"]);
    expect(named("ARG BASE\nFROM $BASE\nUSER 1")).toEqual([]);
    expect(named("ARG V\nFROM python:${V:-3.9}\nUSER 1")).toContain("base-end-of-life");
  });

  test.each([
    ["python:3.10", "Python 3.10", "2026-10-31"],
    ["node:20.11.1-bookworm-slim", "Node.js 20", "2026-04-30"],
    ["node:24-bullseye", "Debian bullseye", "2026-08-31"],
    ["registry.example:5000/library/debian:11-slim", "Debian 11", "2026-08-31"],
    ["node:24-alpine3.20", "Alpine 3.20", "2026-04-01"],
  ])("%s has come to its end", (image, what, on) => {
    const messages = found(`FROM ${image}\nUSER 1`).map(({ message }) => message);
    expect(messages).toContain(`\`${image}\`: support of ${what} ended on ${on}`);
  });

  test.each(["python:3.13", "node:24", "debian:trixie", "postgres:9.6", "python:3.1x"])(
    "%s has not, as far as is known",
    (image) => {
      expect(named(`FROM ${image}\nUSER 1`)).toEqual(["base-digest"]);
    },
  );

  test("scratch is no one's image", () => {
    expect(named(`${pinned} AS build\nFROM scratch\nCOPY --from=build /a /a\nUSER 1`)).toEqual([]);
  });

  test("only the machine of the image matters, not of what helps to make it", () => {
    expect(named(`FROM --platform=$BUILDPLATFORM node:24@sha256:${digest} AS build\n${pinned}\nUSER 1`)).toEqual([]);
    expect(named(`FROM --platform=linux/arm64 node:24@sha256:${digest} AS base\nFROM base\nUSER 1`)).toEqual([
      "platform",
    ]);
  });
});

describe("secrets", () => {
  test.each([
    "COPY .env .env.production ./",
    'COPY ["tls/server.key", "/tls/"]',
    "ADD credentials.json /",
    "COPY --chown=1:1 id_ed25519 /root/.ssh/",
    "COPY ./secrets /s",
  ])("%s", (line) => {
    expect(new Set(named(`${pinned}\n${line}\nUSER 1`))).toEqual(new Set(["secret-copied"]));
  });

  test.each([
    "COPY .env.example /",
    "COPY jwt.pub.pem /",
    "COPY tokenizer.py keys.py /",
    "COPY --from=build /secrets /s",
  ])("%s holds none", (line) => {
    expect(named(`${pinned}\n${line}\nUSER 1`)).toEqual([]);
  });

  test.each(["ENV DB_PASSWORD=x", "ARG GITHUB_TOKEN", "ENV A=1 API_KEY=2", "ARG MY_SECRET=a"])("%s", (line) => {
    expect(named(`${pinned}\n${line}\nUSER 1`)).toEqual(["secret-in-image"]);
  });

  test.each(["ENV TOKEN_URL=https://x", "ARG SECRET_NAME=a", "ENV AUTHOR=me", 'ENV API_KEY=""'])(
    "%s is none",
    (line) => {
      expect(named(`${pinned}\n${line}\nUSER 1`)).toEqual([]);
    },
  );
});

describe("what a local run writes", () => {
  test.each([
    ["COPY . /app", "`.` copies what local runs write into the image: `.nais-etl`, `jobs/out`"],
    ["COPY ./ ./", "`.nais-etl`, `jobs/out`"],
    ["COPY models ./jobs/ /app/", "`./jobs/` copies what local runs write into the image: `jobs/out`"],
    ["ADD jobs/out /app/", "`jobs/out`"],
    ['COPY ["jobs", "/app/"]', "`jobs/out`"],
  ])("%s takes it along", (line, message) => {
    const problems = found(`${pinned}\n${line}\nUSER 1`, "nais", { written: local });
    expect(problems).toMatchObject([{ rule: "local-run", severity: "warning", where: { line: 2 } }]);
    expect(problems[0]!.message).toContain(message);
  });

  test.each(["COPY models /models", "COPY jobs/output /o", "COPY --from=build . /app"])("%s does not", (line) => {
    expect(found(`${pinned}\n${line}\nUSER 1`, "nais", { written: local })).toEqual([]);
  });

  test("of which nothing is known is not guessed", () => {
    expect(named(`${pinned}\nCOPY . /app\nUSER 1`)).toEqual([]);
  });
});

describe("what is installed", () => {
  test.each([
    "npm i",
    "apt-get update && pip install pandas",
    "pip3 install --no-cache-dir 'polars>=1'",
    "python -m pip install pandas==2.3 duckdb",
    "yarn install",
  ])("RUN %s takes what is newest", (command) => {
    expect(named(`${pinned}\nRUN ${command}\nUSER 1`)).toEqual(["lock-file"]);
  });

  test.each([
    "npm ci --omit=dev",
    "npm install -g npm@11",
    "pip install --no-cache-dir -r requirements.txt",
    "pip install pandas==2.3.3 && pip install --upgrade pip",
    "pip install .",
    "pip install ./wheels/a-1.0.whl",
    "yarn install --immutable",
  ])("RUN %s is exact", (command) => {
    expect(named(`${pinned}\nRUN ${command}\nUSER 1`)).toEqual([]);
  });
});

test("a rule is switched off by a comment with a reason, on the line above", () => {
  expect(named(`# nais-etl-ignore base-tag: rebuilt each night\nFROM python:latest\nUSER 1`)).toEqual([]);
  expect(named(`# nais-etl-ignore base-tag\nFROM python:latest\nUSER 1`)).toEqual(["ignore", "base-tag"]);
});

test("a file without FROM says so, and nothing else", () => {
  expect(named("RUN a")).toEqual(["no-base"]);
  expect(named("")).toEqual(["no-base"]);
});

const ends = (lines: string, base = pinned) =>
  found(`${base}\n${lines}\nUSER 1069`, "nais", { isPipeline: true }).map(({ rule, severity }) => [rule, severity]);

describe("the image of a pipeline", () => {
  test.each([
    ['CMD ["python", "main.py"]'],
    ['ENTRYPOINT ["/usr/bin/python3.11", "-m", "jobs"]'],
    ['ENTRYPOINT ["node"]\nCMD ["main.js"]'],
    ['CMD ["dbt", "run"]'],
  ])("is refused where it starts another program: %s", (lines) => {
    expect(ends(lines)).toEqual([["other-program", "error"]]);
  });

  test.each([
    ['ENTRYPOINT ["npx", "nais-etl"]\nCMD ["run"]'],
    ['CMD ["node", "/opt/nais-etl/bin/nais-etl.js", "run"]'],
    ['ENTRYPOINT ["./start.sh"]'],
    ['ENTRYPOINT ["sh", "-c", "./before && exec npx nais-etl run"]'],
    ['ENTRYPOINT ["sh", "-c", "./start"]'],
  ])("may be started by: %s", (lines) => {
    expect(ends(lines)).toEqual([]);
  });

  test("that starts what its base starts is warned of, unless that is the runtime image", () => {
    expect(ends("COPY . .")).toEqual([["other-program", "warning"]]);
    expect(ends("COPY . .", `FROM ghcr.io/navikt/nais-etl-runtime:1@sha256:${digest}`)).toEqual([]);
  });
});
