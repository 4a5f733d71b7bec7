/** The step's log. What others wrote is shown as text: a line of theirs that looks like a command to the runner is none. */
import { randomUUID } from "node:crypto";
import * as core from "@actions/core";
import { createMask } from "../util/mask.ts";

/**
 * One line outside of quotes, in which no command stands, whoever wrote it: neither at its start (`::name::`) nor, in
 * the runner's older form, anywhere in it (`##[name]`). The runner compares as a language does and overlooks characters
 * that are not seen, so those go too.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function say(text: string): void {
  const line = scrub(text)
    .replace(/[\s\p{C}]+/gu, " ")
    .trim();
  core.info(line.replaceAll("#[", "# [").replace(/^::/, ": :"));
}

/** With which the runner's commands can be switched on again, while they are off. */
let quoting: string | undefined;

/**
 * Everything printed by `act` in a group of its own, with the runner's commands switched off until it ends.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
export function quoteInGroup<T>(title: string, act: () => Promise<T>): Promise<T> {
  return core.group(title, async () => {
    quote();
    try {
      return await act();
    } finally {
      unquote();
    }
  });
}

function quote(): void {
  quoting = randomUUID();
  core.info(`::stop-commands::${quoting}`);
}

function unquote(): void {
  core.info(`::${quoting}::`);
  quoting = undefined;
}

const { add, scrub } = createMask();
const masked = new Set<string>();

/** The text without what was masked: for what the runner does not look through, the summary and the comment. */
export { scrub };

/** From now on the runner shows it as `***`, and so do we. While its commands are off, it would print the secret instead. */
export function maskSecret(text: string): void {
  if (masked.has(text)) return;
  masked.add(text);
  const isQuoting = quoting !== undefined;
  if (isQuoting) unquote();
  for (const line of text.split(/\r?\n/)) if (line.trim() !== "") core.setSecret(line);
  add(text);
  if (isQuoting) quote();
}
