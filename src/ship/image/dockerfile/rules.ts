/** The list of rules for Dockerfiles. */
import type { DockerfileRule } from "./rule.ts";
import { baseDigest, baseEndOfLife, baseMusl, baseTag, platform } from "./rules/base.ts";
import { entrypointShell, envUnset } from "./rules/command.ts";
import { lockFile } from "./rules/install.ts";
import { localRun } from "./rules/local-run.ts";
import { otherProgram } from "./rules/pipeline.ts";
import { secretCopied, secretInImage } from "./rules/secret.ts";
import { airflowUser, rootUser, userName } from "./rules/user.ts";

export const dockerfileRules: readonly DockerfileRule[] = [
  airflowUser,
  baseDigest,
  baseEndOfLife,
  baseMusl,
  baseTag,
  entrypointShell,
  envUnset,
  localRun,
  lockFile,
  otherProgram,
  platform,
  rootUser,
  secretCopied,
  secretInImage,
  userName,
];
