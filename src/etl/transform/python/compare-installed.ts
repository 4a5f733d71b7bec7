/** What is installed, against what a team says its models need. */
import type { Problem } from "../../../util/error.ts";
import { packageCure, type MissingPackages } from "./missing-package.ts";
import type { Requirements } from "./requirements.ts";

/** Packages that are not installed, or in another version than the one that is asked for. */
export function compareInstalled(
  { path, packages }: Requirements,
  installed: Record<string, string | null>,
  at: Pick<MissingPackages, "model" | "python" | "env">,
): Problem[] {
  const wrong = packages.flatMap(({ name, version, where }) => {
    const found = installed[name];
    if (found === null || found === undefined) return [{ where, text: `${name} is not installed` }];
    if (version === undefined || sameVersion(version, found)) return [];
    return [{ where, text: `${name} is ${found}, not ${version}` }];
  });
  if (wrong.length === 0) return [];
  const [first] = wrong;
  return [
    {
      severity: "error",
      rule: "python-packages",
      message: `what is installed is not what ${path} says: ${wrong.map(({ text }) => text).join("; ")}`,
      hint: packageCure({ ...at, packages: [], areListed: true, requirements: path }),
      where: first!.where,
    },
  ];
}

/** `2.0` is `2.0.0`; what comes behind a `+` says who built it. */
function sameVersion(a: string, b: string): boolean {
  return shortVersion(a) === shortVersion(b);
}

function shortVersion(version: string): string {
  return version.replace(/\+.*/, "").replace(/(\.0)+$/, "");
}
