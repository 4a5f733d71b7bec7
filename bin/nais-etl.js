#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one gets a sentence and not a stack.
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`nais-etl needs Node 22.18 or newer; this is Node ${process.versions.node} (${process.execPath}).`);
  process.exitCode = 2;
} else {
  // Start-up is mostly compiling. Where there is no folder to keep compiled code in, Node goes on without.
  nodeModule.enableCompileCache();
  // The package has lib/ only; the repository has src/, and perhaps a lib/ that has grown old.
  const source = new URL("../src/cli/main.ts", import.meta.url);
  const compiled = new URL("../lib/cli/main.js", import.meta.url);
  await import((existsSync(source) ? source : compiled).href);
}
