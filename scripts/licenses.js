// The licences of the packages that a bundle holds.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * One paragraph a package, in the order of their names.
 * @param {string[]} moduleIds the files that a bundle holds
 * @param {string} root the repository
 * @param {string[]} [allowed] licences that may be there: any other one fails
 */
export function licenses(moduleIds, root, allowed) {
  const packages = new Map(
    moduleIds.flatMap((id) => packageOf(id, root) ?? []).map((it) => [`${it.name} ${it.version}`, it]),
  );
  const refused = [...packages.values()].filter(
    ({ license, text }) => allowed?.includes(license) === false || text === "",
  );
  if (allowed && refused.length > 0) {
    const list = refused.map(
      ({ name, license, text }) => `${name} (${license}${text === "" ? ", without its text" : ""})`,
    );
    throw new Error(`licences that the bundle may not hold: ${list.join(", ")}`);
  }
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
  return { name, version, license, text: licenseText(path) };
}

/**
 * A file of its own, else the end of the readme.
 * @param {string} folder
 */
function licenseText(folder) {
  const entries = readdirSync(folder);
  /** @param {RegExp} name */
  const read = (name) => {
    const file = entries.find((entry) => name.test(entry));
    return file ? readFileSync(join(folder, file), "utf8") : "";
  };
  const [, readme = ""] = /^(?:#+ *licen[cs]e|licen[cs]e\n-+)\s*\n([\s\S]*)$/im.exec(read(/^readme/i)) ?? [];
  // As Git keeps it: a checkout has to hold what is made here.
  return (read(/^(un)?licen[cs]e/i) || readme).replaceAll("\r\n", "\n");
}
