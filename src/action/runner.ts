/** What the Action gets from outside: the runner's files, its Node and its clock. Made once, in the entries. */
export interface Runner {
  env: Readonly<Record<string, string | undefined>>;
  /** The Node that runs the Action. The command line runs on it too, whatever `node` PATH may lead to. */
  node: string;
  /** Absolute path of the folder that repositories are checked out to. */
  workspace: string;
  /** A folder of this step's own, which its end removes. */
  tmpdir: string;
  now: () => Date;
  /** Aborted when the job is cancelled. */
  signal: AbortSignal;
  host: { name: string; pid: number };
  peakMemory: () => number;
  cpuSeconds: () => number;
  killGroup: (leader: number) => void;
}

/** Without the variables that GitHub sets, as on a laptop, what Node says itself. */
export function describeRunner({ cwd, ...runner }: Omit<Runner, "workspace" | "now"> & { cwd: string }): Runner {
  return { ...runner, workspace: runner.env["GITHUB_WORKSPACE"] || cwd, now: () => new Date() };
}
