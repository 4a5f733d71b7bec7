/** The repository's folder as it was at another commit: written to a temporary folder, and removed again. */
import { lstat, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { exists } from "../util/files.ts";
import { askGit, git } from "../util/git.ts";

export interface FindCommit {
  /** A folder of the repository. */
  folder: string;
  /** What to compare with; by default where this branch left the default branch. */
  against: string | undefined;
}

export interface Commit {
  /** As it was asked for, or as it was found: `main`. */
  ref: string;
  /** Its whole hash. */
  commit: string;
}

/** @throws {EtlError} `usage` where there is no such commit here */
export async function findCommit({ folder, against }: FindCommit, context: Context): Promise<Commit> {
  if (against !== undefined) {
    const commit = await commitOf(against, folder, context);
    if (commit !== undefined) return { ref: against, commit };
    throw new EtlError({
      code: "usage",
      message: `there is no commit \`${against}\` here`,
      hint: "A clone of GitHub Actions has one commit alone: give actions/checkout `with: { fetch-depth: 0 }`.",
    });
  }
  for (const ref of defaultBranches(context)) {
    const commit = await askGit({ args: ["merge-base", "HEAD", ref], cwd: folder }, context);
    if (commit) return { ref, commit };
  }
  throw new EtlError({
    code: "usage",
    message: "it is not known what to compare with: neither the default branch, nor where this branch left it, is here",
    hint: "Name a commit with --against. In GitHub Actions, give actions/checkout `with: { fetch-depth: 0 }`.",
  });
}

/** Where there is nothing to compare: what is here is that commit. */
export async function notesOnSame(
  { folder, commit: { ref, commit } }: { folder: string; commit: Commit },
  context: Context,
): Promise<string[]> {
  const ask = (...args: string[]) => askGit({ args, cwd: folder }, context);
  if (commit !== (await commitOf("HEAD", folder, context))) return [];
  if ((await ask("--no-optional-locks", "status", "--porcelain", "--", ".")) !== "") return [];
  const hasParent = (await commitOf("HEAD~1", folder, context)) !== undefined;
  const cure = hasParent ? ": name an earlier one, as in `--against HEAD~1`" : "";
  return [`${ref} is this very commit, and nothing is uncommitted${cure}`];
}

/** The branch that a pull request goes to; else what the clone says is the default one; else the usual names. */
function defaultBranches({ env }: Context): string[] {
  const base = env["GITHUB_BASE_REF"];
  return [...(base ? [`origin/${base}`] : []), "origin/HEAD", "origin/main", "origin/master", "main", "master"];
}

async function commitOf(ref: string, cwd: string, context: Context): Promise<string | undefined> {
  return askGit({ args: ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], cwd }, context);
}

export interface OldTree {
  /** Holds what the repository's folder did. */
  root: string;
  remove(): Promise<void>;
}

/** What is in no commit, and models may need: packages. */
const unversioned = ["node_modules", ".venv"];

interface CheckOut {
  commit: string;
  /** The folder whose files are wanted. */
  root: string;
  /** The pipeline's, in it. */
  folder: string;
}

/** @returns undefined where the commit has no such folder */
export async function checkOut({ commit, root, folder }: CheckOut, context: Context): Promise<OldTree | undefined> {
  const top = await git({ args: ["rev-parse", "--show-toplevel"], cwd: root }, context);
  const prefix = (await git({ args: ["rev-parse", "--show-prefix"], cwd: root }, context)).replace(/\/$/, "");
  const tree = prefix === "" ? commit : `${commit}:${prefix}`;
  if ((await askGit({ args: ["cat-file", "-e", tree], cwd: top }, context)) === undefined) return undefined;
  const made = await context.effect("plan.checkout", () => mkdtemp(join(context.tmpdir, "nais-etl-plan-")));
  const old = join(made, "old");
  const remove = () => context.effect("plan.remove", () => rm(made, { recursive: true, force: true }));
  try {
    // An index of its own: that of the repository stays as it is.
    const env = { GIT_INDEX_FILE: join(made, "index") };
    await git({ args: ["read-tree", tree], cwd: top, env }, context);
    await git({ args: ["checkout-index", "--all", `--prefix=${old}/`], cwd: top, env }, context);
    await linkUnversioned({ root, folder, old }, context);
    return { root: old, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function linkUnversioned(
  { root, folder, old }: { root: string; folder: string; old: string },
  context: Context,
): Promise<void> {
  const below = relative(root, folder).split(sep).filter(Boolean);
  const folders = [...below.keys(), below.length].map((depth) => below.slice(0, depth).join(sep));
  for (const path of folders.flatMap((each) => unversioned.map((name) => join(each, name)))) {
    const [from, to] = [join(root, path), join(old, path)];
    if (!(await exists(from)) || (await isThere(to))) continue;
    await context.effect("plan.packages", async () => {
      await mkdir(dirname(to), { recursive: true });
      await symlink(from, to);
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
