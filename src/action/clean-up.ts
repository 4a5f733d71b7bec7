/** What the step's end has to undo, noted before it is done: the end comes after a cancelled job, too. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import * as core from "@actions/core";
import { exec } from "@actions/exec";
import { runEffect, type Effect } from "../util/context.ts";
import { messageOf } from "../util/error.ts";

/** A folder for what this step writes besides its results: nothing of it, such as a credential, outlives the step. */
export async function ownFolder(temp: string): Promise<string> {
  const folder = await mkdtemp(join(temp, "nais-etl-"));
  core.saveState("folder", folder);
  return folder;
}

/** @param logout the command line that takes a login back */
export function noteLogin(logout: readonly string[]): Effect {
  return async (name, act) => {
    if (name === "image.login") core.saveState("logout", logout);
    const done = await runEffect(name, act);
    if (name === "image.logout") core.saveState("logout", "");
    return done;
  };
}

/** Nothing of it fails a job: what could not be undone is said. */
export async function cleanUp(): Promise<void> {
  const [logout, folder] = [core.getState("logout"), core.getState("folder")];
  if (logout !== "") await logOut(JSON.parse(logout) as string[]).catch(warn("the login to the registry"));
  if (folder !== "") await rm(folder, { recursive: true, force: true }).catch(warn(folder));
}

async function logOut([program = "", ...args]: string[]): Promise<void> {
  await exec(program, args);
}

function warn(what: string): (error: unknown) => void {
  return (error) => core.warning(`${what} could not be removed: ${messageOf(error)}`);
}
