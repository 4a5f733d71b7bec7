/** A Dockerfile as its stages, arguments filled in as far as the file alone says them. */
import {
  DockerfileParser,
  type Dockerfile as Parsed,
  type From,
  type Instruction,
  type Property,
} from "dockerfile-ast";
import type { Where } from "../../../util/error.ts";

export interface Dockerfile {
  /** In order; the last is the image. Empty where the file has no FROM. */
  stages: Stage[];
  /** Those of the image, from its base to its end, with those of the stages that it builds on. */
  image: Line[];
  /** Where a line, or a word of it, stands. */
  where: (line: Line, word?: string) => Where;
}

export interface Stage {
  from: Line;
  /** The name behind AS. */
  name: string | undefined;
  /** As `--platform` says. */
  platform: string | undefined;
  base: Base;
  lines: Line[];
}

export interface Base {
  /** Name, tag and digest, without what only an argument of the build says. */
  text: string;
  /** Address without tag and digest: `python`, `ghcr.io/navikt/a`. */
  name: string;
  tag: string | undefined;
  digest: string | undefined;
  /** The stage of this file that it is. */
  stage: Stage | undefined;
  /** An argument without a value stands in it: which image it is, the build says. */
  isOpen: boolean;
}

export interface Line {
  /** In capitals: `RUN`. */
  keyword: string;
  /** Words without flags, quotes and continuation marks; of a list in brackets, its items. */
  words: string[];
  flags: ReadonlyMap<string, string>;
  /** Whether it is the JSON form: no shell reads it. */
  isList: boolean;
  /** Names and values of ARG and ENV; the value is undefined where an ARG has none. */
  settings: { name: string; value: string | undefined }[];
  instruction: Instruction;
}

export function readDockerfile(text: string, file: string): Dockerfile {
  const parsed = DockerfileParser.parse(text);
  const stages: Stage[] = [];
  for (const instruction of parsed.getInstructions()) {
    const line = readLine(instruction);
    if (line.keyword === "FROM") stages.push(openStage(line, parsed, stages));
    else stages.at(-1)?.lines.push(line);
  }
  return { stages, image: linesOf(stages.at(-1)), where: (line, word) => placeOf(line, word, file) };
}

/** The stage that an image's others build on, whose base is somebody else's. */
export function bottomOf(stage: Stage): Stage {
  return stage.base.stage ? bottomOf(stage.base.stage) : stage;
}

function linesOf(stage: Stage | undefined): Line[] {
  return stage ? [...linesOf(stage.base.stage), ...stage.lines] : [];
}

function openStage(from: Line, parsed: Parsed, earlier: readonly Stage[]): Stage {
  const instruction = from.instruction as From;
  const name = instruction.getBuildStage() ?? undefined;
  return { from, name, platform: from.flags.get("platform"), base: readBase(instruction, parsed, earlier), lines: [] };
}

function readBase(from: From, parsed: Parsed, earlier: readonly Stage[]): Base {
  const written = from.getImage() ?? "";
  const line = from.getRange().start.line;
  const text = written.replaceAll(variable, (whole, braced: string | undefined, rest = "", plain?: string) => {
    const value = parsed.resolveVariable((braced ?? plain)!, line);
    return value || (/^:?-/.test(rest) ? rest.replace(/^:?-/, "") : whole);
  });
  const stage = earlier.findLast(({ name }) => name !== undefined && name.toLowerCase() === text.toLowerCase());
  return { text, ...splitReference(text), stage, isOpen: text.includes("$") };
}

/** `$NAME`, `${NAME}` and `${NAME:-value}`. */
const variable = /\$(?:\{(\w+)([^}]*)\}|(\w+))/g;

function splitReference(text: string): Pick<Base, "name" | "tag" | "digest"> {
  const [, name = "", tag, digest] = /^(.*?)(?::([^:/@]*))?(?:@(.*))?$/.exec(text) ?? [];
  return { name, tag, digest };
}

function readLine(instruction: Instruction): Line {
  const list = "getJSONStrings" in instruction ? (instruction as JsonInstruction).getJSONStrings() : [];
  return {
    keyword: instruction.getKeyword(),
    words:
      list.length > 0 ? list.map((item) => item.getJSONValue()) : instruction.getArguments().map(String).map(unquoted),
    flags: flagsOf(instruction),
    isList: list.length > 0,
    settings: settingsOf(instruction),
    instruction,
  };
}

interface JsonInstruction {
  getJSONStrings: () => { getJSONValue: () => string }[];
}

function unquoted(word: string): string {
  return word.replace(/^(["'])(.*)\1$/s, "$2");
}

function flagsOf(instruction: Instruction): Line["flags"] {
  if (!("getFlags" in instruction)) return new Map();
  const flags = (instruction as FlaggedInstruction).getFlags();
  return new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? ""]));
}

interface FlaggedInstruction {
  getFlags: () => { getName: () => string; getValue: () => string | null }[];
}

function settingsOf(instruction: Instruction): Line["settings"] {
  if (!("getProperties" in instruction)) return [];
  const properties = (instruction as SettingInstruction).getProperties();
  return properties.map((one) => ({ name: one.getName(), value: one.getValue() ?? undefined }));
}

interface SettingInstruction {
  getProperties: () => Pick<Property, "getName" | "getValue">[];
}

function placeOf({ instruction }: Line, word: string | undefined, file: string): Where {
  const found = word === undefined ? undefined : instruction.getArguments().find((one) => String(one).includes(word));
  const { start } = (found ?? instruction).getRange();
  return { file, line: start.line + 1, column: start.character + 1 };
}
