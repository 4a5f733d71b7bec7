/** Runs an image as its pod would: on the samples, with nothing that a laptop has and a pod has not. */
import { randomUUID } from "node:crypto";
import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../../util/context.ts";
import { EtlError } from "../../../util/error.ts";
import type { Builder } from "../builders/builder.ts";
import { runProgram, runToEnd } from "../run-program.ts";
import { explainEnd } from "./explain-end.ts";
import { podRunArgs, type PodRun } from "./pod-run.ts";
import type { Trial } from "./trial.ts";

export interface CheckFit {
  builder: Builder;
  image: string;
  trial: Trial;
  context: Context;
}

/** @throws {EtlError} `check` where it does not run as a pod, `failed` where nothing here can run it */
export async function checkFit({ builder, image, trial, context }: CheckFit): Promise<void> {
  const program = await runnerOf(builder, context);
  const folder = await workingFolder({ program, image, context });
  const at = (path: string) => `${folder}/${path}`;
  const writable = trial.writable.map(at);
  const end = await withCopies(trial.samples, context, (copies) =>
    runOnce(
      {
        program,
        image,
        name: `nais-etl-check-${randomUUID().slice(0, 8)}`,
        memory: trial.bytes,
        mounts: copies.map(({ from, to }) => ({ from, to: at(to) })),
        writable,
        env: trial.env,
        command: trial.command,
        hasFewFiles: false,
      },
      context,
    ),
  );
  if (end.exitCode === 0) return;
  const { message, hint } = explainEnd({ ...end, memory: trial.memory, folder, writable });
  throw new EtlError({
    code: "check",
    part: "check",
    message: `${trial.pipeline} does not run in ${image} as its pod would run it: ${message}\n${context.log.scrub(end.output)}`,
    hint,
  });
}

/** User 1069 must be able to read them, however the files here are kept from others. */
async function withCopies(
  samples: Trial["samples"],
  { tmpdir }: Context,
  act: (copies: Trial["samples"]) => Promise<End>,
): Promise<End> {
  const folder = await mkdtemp(join(tmpdir, "nais-etl-check-"));
  try {
    const copies = samples.map(({ from, to }, i) => ({ from, copy: join(folder, String(i)), to }));
    for (const { from, copy } of copies) {
      await copyFile(from, copy);
      await chmod(copy, 0o644);
    }
    return await act(copies.map(({ copy, to }) => ({ from: copy, to })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What buildah builds lies where Podman looks for images. */
async function runnerOf({ name }: Builder, context: Context): Promise<PodRun["program"]> {
  const program = name.startsWith("docker") ? "docker" : "podman";
  try {
    await runProgram(
      { argv: [program, "--version"], cwd: context.cwd, isQuery: true, what: "looking for it" },
      context,
    );
    return program;
  } catch (cause) {
    context.signal.throwIfAborted();
    if (!(cause instanceof EtlError)) throw cause;
    throw new EtlError({
      code: "failed",
      part: "check",
      message: `${program} is not here, and nothing else can run what ${name} built`,
      hint: "Install it, or build with `--builder docker`; without --check the image is built and not tried.",
      cause,
    });
  }
}

interface Inspected {
  Architecture: string;
  Config: { WorkingDir?: string };
}

async function workingFolder({
  program,
  image,
  context,
}: Pick<PodRun, "program" | "image"> & { context: Context }): Promise<string> {
  const argv = [program, "image", "inspect", image];
  const text = await runProgram({ argv, cwd: context.cwd, isQuery: true, what: `looking at ${image}` }, context);
  const [{ Architecture: architecture, Config: config }] = JSON.parse(text) as [Inspected];
  if (architecture === "amd64") return config.WorkingDir?.replace(/\/$/, "") ?? "";
  throw new EtlError({
    code: "check",
    part: "check",
    message: `${image} is built for ${architecture}, and the clusters run amd64`,
    hint: "Build it with `--platform linux/amd64`, which is what `nais-etl build` does by itself.",
  });
}

interface End {
  exitCode: number;
  isOutOfMemory: boolean;
  output: string;
}

/** Containers are given limits that not every machine can give, such as one that is a container itself. */
async function runOnce(run: PodRun, context: Context): Promise<End> {
  const first = await runAndRemove(run, context);
  const isLimited = first.exitCode === 126 && /setting rlimit/.test(first.output);
  const end = isLimited ? await runAndRemove({ ...run, hasFewFiles: true }, context) : first;
  const isOfImage = /exec: "|executable file|exec format error/i.test(end.output);
  const isOfProgram = end.exitCode === 125 || (end.exitCode === 126 && /OCI|runc|crun/.test(end.output));
  if (!isOfProgram || isOfImage) return end;
  throw new EtlError({
    code: "failed",
    part: run.program,
    message: `${run.program} cannot run images here:\n${context.log.scrub(end.output)}`,
    hint: "Without --check the image is built and not tried.",
  });
}

async function runAndRemove(run: PodRun, context: Context): Promise<End> {
  const call = { cwd: context.cwd, isQuery: true };
  try {
    const { exitCode, said } = await context.effect("image.check", () =>
      runToEnd({ ...call, argv: podRunArgs(run), what: "running the image" }, context),
    );
    return { exitCode: exitCode ?? 137, isOutOfMemory: await wasOutOfMemory(run, context), output: said };
  } finally {
    // Also where this run was stopped: what ends then is the program that started the container, not the container.
    const unstopped = { ...context, signal: AbortSignal.timeout(30_000) };
    const argv = [run.program, "rm", "--force", run.name];
    await runToEnd({ ...call, argv, what: "removing the container" }, unstopped).catch(() => undefined);
  }
}

async function wasOutOfMemory({ program, name }: PodRun, context: Context): Promise<boolean> {
  const argv = [program, "container", "inspect", "--format", "{{.State.OOMKilled}}", name];
  const { stdout } = await runToEnd(
    { argv, cwd: context.cwd, isQuery: true, what: "looking at the container" },
    context,
  );
  return stdout.trim() === "true";
}
