/** The step's end, which GitHub starts after the job's other steps, whether they passed, failed or were cancelled. */
import { tmpdir } from "node:os";
import { cleanUp } from "./clean-up.ts";

const { env } = process;
await cleanUp({ temp: env["RUNNER_TEMP"] || tmpdir(), env });
