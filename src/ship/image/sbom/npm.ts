/** Packages of npm in an image: each with the package.json that Node reads, and the hash that npm has noted. */
import { dirname } from "node:path/posix";
import type { ImageFiles } from "./image-files.ts";
import type { FoundPackage } from "./package.ts";

const installed = /(^|\/)node_modules\/(@[^/.][^/]*\/)?[^@/.][^/]*\/package\.json$/;
/** What npm leaves behind of an installation: `packages` by path, with their hashes. */
const notes = "node_modules/.package-lock.json";

export function isNpmFile(path: string): boolean {
  return installed.test(path) || path.endsWith(`/${notes}`) || /^([^/]+\/){1,3}package\.json$/.test(path);
}

export function npmPackages({ files }: ImageFiles): FoundPackage[] {
  const hashes = new Map<string, string>();
  const roots = new Set<string>();
  for (const [path, text] of files) if (path.endsWith(`/${notes}`)) readNotes(path, text, { hashes, roots });
  return [...files].flatMap(([path, text]) => {
    const folder = dirname(path);
    // Else it is of no program, but a file of that name.
    if (!path.endsWith("/package.json") || !(installed.test(path) || roots.has(folder))) return [];
    const found = packageOf(text);
    return found ? [{ ...found, path: folder, hash: hashOf(hashes.get(folder)) }] : [];
  });
}

function readNotes(path: string, text: string, to: { hashes: Map<string, string>; roots: Set<string> }): void {
  const root = path.slice(0, -notes.length - 1);
  to.roots.add(root);
  const { packages } = (jsonOf(text) ?? {}) as { packages?: Record<string, { integrity?: string }> };
  for (const [place, { integrity }] of Object.entries(packages ?? {}))
    if (integrity !== undefined) to.hashes.set(`${root}/${place}`, integrity);
}

function packageOf(text: string): Pick<FoundPackage, "kind" | "name" | "version" | "licence"> | undefined {
  const { name, version, license, licenses } = (jsonOf(text) ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || typeof version !== "string" || name === "" || version === "") return undefined;
  return { kind: "npm", name, version, licence: licenceText(license ?? licenses) };
}

/** Old packages have objects, and lists of them. */
function licenceText(value: unknown): string | undefined {
  const all = [value].flat().flatMap((one) => nameOf(one) ?? []);
  return all.length > 1 ? `(${all.join(" OR ")})` : all[0];
}

function nameOf(value: unknown): string | undefined {
  const name = typeof value === "string" ? value : (value as { type?: unknown } | null | undefined)?.type;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** `sha512-` and base64: https://www.w3.org/TR/SRI/ */
function hashOf(integrity: string | undefined): FoundPackage["hash"] {
  const [, bits, code = ""] = /^sha(1|256|384|512)-([\w+/=]+)/.exec(integrity ?? "") ?? [];
  if (bits === undefined) return undefined;
  return { algorithm: `SHA-${bits as "512"}`, content: Buffer.from(code, "base64").toString("hex") };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
