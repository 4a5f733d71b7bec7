/** What a program that builds images is asked for. Each builder says how its own command line says it. */
import { parseBytes } from "../../../util/bytes.ts";

export interface Build {
  /** Absolute paths. */
  dockerfile: string;
  /** Lies beside the Dockerfile, with `.dockerignore` behind its name. */
  ignoreFile: string;
  context: string;
  /** `registry/repository:tag`, each; at least one. */
  names: readonly string[];
  /** `linux/amd64`. */
  platform: string;
  arguments: Readonly<Record<string, string>>;
  /** What `RUN --mount=type=secret` reads: never an argument's value, never in a layer. */
  secrets: readonly BuildSecret[];
  labels: Readonly<Record<string, string>>;
  /** The stage to stop at. */
  target: string | undefined;
  cacheFrom: readonly string[];
  cacheTo: readonly string[];
  /** Fetch the base anew, though there is one here. */
  pull: boolean;
}

export interface BuildSecret {
  id: string;
  /** Where its value is: a variable of the environment, or a file. */
  from: { env: string } | { file: string };
}

/** An image that the builder has, under one of its names. */
export interface LocalImage {
  /** `registry/repository:tag`. */
  name: string;
  /** 12 hexadecimal digits. */
  id: string;
  /** ISO 8601, in UTC. */
  created: string | undefined;
  bytes: number | undefined;
}

export interface Builder {
  name: "docker buildx" | "docker" | "buildah" | "podman";
  /** What must be there, and answer to these arguments with exit code 0, one after the other. */
  probes: readonly (readonly string[])[];
  build(build: Build): string[];
  /** @param digestFile where the builder writes the digest, if it is one that does */
  push(name: string, digestFile: string): string[];
  /** Reads the password from standard input. */
  login(registry: string, user: string): string[];
  logout(registry: string): string[];
  /** Writes an archive of the image, as `docker save` does. */
  save(name: string, file: string): string[];
  /** Prints all images that it has, as JSON. */
  list: readonly string[];
  readList(text: string): LocalImage[];
  /** What `push` says the digest is, on its standard output; undefined where it writes it into the file. */
  readDigest: ((output: string) => string | undefined) | undefined;
  /** Environment that it needs. */
  env: Readonly<Record<string, string>>;
}

/** What all of them call the same. */
export function sharedOptions(build: Build): string[] {
  return [
    "--file",
    build.dockerfile,
    ...each("--tag", build.names),
    "--platform",
    build.platform,
    ...each("--build-arg", pairs(build.arguments)),
    ...each("--secret", build.secrets.map(secretText)),
    ...each("--label", pairs(build.labels)),
    ...each("--target", build.target === undefined ? [] : [build.target]),
    ...each("--cache-from", build.cacheFrom),
    ...each("--cache-to", build.cacheTo),
  ];
}

/** `--name value` for each. */
function each(option: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [option, value]);
}

function pairs(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${value}`);
}

function secretText({ id, from }: BuildSecret): string {
  return "env" in from ? `id=${id},env=${from.env}` : `id=${id},src=${from.file}`;
}

/** As builders print it: without `sha256:`, and short. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12);
}

/** `113 kB`, `7.86 KB`, `0B`: builders print three digits, in powers of ten. */
export function bytesOf(size: unknown): number | undefined {
  if (typeof size === "number") return size;
  return typeof size === "string" ? parseBytes(size.trim()) : undefined;
}

/** In UTC; undefined for what is no time. */
export function timeOf(text: string | undefined): string | undefined {
  const time = new Date(text ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
