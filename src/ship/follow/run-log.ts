/** The log of a run as it comes from a pod: lines of our own runtime as people read them, and the record in its last one. */
import type { Context } from "../../util/context.ts";
import { formatProblem, type Problem } from "../../util/error.ts";
import { isPlainObject } from "../../spec/value.ts";
import type { LogLine } from "./platform.ts";

/** What of a run's record its last line holds (src/etl/record/run-record.ts); of another version parts may be missing. */
export interface LoggedRecord {
  run_id: string;
  status: string;
  exit_code: number;
  seconds?: number;
  [key: string]: unknown;
}

interface LoggedStart {
  target: string;
  /** Which of the image's pipelines, where it holds several. */
  selected?: string;
}

export interface RunLog {
  /** @returns the line for a person */
  read(line: LogLine): string;
  /** The last lines, oldest first. */
  lastLines(): string[];
  /** Of the last pod that has told its end. */
  record(): LoggedRecord | undefined;
  /** What our runtime said that it runs; undefined where it has not begun. */
  start(): LoggedStart | undefined;
  /** Whether this pod has told its end. */
  hasEnded(pod: string): boolean;
}

const lastLines = 50;

/** @param env that of the command: in a workflow, no line may be taken for one of its commands */
export function createRunLog({ env }: Pick<Context, "env">): RunLog {
  const isWorkflow = env["GITHUB_ACTIONS"] === "true";
  const last: string[] = [];
  const ended = new Set<string>();
  let record: LoggedRecord | undefined;
  let start: LoggedStart | undefined;
  return {
    read(line) {
      const fields = fieldsOf(line.text);
      if (isStart(fields)) start = fields;
      if (isRecord(fields)) {
        record = fields;
        ended.add(line.pod);
      }
      const said = fields === undefined ? line.text : readable(fields);
      const text = isWorkflow ? withoutCommands(said) : said;
      last.push(text);
      if (last.length > lastLines) last.shift();
      return text;
    },
    lastLines: () => [...last],
    record: () => record,
    start: () => start,
    hasEnded: (pod) => ended.has(pod),
  };
}

/** `::add-mask::`, `##[group]`: the runner reads them in whatever is printed. Source: actions/runner, ActionCommand.cs */
function withoutCommands(text: string): string {
  return text.replaceAll(/^(?=\s*::)/gm, "| ").replaceAll("##[", "# #[");
}

type Fields = Record<string, unknown>;

/** Undefined where no logger of ours has written it. */
function fieldsOf(text: string): Fields | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) && typeof value["level"] === "string" && typeof value["message"] === "string"
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

function isStart(fields: Fields | undefined): fields is Fields & LoggedStart {
  return fields?.["step"] === "start" && typeof fields["target"] === "string";
}

function isRecord(fields: Fields | undefined): fields is Fields & LoggedRecord {
  return (
    fields?.["step"] === "end" &&
    typeof fields["run_id"] === "string" &&
    typeof fields["status"] === "string" &&
    typeof fields["exit_code"] === "number"
  );
}

function readable({ level, message, hint, where, rule }: Fields): string {
  const text = String(message);
  if (level !== "warn" && level !== "error") return text;
  const severity = level === "warn" ? "warning" : "error";
  const problem = { severity, message: text, hint, where, rule } as Problem;
  return formatProblem(problem);
}
