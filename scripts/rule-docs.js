// Writes docs/rules/: a page for each rule of src/ship/manifest/rules/, and the list of them.
// A test holds that the committed pages are what this makes.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ruleDocs } from "../src/ship/rule-docs.ts";

const folder = new URL("../docs/rules/", import.meta.url);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of ruleDocs()) writeFileSync(new URL(name, folder), text);
console.log(`wrote ${fileURLToPath(folder)}`);
