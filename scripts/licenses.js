// The licences of the packages that a bundle holds.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * One paragraph a package, in the order of their names.
 * @param {string[]} moduleIds the files that a bundle holds
 * @param {string} root the repository
 */
export function licenses(moduleIds, root) {
  const packages = new Map(
    moduleIds.flatMap((id) => packageOf(id, root) ?? []).map((it) => [`${it.name} ${it.version}`, it]),
  );
  return [...packages.values()]
    .toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
    .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`)
    .join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * The innermost package in node_modules that a file belongs to.
 * @param {string} file
 * @param {string} root
 */
function packageOf(file, root) {
  const parts = relative(root, file).split(sep);
  const at = parts.lastIndexOf("node_modules");
  if (at === -1) return undefined;
  const depth = parts[at + 1]?.startsWith("@") ? 3 : 2;
  const path = join(root, ...parts.slice(0, at + depth));
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const licenseFile = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
  const text = licenseFile ? readFileSync(join(path, licenseFile), "utf8") : "";
  return { name, version, license, text };
}
