/** Does what a guide says, as its reader would: writes the files that it shows, and types its commands. */
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Follow {
  /** `docs/guide.md` */
  guide: string;
  /** What the blocks need that are typed besides the plain ones, as it stands behind their `sh`. */
  has?: readonly string[];
  env?: Record<string, string>;
  /** Called before each command, in the folder where it is typed: for what a reader has, and a test must make. */
  before?: (command: string, folder: string) => Promise<void>;
}

export interface Typed {
  command: string;
  status: number | null;
  output: string;
}

/** A block, and the file that it is of where the line before it names one. */
const block = /(?:^`([^`\n]+)`:\n\n)?^```(\S*)([^\n]*)\n([\s\S]*?)^```/gm;

export async function followGuide({ guide, has = [], env = {}, before }: Follow): Promise<Typed[]> {
  const text = await readFile(join(root, guide), "utf8");
  const home = await mkdtemp(join(tmpdir(), "nais-etl-guide-"));
  const typed: Typed[] = [];
  try {
    await writePrograms(home);
    let folder = join(home, "work");
    await mkdir(folder);
    for (const [, file, language, needs = "", body = ""] of text.matchAll(block)) {
      if (file !== undefined) await writeInto(folder, file, body);
      else if (language === "sh" && (needs === "" || has.includes(needs.trim())))
        for (const command of commandsOf(body)) {
          if (command.startsWith("cd ")) folder = join(folder, command.slice(3));
          else {
            await before?.(command, folder);
            typed.push(await type(command, { folder, home, env }));
          }
        }
    }
    return typed;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** A line that ends with a backslash goes on in the next. */
function commandsOf(body: string): string[] {
  return body.trim().replaceAll("\\\n", " ").split("\n");
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
    child.on("error", reject).on("close", (status) => resolve({ command, status, output }));
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

export const failed = (typed: Typed[]) => typed.filter(({ status }) => status !== 0);
