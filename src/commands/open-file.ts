/** Opens a file in the program that its owner reads such files with, where someone sits before a desktop. */
import { spawn } from "node:child_process";
import { platform } from "node:os";
import type { Context } from "../util/context.ts";

/** Never throws: who is not shown the file has been told its path. */
export async function openFile(path: string, context: Context): Promise<void> {
  const [program, ...args] = openerOf(context) ?? [];
  if (program === undefined) return;
  await context.effect("report.open", () => start(program, [...args, path], context));
}

function openerOf({ isTerminal, env }: Context): string[] | undefined {
  if (!isTerminal || env["SSH_CONNECTION"] !== undefined || env["CI"] !== undefined) return undefined;
  switch (platform()) {
    case "darwin":
      return ["open"];
    case "win32":
      return ["explorer"];
    default:
      return (env["DISPLAY"] ?? env["WAYLAND_DISPLAY"]) ? ["xdg-open"] : undefined;
  }
}

/** It is not waited for. */
async function start(program: string, args: string[], { env, log }: Context): Promise<void> {
  const child = spawn(program, args, { stdio: "ignore", detached: true, env: { ...env } });
  child.unref();
  await new Promise<void>((resolve) => {
    child.once("spawn", resolve);
    child.once("error", (error) => {
      log.debug(`${program} did not open it: ${error.message}`);
      resolve();
    });
  });
}
