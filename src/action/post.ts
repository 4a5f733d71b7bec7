/** The step's end, which GitHub starts after the job's other steps, whether they passed, failed or were cancelled. */
import { cleanUp } from "./clean-up.ts";

await cleanUp();
