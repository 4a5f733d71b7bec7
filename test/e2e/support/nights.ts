/** The nights of a deployed pipeline on the platform of loopback, and whoever is called when one was bad. */
import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { stringify } from "yaml";
import { createProgram } from "../../../src/cli/program.ts";
import type { Why } from "../../../src/etl/why/why.ts";
import { EtlError, formatProblem } from "../../../src/util/error.ts";
import { realContext } from "../../run/context.ts";
import type { ApiRun } from "../../servers/nais-api/server.ts";
import { startPlatform, type Platform, type StartPlatform } from "../../servers/platform/start.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

export interface Nights {
  platform: Platform;
  folder: Folder;
  /** Writes pipeline.yaml, parts of it merged over the usual one, and the model `t`. */
  write(model?: string, more?: object): Promise<void>;
  /** Commits what the folder holds, and makes an image of it, as `build --push` would. @returns its name */
  build(): Promise<string>;
  /** The commit that is checked out. */
  head(): string;
  /** Types `git checkout`, as `First` says. */
  checkout(told: Told): void;
  /** Builds, and deploys that. */
  release(): Promise<void>;
  /** A night that must be good. */
  goodNight(rows: string[]): Promise<void>;
  /** One that must not. */
  badNight(): Promise<ApiRun>;
  why(...more: string[]): Promise<Told>;
  /** So many hours are added to the clock of whoever asks why. */
  hoursLater: number;
  /** Types a command, as it stands. */
  type(command: string): Promise<Typed>;
  /** The rows that readers see. */
  rows(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface Typed {
  code: number;
  text: string;
}

/** What `why` prints, its command as it stands there, and the same for programs. */
export interface Told extends Why {
  text: string;
  command: string;
}

export const source = "product-project.src.rows";
const target = "prod-gcp";

/** As the data product has it: so many rows, seen now. */
export const fill = (rows: number, more = "") => `CREATE OR REPLACE TABLE \`${source}\` AS
  SELECT id, CONCAT('Tromsø', CAST(id AS STRING)) AS town, CURRENT_TIMESTAMP() AS seen
  FROM UNNEST(GENERATE_ARRAY(1, ${rows})) AS id${more}`;

const columns = { id: { type: "INT64", checks: ["not_null", "unique"] }, town: "STRING" };

export const usualModel = "SELECT id, town FROM rows";

async function startNights(options: Partial<StartPlatform> = {}): Promise<Nights> {
  const folder = await makeFolder();
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder.path, encoding: "utf8", env: author });
  git("init", "--quiet");
  await folder.write(".gitignore", "tmp/\n");
  await mkdir(join(folder.path, "tmp"));
  const datasets = [{ name: "product-project.src", location: "europe-north1" }];
  const platform = await startPlatform({ team: "data-team", folder: folder.path, datasets, ...options });
  const { bigquery } = platform;
  let images = 0;
  const nights: Nights = {
    platform,
    folder,
    hoursLater: 0,
    async write(model = usualModel, more = {}) {
      const endpoints = { api_endpoint: bigquery.endpoint, storage_endpoint: `http://${bigquery.storageEndpoint}` };
      const usual = {
        name: "towns",
        team: "data-team",
        schedule: { cron: "0 6 * * *" },
        sources: {
          rows: {
            type: "bigquery",
            table: source,
            columns: { id: "INT64", town: "STRING", seen: "TIMESTAMP" },
            checks: [{ freshness: { column: "seen", within: "36h" } }],
          },
        },
        models: { t: { columns } },
        outputs: { t: { type: "bigquery", table: "towns.t" } },
        nais: { backoffLimit: 0 },
        targets: { [target]: { bigquery: endpoints } },
      };
      await folder.write("models/t.sql", model);
      await folder.write("pipeline.yaml", stringify({ ...usual, ...more }));
    },
    async build() {
      git("add", ".");
      git("commit", "--quiet", "--allow-empty", "--message", "change");
      const image = `europe-north1-docker.pkg.dev/p/data-team/towns:${(images += 1)}`;
      await platform.push(image);
      return image;
    },
    head: () => git("rev-parse", "HEAD").trim(),
    checkout({ text }) {
      const revision = /`git checkout (\w+)`/.exec(text.replaceAll(/\s+/g, " "))?.[1];
      git("checkout", "--quiet", revision ?? "none is named");
    },
    async release() {
      const image = await nights.build();
      expect(await nights.type(`nais-etl deploy --target ${target} --image ${image}`)).toMatchObject({ code: 0 });
    },
    async goodNight(rows) {
      const run = await platform.night("towns");
      expect(run.states, platform.api.lines.map((line) => (line === "cut" ? "" : line.message)).join("\n")).toEqual([
        "SUCCEEDED",
      ]);
      expect(await nights.rows()).toEqual(rows);
    },
    async badNight() {
      const before = await nights.rows();
      const run = await platform.night("towns");
      expect(run.states).toEqual(["FAILED"]);
      expect(await nights.rows()).toEqual(before);
      return run;
    },
    async why(...more) {
      const asked = ["nais-etl why", ...more, `--target ${target}`].join(" ");
      const { code, text } = await nights.type(asked);
      expect(code, text).toBe(0);
      // Those who read a log, a comment and a chat are many.
      expect(text).not.toMatch(/Tromsø\d/);
      const found = JSON.parse((await nights.type(`${asked} --json`)).text) as Why;
      const command = /^ {2}(nais-etl .+)$/m.exec(text)?.[1] ?? "";
      expect(command).toBe(found.mend?.command ?? "");
      return { ...found, text, command };
    },
    async type(command) {
      const lines: string[] = [];
      const context = realContext({
        folder: folder.path,
        tmpdir: `${folder.path}/tmp`,
        env: { ...platform.env, GCP_TEAM_PROJECT_ID: bigquery.project, PATH: process.env["PATH"]! },
        write: (line) => void lines.push(line),
      });
      const [, ...args] = command.split(" ");
      const now = () => new Date(Date.now() + (args[0] === "why" ? nights.hoursLater * 3_600_000 : 0));
      const code = await createProgram({ ...context, now })
        .run(args)
        .catch((error: unknown) => {
          if (!(error instanceof EtlError)) throw error;
          lines.push(error.problems.map(formatProblem).join("\n"));
          return error.exitCode;
        });
      return { code, text: lines.join("") };
    },
    async rows() {
      const found = await bigquery.sql("SELECT id, town FROM `team-project.towns.t` ORDER BY id, town").catch(() => []);
      return found.map((row) => Object.values(row).join(" "));
    },
    async stop() {
      await platform.stop();
      await folder.remove();
    },
  };
  return nights;
}

const author = {
  PATH: process.env["PATH"],
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

export const towns = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1} Tromsø${i + 1}`);

/** Some stories are told at once, since much of one is waiting: each has nights of its own. */
export async function withNights(
  tell: (nights: Nights) => Promise<void>,
  options?: Partial<StartPlatform>,
): Promise<void> {
  const nights = await startNights(options);
  try {
    await nights.platform.bigquery.sql(fill(3));
    await tell(nights);
  } finally {
    await nights.stop();
  }
}

/** Deployed, with a good night behind it. */
export async function live(nights: Nights, model?: string, more?: object): Promise<void> {
  await nights.write(model, more);
  await nights.release();
  await nights.goodNight(towns(3));
}

/** What `First` says of a deploy: its own command, with an image that was built. */
export async function deployFirst(nights: Nights, told: Told): Promise<void> {
  const deploy = /`(nais-etl deploy [^`]+)…`/.exec(told.text.replaceAll(/\s+/g, " "))?.[1];
  const image = await nights.build();
  const typed = await nights.type(`${deploy}${image}`);
  expect(typed, typed.text).toMatchObject({ code: 0 });
}

/** Types what `why` printed; then all is well, and so is the next night. */
export async function mend(nights: Nights, told: Told, rows = towns(3)): Promise<void> {
  const typed = await nights.type(told.command);
  nights.hoursLater = 0;
  expect(typed, typed.text).toMatchObject({ code: 0 });
  expect(await nights.rows()).toEqual(rows);
  const after = JSON.parse((await nights.type(`nais-etl why --target ${target} --json`)).text) as Why;
  expect([after.cause.kind, after.mend]).toEqual(["good", undefined]);
  await nights.goodNight(rows);
}
