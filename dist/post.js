import { t as cleanUp } from "./chunks/clean-up.js";
import { tmpdir } from "node:os";
// src/action/post.ts
/** The step's end, which GitHub starts after the job's other steps, whether they passed, failed or were cancelled. */
const { env } = process;
await cleanUp({
	temp: env["RUNNER_TEMP"] || tmpdir(),
	env
});
export {};
