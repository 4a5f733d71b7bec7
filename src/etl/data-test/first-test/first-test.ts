/** A model's first test, made of a few rows of the samples: what it gives now is what it expects. Its author looks at both. */
import { join } from "node:path";
import type { Context } from "../../../util/context.ts";
import { EtlError, throwProblems } from "../../../util/error.ts";
import { didYouMean } from "../../../util/suggest.ts";
import { testsInText } from "../../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { Graph, ModelNode } from "../../transform/graph.ts";
import { tokenize } from "../../transform/sql-text.ts";
import { cutGraph } from "../cut.ts";
import type { PlannedTest } from "../planned-test.ts";
import { runTests, type TestResult } from "../test-pipeline.ts";
import { planTests, withSession, type Session } from "../test-session.ts";
import { choicesOf } from "./choices.ts";
import { readGivenRows } from "./given-rows.ts";
import { mostNoticing } from "./noticing.ts";
import { writeTest, type TestText } from "./test-text.ts";

export interface FirstTest {
  /** Below the pipeline's folder. */
  file: string;
  text: string;
  /** How many rows are given, by source, and how many are expected. */
  given: [source: string, rows: number][];
  expected: number;
  /** Columns with pseudonyms, and columns that are left out since they are sensitive. */
  replaced: string[];
  hidden: string[];
  /** What its author should know, beyond what the test says. */
  remarks: string[];
}

/** So many rows of each source at first; more, as long as nothing comes out. */
const sizes = [5, 15, 40];

/** Rows of each source among which is chosen. */
const most = 1000;

/** More rows are only counted. */
const mostExpected = 40;

export async function makeFirstTest(
  { pipeline, model }: { pipeline: LoadedPipeline; model: string },
  context: Context,
): Promise<FirstTest> {
  return withSession({ pipeline, tests: [], problems: [] }, context, async (session) => {
    throwProblems(session.graph.problems, "cannot be tested");
    const { models, missing } = cutGraph({
      graph: session.graph,
      model: known(model, session.graph),
      given: new Set(),
    });
    const names = missing.map(({ name }) => name);
    const given = await readGivenRows({ pipeline, names, most }, context);
    const base = { model, given, now: clockOf(models, context), expected: undefined };
    const { text, result } = await bestChoice(base, session);
    const narrow = await withoutIdle(text, result, session);
    return finish(narrow, result, session);
  });
}

function known(model: string, graph: Graph): string {
  const names = graph.models.map(({ name }) => name);
  if (names.includes(model)) return model;
  throw new EtlError({ code: "usage", message: `there is no model \`${model}\``, hint: didYouMean(model, names) });
}

const clocks = new Set(["now", "current_date", "current_timestamp", "today", "current_time", "get_current_timestamp"]);

/** The time that it is, where a query asks for it. */
function clockOf(models: ModelNode[], context: Context): string | undefined {
  const reads = models.some(
    (node) => node.kind === "query" && tokenize(node.sql).some(({ text }) => clocks.has(text.toLowerCase())),
  );
  return reads ? `${context.now().toISOString().slice(0, 19)}Z` : undefined;
}

/** Joins may leave nothing of a few rows. Of choices of which something comes out, the one that notices most. */
async function bestChoice(base: TestText, session: Session): Promise<{ text: TestText; result: TestResult }> {
  let first: { text: TestText; result: TestResult } | undefined;
  for (const size of sizes) {
    const texts = choicesOf(base.given, size).map((given) => ({ ...base, given }));
    const results = await tryTexts(texts, session);
    const tried = texts.map((text, i) => ({ text, result: results[i]! }));
    first ??= tried[0];
    const full = tried.filter(({ result }) => result.diff !== undefined);
    if (full.length === 0) continue;
    const plans = await planTexts(
      full.map(({ text, result }) => writeTest(expecting(text, result))),
      session,
    );
    return full[await mostNoticing(plans, session)]!;
  }
  return first!;
}

/** Columns that make no difference say nothing: each is left out without which the same comes out. */
async function withoutIdle(text: TestText, result: TestResult, session: Session): Promise<TestText> {
  const columns = text.given.flatMap(({ name, columns: list }) => list.map((column) => ({ source: name, column })));
  const results = await tryTexts(
    columns.map((column) => without([column], text)),
    session,
  );
  const idle = columns.filter((_, i) => sameRows(results[i]!, result));
  const narrow = without(idle, text);
  if (idle.length === 0) return text;
  const [again] = await tryTexts([narrow], session);
  return sameRows(again!, result) ? narrow : text;
}

function without(left: { source: string; column: { name: string } }[], text: TestText): TestText {
  const isLeft = (source: string, name: string) =>
    left.some((one) => one.source === source && one.column.name === name);
  const given = text.given.map((source) => ({
    ...source,
    columns: orFirst(
      source.columns.filter(({ name }) => !isLeft(source.name, name)),
      source.columns,
    ),
  }));
  return { ...text, given };
}

/** Where only the number of rows counts, one column shows them. */
function orFirst<T>(list: T[], all: T[]): T[] {
  return list.length > 0 ? list : all.slice(0, 1);
}

function sameRows(a: TestResult, b: TestResult): boolean {
  return rowsOf(a) === rowsOf(b);
}

function rowsOf({ diff, message = "" }: TestResult): string {
  return diff ? JSON.stringify(diff.unexpected) : message;
}

/** Each text as a test that expects no rows: what comes out stands in its diff. @throws {EtlError} where the model cannot run */
async function tryTexts(texts: TestText[], session: Session): Promise<TestResult[]> {
  const results = await runTexts(texts.map(writeTest), session);
  const broken = results.find(({ status, diff }) => status === "failed" && !diff);
  if (!broken) return results;
  throw new EtlError({ code: "failed", message: `${broken.model} cannot run on its samples: ${broken.message}` });
}

async function runTexts(texts: string[], session: Session): Promise<TestResult[]> {
  const results: TestResult[] = [];
  const plans = await planTexts(texts, session);
  await runTests({ session, plans, onResult: (result) => results.push(result) });
  return results;
}

async function planTexts(texts: string[], session: Session): Promise<PlannedTest[]> {
  const { folder, show } = session.pipeline;
  const path = join(folder, "tests/new.yaml");
  const loaded = testsInText({ text: texts.join("\n"), path, file: show("tests/new.yaml") });
  const planned = await planTests(loaded.tests, { ...session, sandbox: session.sandboxes[0]! });
  throwProblems([...loaded.problems, ...planned.problems], "cannot be tested");
  return planned.plans;
}

/** With what came out as what is expected, without what is sensitive. */
function expecting(text: TestText, { diff }: TestResult): TestText {
  const rows = diff?.unexpected ?? [];
  const hidden = new Set(text.given.flatMap((source) => source.sensitive));
  const columns = (diff?.columns ?? []).map((column, i) => ({ ...column, i })).filter(({ name }) => !hidden.has(name));
  const isCounted = rows.length > mostExpected || (rows.length > 0 && columns.length === 0);
  const expected = isCounted ? rows.length : { columns, rows: rows.map((row) => columns.map(({ i }) => row[i]!)) };
  return { ...text, expected };
}

async function finish(text: TestText, result: TestResult, session: Session): Promise<FirstTest> {
  const written = writeTest(expecting(text, result));
  const rows = result.diff?.unexpected.length ?? 0;
  const [again] = await runTexts([written], session);
  return {
    file: `tests/${text.model}.yaml`,
    text: written,
    given: text.given.map(({ name, rows: list }) => [name, list.length]),
    expected: rows,
    replaced: [...new Set(text.given.flatMap((source) => source.replaced))],
    hidden: [...new Set(text.given.flatMap((source) => source.sensitive))],
    remarks: [
      ...(rows === 0 ? ["Nothing comes out of these rows: give some that do."] : []),
      ...(again!.status === "failed" ? [`It does not pass: ${again!.message}. Take out what differs each time.`] : []),
    ],
  };
}
