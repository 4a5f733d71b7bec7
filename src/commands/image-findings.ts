/** What of all that makes an image is here. Nothing of it is needed for a run, so nothing of it is a fault. */
import { good, note, type Finding } from "../etl/doctor/finding.ts";
import { chooseBuilder } from "../ship/image/choose-builder.ts";
import { findCosign } from "../ship/image/cosign.ts";
import { runProgram } from "../ship/image/run-program.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";

export async function imageFindings(context: Context): Promise<Finding[]> {
  return Promise.all([builderOf(context), runnerOf(context), cosignOf(context)]);
}

async function builderOf(context: Context): Promise<Finding> {
  const builder = await orUndefined(chooseBuilder(undefined, context), context);
  if (builder === undefined)
    return note(
      "builder",
      "no program here builds images",
      "`nais-etl build` needs docker with its daemon, or buildah or podman (`apt install podman`, `brew install podman`). In GitHub Actions docker is there.",
    );
  return good("builder", `${builder.name} ${await versionOf(builder.probes[0]!, context)} builds images`);
}

/** `build --check` starts the image; buildah alone cannot as a pod does. */
async function runnerOf(context: Context): Promise<Finding> {
  const probes = [
    ["docker", "version", "--format", "{{.Server.Version}}"],
    ["podman", "--version"],
  ];
  for (const probe of probes) {
    const version = await orUndefined(versionOf(probe, context), context);
    if (version !== undefined) return good("runner", `${probe[0]} ${version} runs images, for \`build --check\``);
  }
  const cure = "`nais-etl build --check` needs docker with its daemon, or podman.";
  return note("runner", "no program here runs images", cure);
}

async function cosignOf(context: Context): Promise<Finding> {
  const problem = await findCosign(context).catch((error: unknown) => thrown(error, context));
  if (problem) return note("cosign", problem.message.replace("[cosign] ", ""), problem.hint);
  return good("cosign", `${await versionOf(["cosign", "version", "--json"], context)} signs images`);
}

async function versionOf(argv: readonly string[], context: Context): Promise<string> {
  const text = await runProgram({ argv, cwd: context.cwd, what: `asking ${argv[0]} for its version` }, context);
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? "of an unknown version";
}

function orUndefined<T>(act: Promise<T>, context: Context): Promise<T | undefined> {
  return act.catch((error: unknown) => void thrown(error, context));
}

/** What is no error of ours, is none of a missing program. */
function thrown(error: unknown, { signal }: Context): EtlError {
  signal.throwIfAborted();
  if (error instanceof EtlError) return error;
  throw error;
}
