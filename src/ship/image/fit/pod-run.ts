/** The command line that starts an image as nais starts it in a pod. */

export interface PodRun {
  program: "docker" | "podman";
  image: string;
  /** Of the container. */
  name: string;
  /** Bytes. */
  memory: number;
  /** Files of this machine that the pod would read elsewhere. */
  mounts: readonly { from: string; to: string }[];
  /** Folders besides /tmp that may be written. */
  writable: readonly string[];
  env: Readonly<Record<string, string>>;
  /** What the Naisjob starts instead of what the image says. */
  command: readonly string[];
  /** Where the machine allows less than containers are given by themselves. */
  hasFewFiles: boolean;
}

/** As the platform's security context says it: nobody may become more than user 1069, and only /tmp can be written. */
const confined = [
  "--network",
  "none",
  "--read-only",
  "--user",
  "1069:1069",
  "--cap-drop",
  "ALL",
  "--security-opt",
  "no-new-privileges",
];

/** Podman gives /tmp, /run and an entry in /etc/passwd by itself; a pod has none of these. */
const ofPodman = ["--read-only-tmpfs=false", "--passwd=false"];

/** A folder that the image has keeps its mode, whatever is asked for: so it has to belong to the user. */
const owner = { docker: "uid=1069,gid=1069", podman: "U" };

const fewFiles = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];

export function podRunArgs(run: PodRun): string[] {
  const [entrypoint, ...rest] = run.command;
  return [
    run.program,
    "run",
    "--name",
    run.name,
    "--pull",
    "never",
    ...confined,
    ...(run.program === "podman" ? ofPodman : []),
    ...(run.hasFewFiles ? fewFiles : []),
    "--memory",
    `${run.memory}b`,
    // Of memory and swap together: a pod has no swap.
    "--memory-swap",
    `${run.memory}b`,
    ...["/tmp", ...run.writable].flatMap((path) => ["--tmpfs", `${path}:rw,exec,mode=1777,${owner[run.program]}`]),
    ...run.mounts.flatMap(({ from, to }) => ["--volume", `${from}:${to}:ro,z`]),
    ...Object.entries(run.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...(entrypoint === undefined ? [] : ["--entrypoint", entrypoint]),
    run.image,
    ...rest,
  ];
}
