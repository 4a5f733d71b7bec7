/** Buildah, and Podman, which builds with it: no daemon, so they work where no one may start one. */
import { isLoopback } from "../registry.ts";
import { bytesOf, sharedOptions, shortId, timeOf, type Build, type Builder, type LocalImage } from "./builder.ts";

function options(build: Build): string[] {
  return [
    ...sharedOptions(build),
    "--ignorefile",
    build.ignoreFile,
    ...(build.pull ? ["--pull=always"] : []),
    ...plain(build.names[0]!),
    // Each instruction is a layer of its own, as Docker makes them: what has not changed is neither built nor pushed again.
    "--layers",
  ];
}

/** Docker takes registries on this machine without TLS by itself. */
function plain(name: string): string[] {
  return isLoopback(name.split("/")[0]!) ? ["--tls-verify=false"] : [];
}

/** The two call the same things by other names. */
interface ListedImage {
  id?: string;
  names?: string[] | null;
  createdatraw?: string;
  /** With digits and a unit. */
  size?: string;
  Id?: string;
  Names?: string[] | null;
  CreatedAt?: string;
  /** Bytes. */
  Size?: number;
}

function readList(text: string): LocalImage[] {
  const images = (JSON.parse(text.trim() || "[]") ?? []) as ListedImage[];
  return images.flatMap((image) => {
    const created = timeOf(image.createdatraw ?? image.CreatedAt);
    const facts = { id: shortId(image.id ?? image.Id ?? ""), created, bytes: bytesOf(image.size ?? image.Size) };
    return (image.names ?? image.Names ?? []).map((name) => ({ name, ...facts }));
  });
}

function daemonless(program: "buildah" | "podman"): Builder {
  return {
    name: program,
    probes: [[program, "--version"]],
    build: (build) => [program, "build", ...options(build), build.context],
    push: (name, digestFile) => [program, "push", ...plain(name), "--digestfile", digestFile, name, `docker://${name}`],
    login: (registry, user) => [program, "login", ...plain(registry), "--username", user, "--password-stdin", registry],
    logout: (registry) => [program, "logout", registry],
    save: (name, file) =>
      program === "buildah"
        ? [program, "push", name, `docker-archive:${file}`]
        : [program, "save", "--format", "docker-archive", "--output", file, name],
    list: program === "buildah" ? ["buildah", "images", "--json"] : ["podman", "images", "--format", "json"],
    readList,
    readDigest: undefined,
    env: {},
  };
}

export const buildah = daemonless("buildah");
export const podman = daemonless("podman");
