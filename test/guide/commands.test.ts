import { CommanderError, type Command } from "commander";
import { describe, expect, test } from "vitest";
import { makeCommands } from "../../src/cli/program.ts";
import type { Context } from "../../src/util/context.ts";
import { failed, followGuide, notTyped, reasonNotToType } from "./follow.ts";
import { commandsMentioned, commandsShown, type Shown } from "./pages.ts";

/** Pages whose blocks are typed here, or in guide.test.ts. */
const followed = [
  "README.md",
  "docs/guide.md",
  "docs/guide-from-pandas.md",
  "docs/doctor.md",
  "docs/image.md",
  "docs/import.md",
  "docs/manifests.md",
  "docs/plan.md",
  "docs/report.md",
  "docs/secrets.md",
  "docs/tests.md",
  "docs/why.md",
  "templates/sql/README.md",
];

const shown = await commandsShown();
const isTyped = ({ page, needs }: Shown) => followed.includes(page) && ["", "python", "nais"].includes(needs);

test("each command in a block of a page is typed by a test, or has a reason not to be", () => {
  expect(shown.length).toBeGreaterThan(80);
  // Each command's example in docs/commands.md is tried by the parser, below.
  const typed = new Set(shown.filter(isTyped).map(({ command }) => command));
  // The other templates' README.md say the same as that of `sql`; test/commands/init.test.ts runs and tests these pipelines.
  const untyped = shown.filter(
    ({ page, command }) =>
      !/^(?:docs\/commands\.md|templates\/(?!sql).*)$/.test(page) &&
      !typed.has(command) &&
      reasonNotToType(command) === undefined,
  );
  expect(untyped).toEqual([]);
});

test("each reason not to type a command is needed", () => {
  expect(notTyped.filter(([pattern]) => !shown.some(({ command }) => pattern.test(command)))).toEqual([]);
});

test("each command of ours that a page names is one, with options that it has", async () => {
  const mentioned = [...shown, ...(await commandsMentioned())].filter(({ command }) =>
    /^(?:npx )?nais-etl /.test(command),
  );
  expect(mentioned.length).toBeGreaterThan(120);
  const wrong = await Promise.all(mentioned.map(async (one) => ({ ...one, refused: await refusal(one) })));
  expect(wrong.filter(({ refused }) => refused !== undefined)).toEqual([]);
});

/** What the program says of a command that cannot be typed so. A line may name a command alone: what it needs is told elsewhere. */
async function refusal({ command }: Shown): Promise<string | undefined> {
  const program = makeCommands(() => async () => undefined, {} as Context);
  for (const part of [program, ...program.commands] as Command[])
    part.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    const [line = ""] = command.split(/ (?:&&|>>?|\|) /);
    await program.parseAsync(wordsOf(line).slice(line.startsWith("npx ") ? 2 : 1), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isFine = error.exitCode === 0 || /missing(?:Mandatory|Argument)/.test(error.code);
    return isFine ? undefined : error.message;
  }
  return undefined;
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain!,
  );
}

describe("whoever types what a page shows comes to its end:", { timeout: 120_000 }, () => {
  test("README.md", async () => {
    const typed = await followGuide({ guide: "README.md" });
    expect(failed(typed)).toEqual([]);
    expect(typed.length).toBeGreaterThan(5);
  });

  test("the README.md that `init` leaves", async () => {
    const typed = await followGuide({ guide: "templates/sql/README.md", begin: ["npx nais-etl init one", "cd one"] });
    expect(failed(typed)).toEqual([]);
    expect(typed.length).toBeGreaterThan(5);
  });
});
