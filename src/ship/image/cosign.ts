/** cosign's command lines, and whether it is here: https://docs.sigstore.dev/cosign */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { runProgram } from "./run-program.ts";

/** With a key, or as the workflow that runs, which a public log then names. */
export type Signer = { key: string } | "keyless";

export interface CosignCall {
  signer: Signer;
  /** `name@sha256:…`: a tag may name another image tomorrow. */
  image: string;
  /** A file with the addresses of the services to use: with a key, none. */
  services: string;
}

export function signArgv(call: CosignCall): string[] {
  return ["cosign", "sign", ...shared(call), call.image];
}

/** @param sbom file of a list in CycloneDX */
export function attestArgv(call: CosignCall, sbom: string): string[] {
  return ["cosign", "attest", ...shared(call), "--type", "cyclonedx", "--predicate", sbom, call.image];
}

function shared({ signer, services }: CosignCall): string[] {
  return signer === "keyless" ? ["--yes"] : ["--yes", "--key", signer.key, "--signing-config", services];
}

/** No log, no authority, no clock of others: who signs with a key tells nobody. */
export const noServices = { mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" };

const oldest = 3;

/** @throws {EtlError} `failed` where it is not here, or too old */
export async function findCosign(context: Context): Promise<void> {
  const argv = ["cosign", "version", "--json"];
  const text = await runProgram({ argv, cwd: context.cwd, what: "looking for cosign" }, context).catch(() => {
    context.signal.throwIfAborted();
    throw missing("there is no cosign here, which signs images");
  });
  const [, version, major] = /"gitVersion":\s*"v?((\d+)[^"]*)"/.exec(text) ?? [];
  if (major !== undefined && Number(major) < oldest)
    throw missing(`cosign is here in version ${version}, and ${oldest} or newer is needed`);
}

function missing(message: string): EtlError {
  return new EtlError({
    code: "failed",
    part: "cosign",
    message,
    hint: "In a workflow: a step with sigstore/cosign-installer before. Elsewhere: https://docs.sigstore.dev/cosign/system_config/installation. Or leave `--sign` out.",
  });
}
