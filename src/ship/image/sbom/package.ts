/** A package that an image holds. */

export interface FoundPackage {
  kind: "npm" | "pypi" | "deb" | "generic";
  /** As its registry has it: `@duckdb/node-api`. */
  name: string;
  version: string;
  /** As the package says it: an expression of SPDX, or words. */
  licence: string | undefined;
  /** Of the archive that was installed, in hexadecimal. */
  hash?: { algorithm: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512"; content: string } | undefined;
  /** Where it lies in the image; undefined where nothing says it. */
  path: string | undefined;
  /** What else its name says, for a package of the system. */
  qualifiers?: Readonly<Record<string, string>>;
  namespace?: string;
}

/** Source: https://github.com/package-url/purl-spec */
export function purlOf({ kind, namespace, name, version, qualifiers = {} }: FoundPackage): string {
  const path = [...(namespace === undefined ? [] : [namespace]), ...name.split("/")].map(encode).join("/");
  const query = Object.entries(qualifiers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = query.map(([key, value]) => `${key}=${encode(value)}`).join("&");
  return `pkg:${kind}/${path}@${encode(version)}${text === "" ? "" : `?${text}`}`;
}

/** As the specification writes it: of what stands there a colon alone is left. */
export function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.codePointAt(0)!.toString(16).toUpperCase()}`)
    .replaceAll("%3A", ":");
}
