/** `nais-etl render`: the manifest of each pipeline, as a file that later steps of the workflow can take. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { count } from "../../util/error.ts";
import { readResult, reasonOf } from "../call.ts";
import { pathFrom } from "../places.ts";
import type { Manifest } from "../report.ts";
import type { Runner } from "../runner.ts";
import type { StepOutcome, Work } from "../step.ts";

/** Inside the workspace, so that Actions that run in a container find them; in the folder that .gitignore names. */
const manifestFolder = ".nais-etl/manifests";

/** What `nais-etl render --json` prints. */
interface RenderAnswer {
  manifests: { file: string }[];
}

export async function render(work: Work): Promise<StepOutcome> {
  const { pipeline, environment } = work.inputs;
  const { imageName } = work.made;
  const answer = await work.call("render", [
    ...(pipeline === undefined ? [] : ["--pipeline", pipeline]),
    ...(environment === undefined ? [] : ["--target", environment]),
    ...(imageName === undefined ? [] : ["--image", imageName, ...identity(work.runner)]),
    "--output",
    manifestFolder,
  ]);
  const result = readResult<RenderAnswer>(answer, { command: "render", list: "manifests" });
  const { problems } = answer;
  if (answer.exitCode !== 0 || !result) return { passed: false, problems, sentence: reasonOf(answer, problems) };
  const manifests = await Promise.all(result.manifests.map(({ file }) => readManifest(file, work)));
  work.made.manifests = manifests;
  const sentence = manifests.length === 1 ? manifests[0]!.path : count(manifests.length, "manifest");
  return { passed: true, problems, manifests, sentence };
}

/** The commit, and this attempt of this run of the workflow, which makes every deploy of it one that the platform acts on. */
function identity({ env }: Runner): string[] {
  const { GITHUB_SHA: revision, GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt = "1" } = env;
  return [...(revision ? ["--revision", revision] : []), ...(run ? ["--deployment", `${run}-${attempt}`] : [])];
}

async function readManifest(file: string, { inputs, runner }: Work): Promise<Manifest> {
  const path = join(inputs.folder, manifestFolder, file);
  return { file: path, path: pathFrom(runner.workspace, path), text: await readFile(path, "utf8") };
}
