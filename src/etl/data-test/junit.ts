/**
 * Results as JUnit XML, as GitLab, Jenkins and GitHub's report actions read it: a suite for each file of tests.
 * Source: https://github.com/testmoapp/junitxml
 */
import { formatDiff } from "./format-diff.ts";
import type { TestResult } from "./test-pipeline.ts";

export interface JunitOptions {
  results: TestResult[];
  /** How long all of it took. */
  seconds: number;
  /** When it began. */
  started: Date;
}

type Attributes = Record<string, string | number | undefined>;

export function toJunit({ results, seconds, started }: JunitOptions): string {
  const files = Object.entries(Object.groupBy(results, ({ file }) => file));
  const suites = files.map(([file, tests]) => suite(file, tests!, started));
  const root = element("testsuites", { name: "nais-etl test", ...counts(results), time: time(seconds) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function suite(file: string, results: TestResult[], started: Date): string {
  const took = results.reduce((sum, result) => sum + result.seconds, 0);
  const attributes = { name: file, file, ...counts(results), time: time(took), timestamp: started.toISOString() };
  return element("testsuite", attributes, results.map(testCase));
}

function testCase({ name, model, file, line, seconds, status, message = "", diff }: TestResult): string {
  const attributes = { name, classname: model, file, line, time: time(seconds) };
  if (status === "passed") return element("testcase", attributes, []);
  const rows = diff ? formatDiff({ diff, colour: false }) : [];
  const text = [`${file}:${line}`, message, ...rows].join("\n");
  const failure = element("failure", { message: message.split("\n")[0], type: "failed" }, [escape(text)], "");
  return element("testcase", attributes, [failure]);
}

function counts(results: TestResult[]): Attributes {
  const failures = results.filter(({ status }) => status === "failed").length;
  return { tests: results.length, failures, errors: 0, skipped: 0 };
}

/** Seconds, to the microsecond. */
function time(seconds: number): string {
  return seconds.toFixed(6);
}

/** @param inner text that is escaped already, or other elements */
function element(name: string, attributes: Attributes, inner: string[], gap = "\n"): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`);
  const start = `<${name}${written.join("")}`;
  return inner.length === 0 ? `${start}/>` : `${start}>${gap}${inner.join(gap)}${gap}</${name}>`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** What XML 1.0 has no place for, not even escaped (and a few that it discourages): control characters, halves of surrogate pairs, U+FFFE and U+FFFF. */
const forbidden = /(?![\t\n\r])[\p{Cc}\p{Surrogate}\uFFFE\uFFFF]/gu;

function escape(text: string): string {
  return text
    .replaceAll(forbidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll(/[&<>"']/g, (character) => entities[character]!)
    .replaceAll("\r", "&#13;");
}

/** Line breaks and tabs as references: they would become spaces. */
function escapeAttribute(text: string): string {
  return escape(text).replaceAll(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
