// Writes naisjob-templates/README.md from the presets in that folder. A test holds that it is what this makes.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { presetDocs } from "../src/ship/manifest/preset-docs.ts";

const folder = new URL("../naisjob-templates/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const presets = files.toSorted().map((file) => ({ file, text: readFileSync(new URL(file, folder), "utf8") }));
writeFileSync(new URL("README.md", folder), presetDocs(presets));
console.log("wrote naisjob-templates/README.md");
