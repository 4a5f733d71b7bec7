/** A program on PATH that stands in for kubectl: it keeps what it was asked, and answers as the test says. */
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import type { Folder } from "../support/folder.ts";

/** By a part of the arguments as they are typed, the first that fits: a text, JSON, or `{ refuses: TEXT }`. Else nothing is answered. */
export type Answers = [part: string, answer: string | object][];

const program = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const args = process.argv.slice(2).join(" ");
appendFileSync(join(__dirname, "asked.txt"), args + "\\n");
if (args.endsWith("-f -")) appendFileSync(join(__dirname, "given.txt"), readFileSync(0, "utf8"));
const [, answer] = JSON.parse(readFileSync(join(__dirname, "answers.json"), "utf8")).find(([part]) => args.includes(part)) ?? [];
if (answer?.refuses) { process.stderr.write(answer.refuses); process.exitCode = 1; }
else if (answer !== undefined) process.stdout.write(typeof answer === "string" ? answer : JSON.stringify(answer));
`;

export async function giveKubectl(folder: Folder, answers: Answers): Promise<void> {
  await folder.write("bin/answers.json", JSON.stringify(answers));
  await folder.write("bin/asked.txt", "");
  // A module of CommonJS, whatever the folder above says.
  await folder.write("bin/package.json", "{}");
  await folder.write("bin/kubectl", program);
  await chmod(join(folder.path, "bin/kubectl"), 0o755);
  folder.context = { ...folder.context, env: { PATH: join(folder.path, "bin") } };
}

export async function askedOf(folder: Folder): Promise<string[]> {
  return (await folder.read("bin/asked.txt")).split("\n").filter((line) => line !== "");
}
