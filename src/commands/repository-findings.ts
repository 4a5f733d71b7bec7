/** What a repository must hold for its pipeline to run each night, item by item: the guide's list. Nothing is asked of any server. */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { bad, good, note, type Finding } from "../etl/doctor/finding.ts";
import { baseTarget, localTarget } from "../spec/target.ts";
import { takenAlong } from "../ship/image/left-out.ts";
import { findPackages } from "../ship/image/packages.ts";
import { writtenLocally } from "../ship/image/written-locally.ts";
import { checkWorkflow, type CheckedWorkflow } from "../ship/workflow/check-workflow.ts";
import type { Context } from "../util/context.ts";
import { formatWhere, type Problem } from "../util/error.ts";
import { exists } from "../util/files.ts";
import type { FoundPipeline } from "../spec/find.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { repositoryOf } from "./repository-of.ts";
import { reportOnDockerfile } from "./validate-dockerfile.ts";
import { reportOnPipeline, type PipelineReport } from "./validate-pipeline.ts";

export async function repositoryFindings(found: FoundPipeline, context: Context): Promise<Finding[]> {
  const repository = await repositoryOf(found.root);
  const report = await reportOnPipeline(found, undefined, context);
  const isLoaded = report.parts.manifest !== undefined;
  return [
    ofProblems("pipeline.yaml", report.parts.pipeline, good("pipeline.yaml", "valid")),
    ...(isLoaded ? [await testsOf(found, report, context), await manifestOf(found, report, context)] : []),
    ...(await imageOf(found.root, context)),
    ...(await workflowsOf(repository, found, context)),
    credentialsOf(report),
    await ignoredOf(found, repository, context),
  ];
}

/** The first error, and that there are more; warnings are no fault. */
function ofProblems(name: string, problems: Problem[] = [], otherwise: Finding): Finding {
  const errors = problems.filter(({ severity }) => severity === "error");
  const [first] = errors.length > 0 ? errors : problems;
  if (!first) return otherwise;
  const others = (errors.length || problems.length) - 1;
  const more = others === 0 ? "" : ` (and ${others} more: \`nais-etl validate\` shows all)`;
  const message = `${first.where ? `${formatWhere(first.where)}: ` : ""}${first.message}${more}`;
  return (errors.length > 0 ? bad : note)(name, message, first.hint);
}

async function testsOf({ file }: FoundPipeline, { parts }: PipelineReport, context: Context): Promise<Finding> {
  const { lookAtTests } = await import("../etl/doctor/tests.ts");
  const isBroken = [...(parts.tests ?? []), ...(parts.pipeline ?? [])].some(({ severity }) => severity === "error");
  if (isBroken) return ofProblems("tests", parts.tests, note("tests", "are not looked at: the models cannot be read"));
  return lookAtTests(await loadPipeline({ file, target: localTarget }, context), context);
}

async function manifestOf(found: FoundPipeline, { parts }: PipelineReport, context: Context): Promise<Finding> {
  const { spec } = await loadPipeline({ file: found.file, target: localTarget }, context);
  if (spec.team === undefined)
    return bad(
      "manifest",
      "there is none without a team",
      "Write `team:` in pipeline.yaml: the nais team that owns it.",
    );
  return ofProblems(
    "manifest",
    parts.manifest,
    good("manifest", "is made from pipeline.yaml, and the cluster takes it"),
  );
}

async function imageOf(folder: string, context: Context): Promise<Finding[]> {
  const show = (path: string) => relative(context.cwd, join(folder, path));
  const { packages, problems } = await findPackages({ folder, show });
  const locks = packages.map(({ lock }) => lock).join(", ");
  const locked = good("lock file", packages.length === 0 ? "none is needed: no packages of its own" : locks);
  if (!(await exists(join(folder, "Dockerfile"))))
    return [
      good("image", "is made from pipeline.yaml: no Dockerfile is needed"),
      ofProblems("lock file", problems, locked),
    ];
  const own = await reportOnDockerfile({ path: join(folder, "Dockerfile"), profile: "nais", isBuilt: true }, context);
  // Nothing else is worth mending in a Dockerfile that is to go.
  const ranked = own.problems.toSorted((a, b) => Number(isOtherProgram(b)) - Number(isOtherProgram(a)));
  return [ofProblems("image", ranked, good("image", `${own.file} builds what the cluster can run`))];
}

const isOtherProgram = ({ rule }: Problem) => rule === "other-program";

interface Flow extends CheckedWorkflow {
  file: string;
}

async function workflowsOf(repository: string, found: FoundPipeline, context: Context): Promise<Finding[]> {
  const all = await readWorkflows(repository, context);
  const flows = all.filter(({ isAboutPipelines }) => isAboutPipelines);
  if (flows.length === 0) return [noWorkflow(all)];
  // What stands in many steps is told once.
  const problems = [
    ...new Map(
      flows
        .flatMap((flow) => flow.problems)
        .toReversed()
        .map((one) => [one.message, one]),
    ).values(),
  ].toReversed();
  const names = flows.map(({ file }) => file).join(", ");
  const fine = good("workflow", `${names}: permissions are said, and Actions named by commit`);
  const each = problems.map((problem) => ofProblems("workflow", [problem], fine));
  const others = [...unlisted(flows, found.selected), ...elsewhere(flows, relative(repository, found.root))];
  return [...(each.length === 0 ? [fine] : each), ...others, loginOf(flows)];
}

/** `init` writes over nothing. */
function noWorkflow(all: Flow[]): Finding {
  const broken = all.filter(({ problems }) => problems.length > 0);
  const message = "none tests or deploys the pipeline";
  if (broken.length > 0)
    return ofProblems(
      "workflow",
      broken.flatMap(({ problems }) => problems),
      bad("workflow", message),
    );
  const own = all.find(({ file }) => /^nais-etl\b.*\.yaml$/.test(basename(file)));
  const writes = "`nais-etl init --workflow` writes one.";
  return bad(
    "workflow",
    message,
    own ? `${own.file} is about something else: give it another name. Then ${writes}` : writes,
  );
}

/** A pipeline that no workflow looks for. */
function elsewhere(flows: Flow[], path: string): Finding[] {
  const folder = path.replaceAll(sep, "/") || ".";
  if (flows.some(({ folders }) => folders === undefined || folders.includes(folder))) return [];
  const { file, folders = [] } = flows[0]!;
  return [
    bad(
      "workflow",
      `${file} looks for a pipeline in ${folders.map(folderWords).join(", ")}, and this one stands in ${folderWords(folder)}`,
      `Give each step that uses nais-etl \`with: { working-directory: ${folder} }\`.`,
    ),
  ];
}

/** A list that a pipeline is not in leaves it where it is, and nobody is told. */
function unlisted(flows: Flow[], selected: string | undefined): Finding[] {
  const lists = flows.filter(({ deploys }) => deploys);
  const isDeployed = lists.some(({ pipelines }) => pipelines === undefined || pipelines.includes(selected ?? ""));
  if (selected === undefined || lists.length === 0 || isDeployed) return [];
  const { file } = lists[0]!;
  return [
    bad(
      "workflow",
      `${file} does not deploy ${selected}`,
      `Add it to \`matrix: { pipeline: [ … ] }\` of each job that deploys.`,
    ),
  ];
}

function folderWords(folder: string): string {
  return folder === "." ? "the top of the repository" : `${folder}/`;
}

function loginOf(flows: Flow[]): Finding {
  const deploying = flows.filter(({ deploys }) => deploys);
  if (deploying.some(({ login }) => login === "identity"))
    return good("login", "the workflow logs in as itself (`id-token: write`): there is no secret to keep");
  if (deploying.some(({ login }) => login === "key"))
    return note(
      "login",
      "the workflow deploys with a key",
      "With `permissions: { id-token: write }` no key is needed.",
    );
  if (deploying.length === 0)
    return note("login", "no workflow deploys", "Is it deployed otherwise? If not: `nais-etl init --workflow`.");
  const cure =
    "Give the job that deploys `permissions: { contents: read, id-token: write }`, and let the team authorise the repository in Nais Console.";
  return bad("login", "no job that deploys may ask for a token", cure);
}

/** GitHub reads them at the top of the repository alone. */
async function readWorkflows(repository: string, { cwd }: Context): Promise<Flow[]> {
  const folder = join(repository, ".github/workflows");
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const file = relative(cwd, join(folder, name));
      return { file, ...checkWorkflow(await readFile(join(folder, name), "utf8"), file) };
    }),
  );
}

function credentialsOf({ parts }: PipelineReport): Finding {
  return ofProblems("credentials", parts.credentials, good("credentials", "none stands in the pipeline's files"));
}

/** What a local run writes holds data, and is not for the repository. */
async function ignoredOf({ file }: FoundPipeline, repository: string, context: Context): Promise<Finding> {
  const folders = foldersBetween(dirname(file), repository).toReversed();
  const lists = await Promise.all(
    folders.map(async (folder) => ({
      at: relative(repository, folder).replaceAll(sep, "/"),
      text: await readFile(join(folder, ".gitignore"), "utf8").catch(() => ""),
    })),
  );
  const written = await writtenBeside(file, repository, context);
  const missing = takenAlong(written, lists.flatMap(linesOfGit)).map((path) => path.replace(/\.nais-etl$/, "$&/"));
  if (missing.length === 0) return good(".gitignore", "leaves out what a run writes");
  const isOwn = missing.some((path) => path.endsWith("/"));
  return (isOwn ? bad : note)(
    ".gitignore",
    `does not leave out ${missing.join(", ")}, where a local run writes data`,
    `Write ${missing.length === 1 ? "the line" : "these lines"} into it: ${missing.map((path) => `\`${path}\``).join(", ")}.`,
  );
}

/** Below the repository: by the whole of a file that can be loaded. */
async function writtenBeside(file: string, repository: string, context: Context): Promise<string[]> {
  const loads = [baseTarget, localTarget].map((target) => loadPipeline({ file, target }, context));
  const [base, local] = await Promise.all(loads).catch(() => []);
  const nothing = { folder: dirname(file), spec: {} };
  return writtenLocally(base && local ? [base, local] : [nothing], repository);
}

/** Lines of a .gitignore as those of a .dockerignore at the top: one without a slash is of any folder below. */
function linesOfGit({ at, text }: { at: string; text: string }): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, back = "", body = ""] = /^(!?)(.*?)\/*$/.exec(line)!;
      const below = body.includes("/") ? body.replace(/^\//, "") : `**/${body}`;
      return `${back}${at === "" ? "" : `${at}/`}${below}`;
    });
}

function foldersBetween(from: string, to: string): string[] {
  return from === to || dirname(from) === from ? [from] : [from, ...foldersBetween(dirname(from), to)];
}
