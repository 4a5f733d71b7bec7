/** Where an image is pushed to, and its tag, where nobody says otherwise. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { suggestRepository, type Reference } from "./reference.ts";
import { isLoopback } from "./registry.ts";

/** Where the platform's registries are: nais/login and nais/docker-build-push. */
const garHost = "europe-north1-docker.pkg.dev";

/** Of NAIS_ETL_GAR, for tests, where that is a registry on this machine. */
export function garHostOf(env: Context["env"]): string {
  const named = env["NAIS_ETL_GAR"];
  return named && isLoopback(named) ? named : garHost;
}

/** Those that take Google's access tokens as passwords. */
export function isGoogleRegistry(registry: string): boolean {
  return /(^|\.)pkg\.dev$|(^|\.)gcr\.io$/.test(registry);
}

export interface GarPlace {
  /** By default the platform's. */
  host?: string | undefined;
  /** The platform's project: `nais-management-233d` at Nav. */
  project: string;
  team: string;
  /** Name of the repository on GitHub, or of the pipeline. */
  name: string;
  /** Tells images of one repository apart: `-api`. */
  suffix?: string | undefined;
}

/** The team's own registry, which is the only one that nais runs images from. */
export function garImage({
  host = garHost,
  project,
  team,
  name,
  suffix = "",
}: GarPlace): Pick<Reference, "registry" | "repository"> {
  return { registry: host, repository: `${project}/${team}/${suggestRepository(`${name}${suffix}`)}` };
}

/** GitHub's registry: for KNADA and for other clusters, not for nais. */
export function ghcrImage({
  owner,
  name,
}: {
  owner: string;
  name: string;
}): Pick<Reference, "registry" | "repository"> {
  return { registry: "ghcr.io", repository: suggestRepository(`${owner}/${name}`) };
}

/** `YYYY.MM.DD-HH.mm-<short sha>` in UTC, as the platform's own action makes it; never `latest`. */
export function versionTag({ now, revision }: { now: Date; revision: string }): string {
  if (!/^[0-9a-f]{7,64}$/.test(revision))
    throw new EtlError({
      code: "usage",
      message: `\`${revision}\` is not a commit`,
      hint: "The tag ends with the commit: run it in a Git repository, or give `--tag`.",
    });
  const [date = "", time = ""] = now.toISOString().split("T");
  return `${date.replaceAll("-", ".")}-${time.slice(0, 5).replace(":", ".")}-${revision.slice(0, 7)}`;
}

/**
 * The page on which a person finds an image.
 * @param repository the one on GitHub that it is made from: `owner/name`
 * @returns undefined for registries that have none that we know
 */
export function consoleUrl(
  { registry, repository: path, digest }: Reference,
  repository: string | undefined,
): string | undefined {
  if (registry === "ghcr.io") return packageUrl(path, repository);
  const [, location] = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(registry) ?? [];
  const [project, folder, ...name] = path.split("/");
  if (location === undefined || name.length === 0) return undefined;
  const version = digest === undefined ? "" : `/${digest}`;
  return `https://console.cloud.google.com/artifacts/docker/${project}/${location}/${folder}/${encodeURIComponent(name.join("/"))}${version}?project=${project}`;
}

/** A package stands with the repository of its owner that it is made from; of others, the registry's own address leads there. */
function packageUrl(path: string, repository = ""): string {
  const [owner = "", ...name] = path.split("/");
  const isOwn = repository.split("/")[0]?.toLowerCase() === owner;
  if (!isOwn) return `https://ghcr.io/${path}`;
  return `https://github.com/${repository}/pkgs/container/${encodeURIComponent(name.join("/"))}`;
}
