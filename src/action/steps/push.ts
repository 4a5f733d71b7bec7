/** The image that was made here, in the registry, with the digest that the registry has for it. */
import { consoleOf, logoutOf, nameOf, pushMade } from "../../commands/build.ts";
import { noteLogin } from "../clean-up.ts";
import { carryOut } from "../carry-out.ts";
import type { StepOutcome, Work } from "../step.ts";

export async function push(work: Work): Promise<StepOutcome> {
  const made = work.made.image!;
  return carryOut(
    {
      effect: noteLogin(logoutOf(made)),
      async act(context) {
        const { digest, bytes } = await pushMade(made, context);
        const [name, url] = [nameOf(made, digest), consoleOf(made, digest, context)];
        work.made.imageName = name;
        const image = { name, digest, ...(bytes !== undefined && { bytes }), ...(url !== undefined && { url }) };
        context.log.info(`pushed ${name}`);
        return { sentence: `${nameOf(made, undefined)} is ${digest.slice(0, 19)}…`, image };
      },
    },
    work,
  );
}
