/** The step's log. What others wrote is shown as text: a line of theirs that looks like a command to the runner is none. */
import { randomUUID } from "node:crypto";
import * as core from "@actions/core";

/**
 * Everything printed by `act` in a group of its own, with the runner's commands switched off until it ends.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
export function quoteInGroup<T>(title: string, act: () => Promise<T>): Promise<T> {
  return core.group(title, async () => {
    const token = randomUUID();
    core.info(`::stop-commands::${token}`);
    try {
      return await act();
    } finally {
      core.info(`::${token}::`);
    }
  });
}
