/** An image of nothing, to build on: what a pipeline's image is made of is tried elsewhere. */
import { spawnSync } from "node:child_process";
import { installPackages } from "./debian.ts";

export const builderEnv = { BUILDAH_ISOLATION: "chroot", STORAGE_DRIVER: "vfs" };
export const emptyBase = "localhost/nais-etl-test-empty-base:1";

/**
 * @param others packages that are needed besides, each with a program of its name
 * @returns why this machine makes none
 */
export function makeEmptyBase(...others: string[]): string | undefined {
  if (process.getuid?.() !== 0) return "only root can build images here without a user namespace";
  const packages = ["buildah", "docker-registry", ...others];
  return installPackages(packages, [...packages, "runc"]) ?? make();
}

function make(): string | undefined {
  const made = buildah("from", "scratch");
  const name = made.stdout.trim();
  const calls = [
    made,
    buildah("config", "--user", "1069", name),
    buildah("commit", "--quiet", name, emptyBase),
    buildah("rm", name),
  ];
  const failed = calls.find(({ status }) => status !== 0);
  return failed && `buildah does not work here: ${failed.stderr.trim().split("\n").at(-1)}`;
}

function buildah(...args: string[]) {
  return spawnSync("buildah", args, { env: { ...process.env, ...builderEnv }, encoding: "utf8" });
}
