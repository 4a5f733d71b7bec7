/** A model's first test, made of a few rows of the samples: what it gives now is what it expects. Its author looks at both. */
import type { Context } from "../../../util/context.ts";
import { EtlError, throwProblems } from "../../../util/error.ts";
import { didYouMean } from "../../../util/suggest.ts";
import { lastComplete } from "../../../spec/interval.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import { timeZoneOf } from "../../../spec/next-scheduled.ts";
import type { Graph, ModelNode } from "../../transform/graph.ts";
import { findMissing } from "../../transform/program/ready.ts";
import { tokenize } from "../../transform/sql-text.ts";
import { cutGraph } from "../cut.ts";
import { withSession, type Session } from "../test-session.ts";
import { choicesOf } from "./choices.ts";
import { refuseUndeclared } from "./undeclared.ts";
import { readGivenRows } from "./given-rows.ts";
import { mostNoticing } from "./noticing.ts";
import { writeTest, type TestText } from "./test-text.ts";
import { expecting, planTexts, runTexts, sameRows, tryTexts, type Tried } from "./try-texts.ts";

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

export async function makeFirstTest(
  { pipeline, model, params }: { pipeline: LoadedPipeline; model: string; params: Record<string, string> },
  context: Context,
): Promise<FirstTest> {
  return withSession({ pipeline, tests: [], problems: [] }, context, async (session) => {
    throwProblems(session.graph.problems, "cannot be tested");
    const { models, missing } = cutGraph({
      graph: session.graph,
      model: known(model, session.graph),
      given: new Set(),
    });
    throwProblems(await findMissing(models), "cannot be tested");
    const names = missing.map(({ name }) => name);
    const given = await readGivenRows({ pipeline, names, params, most }, context);
    const interval = intervalOf(pipeline, context);
    await refuseUndeclared({ pipeline, models, interval, params }, context);
    const base = { model, given, now: clockOf(models, context), interval, params, expected: undefined };
    const best = await bestChoice(base, session);
    return finish(await withoutIdle(best, session), session);
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

/** The one that a run would be for; the pipeline's sample, where it has one, is that of any test. */
function intervalOf({ spec }: LoadedPipeline, context: Context): string | undefined {
  if (!spec.interval || spec.interval.sample !== undefined) return undefined;
  return lastComplete(context.now(), spec.interval.every, timeZoneOf(spec)).label;
}

/** Joins may leave nothing of a few rows. Of choices of which something comes out, the one that notices most. */
async function bestChoice(base: TestText, session: Session): Promise<Tried> {
  let first: Tried | undefined;
  for (const size of sizes) {
    const texts = choicesOf(base.given, size).map((given) => ({ ...base, given }));
    const tried = await tryTexts(texts, session);
    first ??= tried[0];
    const full = tried.filter(({ rows }) => rows !== undefined && rows.cells.length > 0);
    if (full.length === 0) continue;
    const plans = await planTexts(
      full.map((one) => writeTest(expecting(one, session))),
      session,
    );
    return mostNoticing(
      full.map((one, i) => ({ tried: one, plan: plans[i]! })),
      session,
    );
  }
  if (first!.rows) return first!;
  throw new EtlError({ code: "failed", message: `${base.model} cannot run on its samples: ${first!.message}` });
}

/** Columns that make no difference say nothing: each is left out without which the same comes out. */
async function withoutIdle(best: Tried, session: Session): Promise<Tried> {
  const { text } = best;
  const columns = text.given.flatMap(({ name, columns: list }) => list.map((column) => ({ source: name, column })));
  const tried = await tryTexts(
    columns.map((column) => without([column], text)),
    session,
  );
  const idle = columns.filter((_, i) => sameRows(tried[i]!, best));
  const [narrow] = await tryTexts([without(idle, text)], session);
  return sameRows(narrow!, best) ? narrow! : best;
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

async function finish(tried: Tried, session: Session): Promise<FirstTest> {
  const { given, model } = tried.text;
  const written = writeTest(expecting(tried, session));
  const expected = tried.rows!.cells.length;
  const [again] = await runTexts([written], session);
  return {
    file: `tests/${model}.yaml`,
    text: written,
    given: given.map(({ name, rows }) => [name, rows.length]),
    expected,
    replaced: [...new Set(given.flatMap((source) => source.replaced))],
    hidden: [...new Set(given.flatMap((source) => source.sensitive))],
    remarks: [
      ...(expected === 0 ? ["Nothing comes out of these rows: give some that do."] : []),
      ...(again!.status === "failed" ? [`It does not pass: ${again!.message}. Take out what differs each time.`] : []),
    ],
  };
}
