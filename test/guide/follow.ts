/** Does what a guide says, as its reader would: writes the files that it shows, and types its commands. */
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Follow {
  /** `docs/guide.md`, or several that are read one after the other, in the same folder. */
  guide: string | readonly string[];
  /** What the blocks need that are typed besides the plain ones, as it stands behind their `sh`. */
  has?: readonly string[];
  env?: Record<string, string>;
  /** Called before each command, in the folder where it is typed: for what a reader has, and a test must make. */
  before?: (command: string, folder: string) => Promise<void>;
  /** Typed before the first page is opened. */
  begin?: readonly string[];
}

export interface Typed {
  command: string;
  status: number | null;
  output: string;
  /** Lines that the page shows below its block, and that none of its commands has said. */
  missing: string[];
}

/** A block, and the file that it is of where the line before it names one. */
const block = /(?:^`([^`\n]+)`:\n\n)?^```(\S*)([^\n]*)\n([\s\S]*?)^```/gm;

/** Writes the files that the pages show, and types their `sh` blocks; a `text` block is what is seen then. */
export async function followGuide({ guide, has = [], env = {}, before, begin = [] }: Follow): Promise<Typed[]> {
  const home = await mkdtemp(join(tmpdir(), "nais-etl-guide-"));
  const typed: Typed[] = [];
  let folder = join(home, "work");
  const typeAll = async (commands: readonly string[]) => {
    const first = typed.length;
    for (const command of commands)
      if (command.startsWith("cd ")) folder = join(folder, command.slice(3));
      else {
        await before?.(command, folder);
        typed.push(await type(command, { folder, home, env }));
      }
    return typed.slice(first);
  };
  try {
    await writePrograms(home);
    await mkdir(folder);
    await typeAll(begin);
    let last: Typed[] = [];
    for (const [, file, language, needs = "", body = ""] of await blocksOf(guide)) {
      if (file !== undefined) await writeInto(folder, file, body);
      else if (language === "sh") {
        const isTyped = needs === "" || has.includes(needs.trim());
        last = isTyped
          ? await typeAll(commandsOf(body).filter((command) => reasonNotToType(command) === undefined))
          : [];
      } else if (language === "text") last.at(-1)?.missing.push(...unsaid(body, last));
    }
    return typed;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function blocksOf(guide: string | readonly string[]): Promise<RegExpExecArray[]> {
  const texts = await Promise.all([guide].flat().map((page) => readFile(join(root, page), "utf8")));
  return texts.flatMap((text) => [...text.matchAll(block)]);
}

/** What cannot be typed here, and why. All else in an `sh` block of a page is typed by some test. */
export const notTyped: [RegExp, string][] = [
  [/^npm (?:test$|run )/, "the scripts of this repository: CI runs them"],
  [/^(?:\w+=\S+ )?npm run test:gcp/, "needs a project in Google's cloud"],
  [
    /^mkdir -p vendor$|^npm (?:pack|install) |etl --version$/,
    "needs the registry: test/package.test.ts packs and installs it",
  ],
  [/gcloud /, "needs a login at Google"],
  [/^npx -p typescript /, "needs the registry; test/examples.test.ts runs tsc on the templates' types"],
  [/^node scripts\/runtime-image\.js/, "needs a program that builds: test/e2e/runtime-image.test.ts"],
  [/etl build (?!--dry-run)/, "needs a program that builds: test/e2e/image.test.ts, and sign.test.ts"],
  [/etl test --watch/, "goes on till it is stopped: test/commands/watch-tests.test.ts"],
  [/etl test --new/, "needs a model without tests: test/commands/new-test.test.ts"],
  [/etl deploy --resource|etl deploy .*…|etl deploy --target dev-gcp/, "needs a platform: test/e2e/deploy.test.ts"],
  [/etl cleanup/, "needs a cluster: test/e2e/deploy-kubectl.test.ts"],
  [/^kubectl patch /, "needs a cluster: test/e2e/follow.test.ts"],
  [/etl trigger .*--interval/, "needs kubectl: test/e2e/follow.test.ts"],
  [/etl logs .*(?:--follow|--run)/, "needs a run in a cluster: test/e2e/follow.test.ts"],
  [/etl rollback/, "needs runs of several days: test/commands/rollback.test.ts"],
  [/etl backfill .*--target/, "needs BigQuery: test/e2e/backfill-kill.test.ts"],
  [/etl (?:why|report|doctor) .*--target/, "needs BigQuery: test/why, and test/commands"],
  [/--against v1\.4$/, "needs that tag: test/commands/plan.test.ts"],
  [/etl validate (?:naisjob\.yaml|jobs\.Dockerfile|Dockerfile)/, "needs these files: test/commands/validate.test.ts"],
];

export const reasonNotToType = (command: string) => notTyped.find(([pattern]) => pattern.test(command))?.[1];

/** The lines of an answer that were not said. `…` stands for what differs from one time to the next. */
function unsaid(shown: string, typed: readonly Typed[]): string[] {
  const said = typed.map(({ output }) => output).join("\n");
  return shown.split("\n").filter((line) => {
    const parts = line
      .trim()
      .split("…")
      .map((part) => part.split(/\s+/).map(escapeRegExp).join("\\s+"));
    return !new RegExp(`^\\s*${parts.join(".*")}\\s*$`, "m").test(said);
  });
}

const escapeRegExp = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A line that ends with a backslash goes on in the next; what stands behind `  #` is a remark. */
export function commandsOf(body: string): string[] {
  const lines = body.trim().replaceAll("\\\n", " ").split("\n");
  return lines.map((line) => line.replace(/ {2,}# .*$/, "").trim()).filter((line) => line !== "");
}

async function writeInto(folder: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

/** `npx nais-etl` is this repository's. */
async function writePrograms(home: string): Promise<void> {
  const npx = join(home, "bin/npx");
  const script = `#!/bin/sh\n[ "$1" = nais-etl ] || exit 127\nshift\nexec "${process.execPath}" "${join(root, "bin/nais-etl.js")}" "$@"\n`;
  await writeInto(home, "bin/npx", script);
  await chmod(npx, 0o755);
}

interface Place {
  folder: string;
  home: string;
  env: Record<string, string>;
}

function type(command: string, { folder, home, env }: Place): Promise<Typed> {
  const child = spawn("sh", ["-c", command], {
    cwd: folder,
    env: {
      PATH: `${join(home, "bin")}:${dirname(process.execPath)}:${process.env["PATH"]}`,
      HOME: home,
      NAIS_ETL_LOG: "text",
      GIT_AUTHOR_NAME: "A reader",
      GIT_AUTHOR_EMAIL: "reader@example.org",
      GIT_COMMITTER_NAME: "A reader",
      GIT_COMMITTER_EMAIL: "reader@example.org",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (part: string) => (output += part));
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (status) => resolve({ command, status, output, missing: [] }));
  });
}

/** What a command said when it was last typed. */
export function said(typed: Typed[], command: string): string {
  return typed.findLast((one) => one.command.startsWith(command))?.output ?? `nobody typed ${command}`;
}

/** The one thing that a reader fills in: which release it is. */
export async function nameRelease(command: string, folder: string): Promise<void> {
  if (!command.endsWith("doctor")) return;
  const file = join(folder, ".github/workflows/nais-etl.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replaceAll(/OWNER\/nais-etl@0+ # .*/g, `someone/nais-etl@${"0123456789".repeat(4)}`));
}

/** Also what did not say what its page shows. */
export const failed = (typed: Typed[]) => typed.filter(({ status, missing }) => status !== 0 || missing.length > 0);
