/** What package.json says of this program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./package-folder.ts";

export interface PackageFacts {
  version: string;
  /** Only a released copy has one. */
  repository?: { url?: string } | string;
  /** The commit that a released copy was made of. */
  gitHead?: string;
}

export function packageFacts(): PackageFacts {
  return JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as PackageFacts;
}

export function version(): string {
  return packageFacts().version;
}
