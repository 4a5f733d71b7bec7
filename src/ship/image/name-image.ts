/** What the image is to be called: by what the command says, else by where the platform wants it. */
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { platformOf } from "../platform.ts";
import { garHostOf, garImage, ghcrImage, versionTag } from "./address.ts";
import { formatReference, parseReference, suggestRepository, type Reference } from "./reference.ts";
import { runProgram } from "./run-program.ts";

export interface NameOptions {
  /** Whole address without a tag: `ghcr.io/owner/name`. */
  image?: string | undefined;
  /** `gar`, `ghcr`, or a host with a path. */
  registry?: string | undefined;
  tags?: readonly string[] | undefined;
  /** Of the platform, for `gar`; by default what it says of the organisation. */
  project?: string | undefined;
  suffix?: string | undefined;
}

/** What the pipelines say, where the image holds several all of them. */
export interface Named {
  /** Of the pipeline, or of the repository. */
  name: string;
  team: string | undefined;
  /** The folder that is built. */
  folder: string;
}

/** At least one, all of one repository, with tags. */
export async function nameImage(options: NameOptions, named: Named, context: Context): Promise<Reference[]> {
  const place = await placeOf(options, named, context);
  const tags = options.tags?.length
    ? options.tags
    : [versionTag({ now: context.now(), revision: await revisionOf(named.folder, context) })];
  if (tags.includes("latest")) context.log.problem(latest);
  // Read again as a whole: what somebody wrote has to be a name, too.
  return tags.map((tag) => parseReference(formatReference({ ...place, tag, digest: undefined })));
}

const latest: Problem = {
  severity: "warning",
  rule: "latest-tag",
  message: "the tag `latest` says not which version runs",
  hint: "Whoever pulls it later may get another one. Leave `--tag` out, or add a second one; and deploy by the digest that is printed.",
};

type Place = Pick<Reference, "registry" | "repository">;

async function placeOf(options: NameOptions, { name, team }: Named, context: Context): Promise<Place> {
  const { image, registry, project, suffix } = options;
  const { env } = context;
  if (image !== undefined) return withoutVersion(image);
  const [owner, repository = name] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
  if (registry === undefined) return { registry: "localhost", repository: suggestRepository(name) };
  if (registry === "gar")
    return garImage({
      host: garHostOf(env),
      project: project ?? (await platformOf({ needs: ["managementProject"] }, context)).managementProject,
      team: needed(team, "Write `team:` in pipeline.yaml."),
      name: repository,
      suffix,
    });
  if (registry === "ghcr")
    return ghcrImage({
      owner: needed(owner || undefined, "Outside GitHub Actions, give the address: `--image ghcr.io/OWNER/NAME`."),
      name: `${repository}${suffix ?? ""}`,
    });
  return withoutVersion(`${registry.replace(/\/$/, "")}/${suggestRepository(`${repository}${suffix ?? ""}`)}`);
}

function needed(value: string | undefined, hint: string): string {
  if (value !== undefined && value !== "") return value;
  throw new EtlError({ code: "usage", message: "where the image belongs is not known", hint });
}

function withoutVersion(text: string): Place {
  const { registry, repository, tag, digest } = parseReference(text);
  if (tag === undefined && digest === undefined) return { registry, repository };
  throw new EtlError({
    code: "usage",
    message: `\`${text}\` has a version already`,
    hint: "Give the address alone, and the version as `--tag`.",
  });
}

/** The commit that is built: that of the workflow, or of the repository here. */
async function revisionOf(folder: string, context: Context): Promise<string> {
  const given = context.env["GITHUB_SHA"];
  if (given) return given;
  const argv = ["git", "rev-parse", "HEAD"];
  return runProgram({ argv, cwd: folder, what: "asking for the commit" }, context).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (error instanceof EtlError) return "none";
    throw error;
  });
}
