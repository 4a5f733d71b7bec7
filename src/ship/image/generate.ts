/** The Dockerfile of a pipeline that has none: the runtime image, a layer of its own packages, and the pipeline. */

/** Packages besides those of the runtime image: files that say exactly which, below the build's folder. */
export type Packages = { kind: "npm"; manifest: string; lock: string } | PipPackages;

export interface PipPackages {
  kind: "pip";
  lock: string;
  /** Whether it names nothing that the runtime image has not. */
  isInImage: boolean;
}

export interface GenerateOptions {
  /** The runtime image, with its digest. */
  base: string;
  packages: readonly Packages[];
}

/** Where the pipeline lies in the image, and a run starts. */
const folder = "/pipeline";

/**
 * Layers in the order in which they change: packages with their lock file, and last the pipeline, so that a change of a
 * model pushes that alone. Root only while packages are installed; `COPY` gives files to root, so a run cannot change them.
 */
export function generateDockerfile({ base, packages }: GenerateOptions): string {
  const install = packages.flatMap(installLines);
  const lines = [
    "# Made by nais-etl build. A Dockerfile in the folder takes its place.",
    `FROM ${base}`,
    `WORKDIR ${folder}`,
    ...(install.length > 0 ? ["USER 0", ...install, "USER 1069"] : []),
    "COPY . .",
  ];
  return `${lines.join("\n")}\n`;
}

function installLines(packages: Packages): string[] {
  if (packages.kind === "npm")
    return [
      `COPY ${packages.manifest} ${packages.lock} ./`,
      `RUN ${cache("/tmp/npm")} npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cache /tmp/npm`,
    ];
  // What the image has is not fetched: its versions are as fixed as the image, and must be such as the file asks for.
  const where = packages.isInImage ? "--no-index" : "--cache-dir /tmp/pip";
  return [
    `COPY ${packages.lock} ./`,
    `RUN ${cache("/tmp/pip")} python3 -m pip install ${where} --requirement ${packages.lock}`,
  ];
}

/** Kept by the builder from build to build, and no part of a layer. */
function cache(path: string): string {
  return `--mount=type=cache,target=${path}`;
}
