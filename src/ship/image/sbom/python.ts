/** Packages of Python in an image: each with the metadata that its installation leaves. */
import { dirname } from "node:path/posix";
import type { ImageFiles } from "./image-files.ts";
import type { FoundPackage } from "./package.ts";

const metadata = /\.(dist-info\/METADATA|egg-info\/PKG-INFO|egg-info)$/;

export function isPythonFile(path: string): boolean {
  return metadata.test(path);
}

export function pythonPackages({ files }: ImageFiles): FoundPackage[] {
  return [...files].flatMap(([path, text]) => {
    if (!metadata.test(path)) return [];
    const fields = fieldsOf(text);
    const [name, version] = [fields("Name")[0], fields("Version")[0]];
    if (name === undefined || version === undefined) return [];
    const folder = path.endsWith(".egg-info") ? path : dirname(path);
    return [{ kind: "pypi" as const, name: normalised(name), version, licence: licenceOf(fields), path: folder }];
  });
}

/** Source: https://packaging.python.org/en/latest/specifications/name-normalization */
function normalised(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** Lines of a header, up to the description. */
function fieldsOf(text: string): (name: string) => string[] {
  const lines = text.split(/\r?\n\r?\n/, 1)[0]!.split(/\r?\n/);
  return (name) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2).trim());
}

const classifier = "License :: ";

/** The new field is an expression of SPDX; the old one may be a whole text, of which the first line says enough. */
function licenceOf(fields: (name: string) => string[]): string | undefined {
  const [expression] = fields("License-Expression");
  const [words] = fields("License");
  const [classified] = fields("Classifier").filter((line) => line.startsWith(classifier));
  const isText = words === undefined || /^($|UNKNOWN$|copyright)/i.test(words) || words.length > 80;
  return expression ?? (isText ? undefined : words) ?? classified?.split(" :: ").at(-1);
}
