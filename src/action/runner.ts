/** What the Action gets from outside: the runner's files, its Node and its clock. Made once, in main.ts. */
export interface Runner {
  env: Readonly<Record<string, string | undefined>>;
  /** The Node that runs the Action. The command line runs on it too, whatever `node` PATH may lead to. */
  node: string;
  /** Absolute path of the folder that repositories are checked out to. */
  workspace: string;
  tmpdir: string;
  now: () => Date;
}

/** Without the variables that GitHub sets, as on a laptop, what Node says itself. */
export function describeRunner({
  env,
  ...fallback
}: Pick<Runner, "env" | "node"> & { cwd: string; tmpdir: string }): Runner {
  return {
    env,
    node: fallback.node,
    workspace: env["GITHUB_WORKSPACE"] || fallback.cwd,
    tmpdir: env["RUNNER_TEMP"] || fallback.tmpdir,
    now: () => new Date(),
  };
}
