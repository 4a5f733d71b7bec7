// Writes schema/pipeline.schema.json, which editors complete and check pipeline.yaml with, from the schemas in src/spec.
// A test holds that the committed file is what this makes.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatJsonSchema, pipelineJsonSchema } from "../src/spec/json-schema.ts";

const folder = new URL("../schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("pipeline.schema.json", folder), formatJsonSchema(pipelineJsonSchema()));
console.log(`wrote ${fileURLToPath(folder)}pipeline.schema.json`);
