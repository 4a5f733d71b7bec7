/** Actions that a workflow names, each by the commit of a release: a tag can be moved. Behind the `#` its version. */
import { packageFacts } from "../../util/version.ts";

export const pins = {
  checkout: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
  setupNode: "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0",
  setupPython: "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
};

/** Stands for our own Action where no release is known. GitHub finds no such repository, so that nothing runs by mistake. */
export const noRelease = `OWNER/nais-etl@${"0".repeat(40)}`;
const fillIn = "put the owner here, and the commit of the release that you use";

/** `owner/repository@commit`, with a version behind a `#` or without. */
const reference = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}(?: # \S+)?$/;

export function isPinned(action: string): boolean {
  return reference.test(action);
}

/** Our own Action, of the release that this copy is of; a place to fill in where it was not released. */
export function ownAction({ repository, gitHead, version } = packageFacts()): string {
  const url = typeof repository === "string" ? repository : repository?.url;
  const [, path] = /github(?:\.com)?[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(url ?? "") ?? [];
  const known = `${path}@${gitHead}`;
  return isPinned(known) ? `${known} # v${version}` : `${noRelease} # ${fillIn}`;
}
