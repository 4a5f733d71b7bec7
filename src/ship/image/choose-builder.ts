/** Which builder is here. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import { buildah, podman } from "./builders/buildah.ts";
import type { Builder } from "./builders/builder.ts";
import { docker, dockerBuildx } from "./builders/docker.ts";
import { runProgram } from "./run-program.ts";

/** In the order in which they are looked for. */
const builders: readonly Builder[] = [dockerBuildx, docker, buildah, podman];

/** @throws {EtlError} `usage` for a name that is none, `failed` where none is here */
export async function chooseBuilder(name: string | undefined, context: Context): Promise<Builder> {
  const wanted = name === undefined ? builders : [builderNamed(name)];
  for (const builder of wanted) if (await answers(builder, context)) return builder;
  throw new EtlError({
    code: "failed",
    message:
      name === undefined
        ? "there is no program here that builds images"
        : `\`${name}\` is not here, or does not answer`,
    hint: `One of ${builders.map((builder) => builder.name).join(", ")} is needed; docker needs its daemon to run. In GitHub Actions docker is there.`,
  });
}

/** `buildx` and `docker-buildx` are the same as `docker buildx`. */
function builderNamed(name: string): Builder {
  const plain = name.replace("-", " ");
  const found = builders.find((builder) => builder.name === plain || builder.name === `docker ${plain}`);
  if (found) return found;
  const hint = didYouMean(
    name,
    builders.map((builder) => builder.name),
  );
  throw new EtlError({ code: "usage", message: `--builder: there is no builder \`${name}\``, hint });
}

async function answers({ probes, name, env }: Builder, context: Context): Promise<boolean> {
  try {
    for (const argv of probes) await runProgram({ argv, env, cwd: context.cwd, what: `looking for ${name}` }, context);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof EtlError) return false;
    throw error;
  }
}
