/** The image that generated Dockerfiles begin with. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { packageFacts } from "../../util/version.ts";
import { formatReference, parseReference } from "./reference.ts";
import { digestOf } from "./registry.ts";

export interface RuntimeImage {
  /** `--base`; by default NAIS_ETL_BASE_IMAGE, else the one released with this version. */
  base: string | undefined;
  /** Whether models in Python are run: their form of the image holds Python too. */
  needsPython: boolean;
  context: Context;
}

/** With its digest: a tag that has none is looked up, so that the Dockerfile says exactly which. */
export async function runtimeImage({ base, needsPython, context }: RuntimeImage): Promise<string> {
  const image = parseReference(base ?? context.env["NAIS_ETL_BASE_IMAGE"] ?? released(needsPython));
  if (image.digest !== undefined || image.registry === "localhost") return formatReference(image);
  const digest = await digestOf(image, undefined, context);
  if (digest !== undefined) return formatReference({ ...image, digest });
  throw new EtlError({
    code: "failed",
    message: `there is no image ${formatReference(image)}`,
    hint: "Name one with `--base`, or NAIS_ETL_BASE_IMAGE.",
  });
}

function released(needsPython: boolean): string {
  const { version, repository } = packageFacts();
  const url = typeof repository === "string" ? repository : repository?.url;
  const [, owner] = /github(?:\.com)?[:/]([\w-]+)\//.exec(url ?? "") ?? [];
  if (owner !== undefined) return `ghcr.io/${owner.toLowerCase()}/nais-etl:${version}${needsPython ? "-python" : ""}`;
  throw new EtlError({
    code: "usage",
    message: "this copy of nais-etl was not released, so there is no runtime image of it",
    hint: "Build one in its repository, `node scripts/runtime-image.js --image localhost/nais-etl-runtime:1`, and name it with `--base`, or NAIS_ETL_BASE_IMAGE.",
  });
}
