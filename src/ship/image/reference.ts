/**
 * What an image is called: `registry/repository:tag@digest`.
 * The grammar is that of the OCI distribution specification and of github.com/distribution/reference, which all builders share.
 */
import { EtlError } from "../../util/error.ts";

export interface Reference {
  /** Host, with its port: `docker.io` where none is written. */
  registry: string;
  /** Path in the registry: `library/node`. */
  repository: string;
  tag: string | undefined;
  /** `sha256:` and 64 of 0-9 and a-f. */
  digest: string | undefined;
}

const part = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const host = new RegExp(String.raw`^(?:${label}(?:\.${label})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$`);

/** A registry's host, with its port, and nothing else. */
export function isHost(text: string): boolean {
  return host.test(text);
}

const tagGrammar = /^\w[\w.-]{0,127}$/;
const digestGrammar = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
/** Of the path. */
const longestName = 255;
/** What could be the digest of an image is no name. */
const likeDigest = /^[0-9a-f]{64}$/;

/**
 * Reads a reference that somebody wrote.
 * @throws {EtlError} `usage`, with the nearest reference that is one
 */
export function parseReference(text: string): Reference {
  const { registry, repository, tag, digest } = split(text);
  const refuse = (message: string, hint: string): never => {
    throw new EtlError({ code: "usage", message: `\`${text}\` is not the name of an image: ${message}`, hint });
  };
  if (registry !== undefined && !host.test(registry))
    refuse(`\`${registry}\` is not a host`, "Write the host without `https://`: `ghcr.io/owner/name`.");
  const wrong = repository.split("/").find((one) => !part.test(one));
  if (wrong !== undefined) refuse(reasonOf(wrong), suggestion({ registry, repository, tag, digest }));
  if (tag !== undefined && !tagGrammar.test(tag)) refuse(tagReason(tag), `Write \`:${suggestTag(tag)}\`.`);
  if (digest !== undefined && !digestGrammar.test(digest))
    refuse(`\`@${digest}\` is not a digest`, "A digest is `@sha256:` and 64 of 0-9 and a-f, as a push prints it.");
  if (likeDigest.test(text))
    refuse("it looks like the digest of one", "Write `@sha256:` before a digest, or another name.");
  const place = withDefaults(registry, repository);
  if (place.repository.length > longestName) refuse(`it has more than ${longestName} characters`, "Shorten it.");
  return { ...place, tag, digest };
}

interface Written {
  registry: string | undefined;
  repository: string;
  tag: string | undefined;
  digest: string | undefined;
}

function split(text: string): Written {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const name = at < 0 ? text : text.slice(0, at);
  const colon = name.lastIndexOf(":");
  const hasTag = colon > name.lastIndexOf("/");
  const path = hasTag ? name.slice(0, colon) : name;
  const tag = hasTag ? name.slice(colon + 1) : undefined;
  const [first = "", ...rest] = path.split("/");
  // As docker decides, but that a capital makes no host: `MyName/image` was hardly meant as one.
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return hasHost
    ? { registry: first, repository: rest.join("/"), tag, digest }
    : { registry: undefined, repository: path, tag, digest };
}

function withDefaults(registry: string | undefined, repository: string): Pick<Reference, "registry" | "repository"> {
  if (registry !== undefined && registry !== "index.docker.io" && registry !== "docker.io")
    return { registry, repository };
  return { registry: "docker.io", repository: repository.includes("/") ? repository : `library/${repository}` };
}

function reasonOf(wrong: string): string {
  if (wrong === "") return "a part of its path is empty";
  if (/[A-ZÆØÅ]/.test(wrong)) return `\`${wrong}\` has capitals`;
  return `\`${wrong}\` may hold a-z and 0-9, with \`.\`, \`_\` or \`-\` between them`;
}

function suggestion({ registry, repository, tag, digest }: Written): string {
  const path = [...(registry === undefined ? [] : [registry]), suggestRepository(repository)].join("/");
  return `Write \`${formatName(path, { tag, digest })}\`.`;
}

/** A name as the grammar has it: `runPodsPython` becomes `run-pods-python`. */
export function suggestRepository(text: string): string {
  const parts = text.split("/").map((one) =>
    one
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
      .toLowerCase()
      .replaceAll("æ", "ae")
      .replaceAll("ø", "o")
      .replaceAll("å", "a")
      .replaceAll(/[^a-z0-9._-]+/g, "-")
      .replaceAll(/[._-]*-[._-]*|\.[._]+|_\.[._]*|_{3,}/g, (run) => (run.includes("-") ? "-" : run[0]!))
      .replaceAll(/^[._-]+|[._-]+$/g, ""),
  );
  return parts.filter((one) => one !== "").join("/") || "image";
}

function tagReason(tag: string): string {
  if (tag === "") return "its tag is empty";
  if (tag.length > 128) return `its tag has ${tag.length} characters, and may have 128`;
  return `the tag \`${tag}\` may hold letters, digits, \`_\`, \`.\` and \`-\`, and begins with none of the last two`;
}

/** A tag as the grammar has it, of a branch's name for one: `feature/x` becomes `feature-x`. */
export function suggestTag(text: string): string {
  return (
    text
      .replaceAll(/[^\w.-]+/g, "-")
      .replace(/^[.-]+/, "")
      .slice(0, 128) || "1"
  );
}

/** As it is written in a manifest. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return formatName(`${registry}/${repository}`, { tag, digest });
}

function formatName(name: string, { tag, digest }: Pick<Reference, "tag" | "digest">): string {
  return `${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}
