/**
 * What the step's end has to undo, noted before it is done: the end comes after a cancelled job, too.
 * The note is no order: whoever can write to the log or the runner's files may have changed it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import * as core from "@actions/core";
import { exec } from "@actions/exec";
import { logoutArgv, logoutEnvironment, type NotedLogin } from "../commands/logout-argv.ts";
import { runEffect, type Effect } from "../util/context.ts";
import { messageOf } from "../util/error.ts";
import { quoteInGroup } from "./log.ts";

const prefix = "nais-etl-";

/** A folder for what this step writes besides its results: nothing of it, such as a credential, outlives the step. */
export async function ownFolder(temp: string): Promise<string> {
  const folder = await mkdtemp(join(temp, prefix));
  core.saveState("folder", folder);
  return folder;
}

export function noteLogin(login: NotedLogin): Effect {
  return async (name, act) => {
    if (name === "image.login") core.saveState("login", login);
    const done = await runEffect(name, act);
    if (name === "image.logout") core.saveState("login", "");
    return done;
  };
}

export interface CleanUp {
  /** Where the step's folder was made. */
  temp: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Nothing of it fails a job: what could not be undone is said. */
export async function cleanUp({ temp, env }: CleanUp): Promise<void> {
  const [login, folder] = [core.getState("login"), core.getState("folder")];
  if (login !== "") await logOut(login, env).catch(warn("the login to the registry"));
  if (folder !== "") await removeOwn(folder, temp).catch(warn("the step's folder"));
}

async function logOut(noted: string, env: CleanUp["env"]): Promise<void> {
  const argv = logoutArgv(Object(JSON.parse(noted)));
  if (!argv) throw new Error("what was noted of it is no login");
  const [program = "", ...args] = argv;
  await quoteInGroup(argv.join(" "), () => exec(program, args, { env: logoutEnvironment(env) }));
}

async function removeOwn(folder: string, temp: string): Promise<void> {
  const isOwn = dirname(folder) === resolve(temp) && basename(folder).startsWith(prefix);
  if (!isOwn) throw new Error("what was noted of it is no folder of this step");
  await rm(folder, { recursive: true, force: true });
}

function warn(what: string): (error: unknown) => void {
  return (error) => core.warning(`${what} could not be removed: ${messageOf(error)}`);
}
