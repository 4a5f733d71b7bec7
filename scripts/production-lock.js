// Of package.json and package-lock.json, what a user of the package gets: `npm ci` refuses it where it does not fit together.

/**
 * @typedef {{ dependencies?: Record<string, string>, optionalDependencies?: Record<string, string>, peerDependencies?: Record<string, string> }} Entry
 * @param {{ name: string, version: string, dependencies: Record<string, string> }} manifest
 * @param {{ packages: Record<string, Entry> }} lock
 */
export function productionLock({ name, version, dependencies }, { packages }) {
  const kept = new Set();
  const waiting = Object.keys(dependencies).map((dependency) => placeOf(dependency, "", packages));
  for (const place of waiting) {
    if (place === undefined || kept.has(place)) continue;
    kept.add(place);
    const entry = packages[place] ?? {};
    const needed = { ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies };
    waiting.push(...Object.keys(needed).map((dependency) => placeOf(dependency, place, packages)));
  }
  const own = { name, version, dependencies };
  const inOrder = Object.entries(packages).filter(([place]) => kept.has(place));
  return {
    manifest: { ...own, private: true },
    lock: { name, version, lockfileVersion: 3, requires: true, packages: { "": own, ...Object.fromEntries(inOrder) } },
  };
}

/**
 * As Node looks a package up: in the folder of who asks, then in those above it.
 * @param {string} name
 * @param {string} from
 * @param {Record<string, Entry>} packages
 * @returns {string | undefined} undefined for an optional one that is not in the lock file
 */
function placeOf(name, from, packages) {
  const place = `${from === "" ? "" : `${from}/`}node_modules/${name}`;
  if (packages[place] !== undefined) return place;
  if (from === "") return undefined;
  const end = from.lastIndexOf("/node_modules/");
  return placeOf(name, end === -1 ? "" : from.slice(0, end), packages);
}
