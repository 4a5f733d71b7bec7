/** `nais-etl build`: the image, made here. */
import { buildHere, nameOf } from "../../commands/build.ts";
import { carryOut } from "../carry-out.ts";
import type { Inputs } from "../inputs.ts";
import type { StepOutcome, Work } from "../step.ts";

export async function build(work: Work): Promise<StepOutcome> {
  return carryOut(
    {
      async act(context) {
        const made = await buildHere({ ...optionsOf(work.inputs), push: work.steps.includes("push") }, context);
        work.made.image = made;
        return { sentence: nameOf(made, undefined) };
      },
    },
    work,
  );
}

function optionsOf({ pipeline, team, image, build }: Inputs) {
  const { registry, address, tags, suffix } = image;
  return { pipeline, team, ...build, registry, image: address, tags, suffix };
}
