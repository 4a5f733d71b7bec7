/** What an image holds, looked up in the image itself and written to a file. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../../util/context.ts";
import { EtlError, messageOf } from "../../../util/error.ts";
import { version } from "../../../util/version.ts";
import type { Builder } from "../builders/builder.ts";
import { formatReference, type Reference } from "../reference.ts";
import { runProgram } from "../run-program.ts";
import { makeBom, type CycloneDx } from "./cyclonedx.ts";
import { readImageFiles, type ImageFiles } from "./image-files.ts";
import { isNpmFile, npmPackages } from "./npm.ts";
import { isPythonFile, pythonPackages } from "./python.ts";
import { isSystemFile, systemPackages } from "./system.ts";

export interface WriteSbom {
  builder: Builder;
  /** With its digest, where it was pushed. */
  image: Reference;
  /** Absolute. */
  file: string;
  context: Context;
}

/** @throws {EtlError} `failed` where the builder does not hand the image out */
export async function writeSbom({ builder, image, file, context }: WriteSbom): Promise<CycloneDx> {
  const found = await imageFiles({ builder, image, context });
  const packages = [...npmPackages(found), ...pythonPackages(found), ...systemPackages(found)];
  const bom = makeBom({ image, packages, version: version() });
  await context.effect("image.sbom", () => writeFile(file, `${JSON.stringify(bom, undefined, 2)}\n`));
  return bom;
}

const isWanted = (path: string) => isNpmFile(path) || isPythonFile(path) || isSystemFile(path);

async function imageFiles({ builder, image, context }: Omit<WriteSbom, "file">): Promise<ImageFiles> {
  const folder = await mkdtemp(join(context.tmpdir, "nais-etl-image-"));
  const archive = join(folder, "image.tar");
  const name = formatReference({ ...image, digest: undefined });
  try {
    const argv = builder.save(name, archive);
    await runProgram({ argv, cwd: context.cwd, env: builder.env, what: `reading ${name}` }, context);
    return await readImageFiles({ archive, isWanted, signal: context.signal });
  } catch (cause) {
    context.signal.throwIfAborted();
    if (cause instanceof EtlError) throw cause;
    const message = `what ${builder.name} wrote of ${name} cannot be read: ${messageOf(cause)}`;
    throw new EtlError({ code: "failed", part: "sbom", message, cause });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
