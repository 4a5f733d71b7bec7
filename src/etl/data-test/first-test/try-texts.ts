/** Texts of tests, run: what comes out of the rows that they give. */
import { join } from "node:path";
import { throwProblems } from "../../../util/error.ts";
import { testsInText } from "../../../spec/load-tests.ts";
import type { Cell } from "../../cell.ts";
import { sensitiveColumns } from "../../privacy.ts";
import type { DiffColumn } from "../diff.ts";
import type { PlannedTest } from "../planned-test.ts";
import { runTests, type TestResult } from "../test-pipeline.ts";
import { planTests, type Session } from "../test-session.ts";
import { writeTest, type TestText } from "./test-text.ts";

export interface Tried {
  text: TestText;
  /** What came out, or why nothing could. */
  rows: { columns: DiffColumn[]; cells: Cell[][] } | undefined;
  message: string | undefined;
}

/** More rows are only counted. */
const mostExpected = 40;

/** Each as a test that expects no rows: what comes out stands in its difference. */
export async function tryTexts(texts: TestText[], session: Session): Promise<Tried[]> {
  const results = await runTexts(texts.map(writeTest), session);
  return texts.map((text, i) => {
    const { status, diff, message } = results[i]!;
    if (diff) return { text, rows: { columns: diff.columns, cells: diff.unexpected }, message: undefined };
    return { text, rows: status === "passed" ? { columns: [], cells: [] } : undefined, message };
  });
}

export async function runTexts(texts: string[], session: Session): Promise<TestResult[]> {
  const results: TestResult[] = [];
  const plans = await planTexts(texts, session);
  await runTests({ session, plans, onResult: (result) => results.push(result) });
  return results;
}

export async function planTexts(texts: string[], session: Session): Promise<PlannedTest[]> {
  const { folder, show } = session.pipeline;
  const path = join(folder, "tests/new.yaml");
  const loaded = testsInText({ text: texts.join("\n"), path, file: show("tests/new.yaml") });
  const planned = await planTests(loaded.tests, { ...session, sandbox: session.sandboxes[0]! });
  throwProblems([...loaded.problems, ...planned.problems], "cannot be tested");
  return planned.plans;
}

/** Rows in any order. */
export function sameRows(a: Tried, b: Tried): boolean {
  return rowsOf(a) === rowsOf(b);
}

function rowsOf({ rows, message = "" }: Tried): string {
  return rows ? JSON.stringify(rows.cells.map((row) => JSON.stringify(row)).toSorted()) : message;
}

/** With what came out as what is expected, without what is sensitive. */
export function expecting({ text, rows }: Tried, { pipeline }: Session): TestText {
  const { columns: all, cells } = rows!;
  const hidden = sensitiveColumns(pipeline);
  const columns = all.map((column, i) => ({ ...column, i })).filter(({ name }) => !hidden.has(name));
  const isCounted = cells.length > mostExpected || (cells.length > 0 && columns.length === 0);
  if (isCounted) return { ...text, expected: cells.length };
  return { ...text, expected: { columns, rows: cells.map((row) => columns.map(({ i }) => row[i]!)) } };
}
