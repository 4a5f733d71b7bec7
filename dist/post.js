import { t as cleanUp } from "./chunks/clean-up.js";
// src/action/post.ts
/** The step's end, which GitHub starts after the job's other steps, whether they passed, failed or were cancelled. */
await cleanUp();
export {};
