/** Back to the image of a good run, in the same words wherever it is proposed. */
import { formatCommand } from "../spec/format-command.ts";
import type { LoadedPipeline } from "../spec/load.ts";

export interface DeployBack {
  image: string;
  /** Of the commit that it was built of: it stands in the record of each run. */
  revision: string | undefined;
}

export function deployBackCommand(
  { image, revision }: DeployBack,
  pipeline: Pick<LoadedPipeline, "shownFile" | "target">,
  ...more: string[]
): string {
  const ofCommit = revision === undefined ? [] : [`--revision ${revision}`];
  return formatCommand(pipeline, "deploy", `--image ${image}`, ...ofCommit, ...more);
}

/** Before it: the image is an old one, and what is deployed with it is made of the files that are here. */
export function checkoutFirst({ revision }: DeployBack): string | undefined {
  return revision === undefined
    ? undefined
    : `Go to the commit of the last good run: \`git checkout ${revision}\`. The manifest is made of the files here.`;
}

/** After it. */
export function switchBack({ revision }: DeployBack): string | undefined {
  return revision === undefined ? undefined : "`git switch -` goes back to where you were.";
}
