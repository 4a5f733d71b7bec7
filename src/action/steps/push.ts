/** The image that was made here, in the registry, with the digest that the registry has for it. */
import { resolve } from "node:path";
import { consoleOf, nameOf, pushAndSign } from "../../commands/build.ts";
import { noteLogin } from "../clean-up.ts";
import { carryOut } from "../carry-out.ts";
import type { BuildInputs } from "../inputs.ts";
import { pathFrom } from "../places.ts";
import type { StepOutcome, Work } from "../step.ts";

export async function push(work: Work): Promise<StepOutcome> {
  const made = work.made.image!;
  const { build } = work.inputs;
  return carryOut(
    {
      effect: noteLogin({ builder: made.builder.name, registry: made.names[0]!.registry }),
      async act(context) {
        const { digest, bytes, sbom } = await pushAndSign(made, { sbom: build.sbom, sign: signOf(build) }, context);
        const [name, url] = [nameOf(made, digest), consoleOf(made, digest, context)];
        work.made.imageName = name;
        const image = {
          name,
          digest,
          ...(bytes !== undefined && { bytes }),
          ...(url !== undefined && { url }),
          ...(sbom !== undefined && { sbom: pathFrom(work.runner.workspace, resolve(context.cwd, sbom)) }),
        };
        context.log.info(`pushed ${name}`);
        return { sentence: `${nameOf(made, undefined)} is ${digest.slice(0, 19)}…`, image };
      },
    },
    work,
  );
}

function signOf({ sign }: BuildInputs): string | true | undefined {
  return sign === "key" ? true : sign;
}
