/** The package's public face: what a team's own tools and tests may import. */
export { loadPipeline, type LoadedPipeline, type LoadOptions } from "./spec/load.ts";
export { findPipeline, type FindOptions } from "./spec/find.ts";
export type { Pipeline } from "./spec/pipeline.ts";
export type { RunRecord } from "./etl/record/run-record.ts";
export type { Context } from "./util/context.ts";
export { EtlError, type Problem, type Where } from "./util/error.ts";
