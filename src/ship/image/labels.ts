/** What an image says of itself. No time: the same commit makes the same image. */
import type { Context } from "../../util/context.ts";
import type { Reference } from "./reference.ts";

export interface ImageLabels {
  image: Reference;
  env: Context["env"];
  more?: Readonly<Record<string, string | undefined>>;
}

/** Source: https://github.com/opencontainers/image-spec/blob/main/annotations.md */
export function imageLabels({ image, env, more }: ImageLabels): Record<string, string> {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: revision } = env;
  const labels = {
    title: image.repository.split("/").at(-1),
    version: image.tag,
    revision,
    source: server && repository && `${server}/${repository}`,
    ...more,
  };
  const given = Object.entries(labels).filter(([, value]) => value);
  return Object.fromEntries(given.map(([key, value]) => [`org.opencontainers.image.${key}`, value!]));
}
