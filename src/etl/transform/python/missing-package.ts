/** Packages that Python does not have, and what to do about it: it is not the same on a laptop and in a pod. */
import { basename } from "node:path";
import type { Context } from "../../../util/context.ts";
import { isPod } from "../../../util/pod.ts";
import { installCommand } from "./requirements.ts";

/** Packages whose modules have other names. */
const packageNames: Record<string, string> = {
  sklearn: "scikit-learn",
  yaml: "pyyaml",
  bs4: "beautifulsoup4",
  PIL: "pillow",
  cv2: "opencv-python",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
};

export function packageOf(module: string): string {
  const [name = module] = module.split(".");
  return packageNames[name] ?? name;
}

export interface MissingPackages {
  packages: string[];
  /** Whether `requirements` has them all. */
  areListed: boolean;
  model: string;
  /** What pipeline.yaml names, if it does. */
  requirements: string | undefined;
  /** The interpreter. */
  python: string;
  env: Context["env"];
}

/** Another try finds them missing again. */
export function packageCure(missing: MissingPackages): string {
  const { requirements, areListed, python, packages, env } = missing;
  if (isPod(env)) {
    const steps = areListed ? "" : `${listing(missing)}; then `;
    const held = areListed ? `, and this one was built before ${requirements} said so` : "";
    return `A pod has the packages of its image, and installs none${held}. ${upper(`${steps}build the image and deploy it, as the workflow does for each commit.`)}`;
  }
  if (requirements === undefined) return `Run: ${python} -m pip install ${packages.join(" ")}`;
  const install = `Run: ${installCommand(python, requirements)}`;
  if (areListed) return install;
  return isLock(requirements) ? listing(missing) : `${listing(missing)}. ${install}`;
}

function listing({ packages, requirements, model }: MissingPackages): string {
  if (requirements !== undefined && isLock(requirements)) return `Run: uv add ${packages.join(" ")}`;
  const lines = packages.map((name) => `${name}==…`).join(", ");
  const declare = `, and models: { ${model}: { python: { requirements: requirements.txt } } }`;
  return `Write ${lines} into ${requirements ?? "requirements.txt"}${requirements === undefined ? declare : ""}`;
}

function isLock(path: string): boolean {
  return basename(path) === "uv.lock";
}

function upper(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
