// `node scripts/report-picture.js`: the picture in docs/report.md, of an example's report. Needs Chromium.
// `--check`, which a test asks, needs none: is the picture of a page that looks as this one does?
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const picture = join(root, "docs/report.png");
const keyword = "nais-etl-page";

const isCheck = process.argv.includes("--check");
const work = mkdtempSync(join(tmpdir(), "nais-etl-picture-"));
try {
  // Earlier runs, so that there is something to compare with.
  const page = makeReport({ runs: isCheck ? 1 : 6 });
  const looks = looksOf(readFileSync(page, "utf8"));
  if (isCheck) check(looks);
  else draw(page, looks);
} finally {
  rmSync(work, { recursive: true });
}

/** @param {{ runs: number }} wanted */
function makeReport({ runs }) {
  const example = join(work, "unemployment");
  cpSync(join(root, "examples/unemployment"), example, {
    recursive: true,
    filter: (path) => !path.endsWith(".nais-etl"),
  });
  for (let i = 0; i < runs; i++) call(process.execPath, [join(root, "bin/nais-etl.js"), "run"], { cwd: example });
  return join(example, ".nais-etl/report.html");
}

/**
 * What the picture shows of the page but for its figures: how it is set, its headings, and its steps by name.
 *
 * @param {string} html
 */
function looksOf(html) {
  const [style = ""] = /<style>[\s\S]*?<\/style>/.exec(html) ?? [];
  const [steps = ""] = /<section[^>]*id="steps"[\s\S]*?<\/section>/.exec(html) ?? [];
  const [top = ""] = html.slice(html.indexOf("<body")).split(steps);
  const words = `${top}${steps}`
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/[\d.,:-]+[\dTZa-f-]*/g, "")
    .split(/\s+/)
    // Models that run at the same time end in either order.
    .toSorted();
  return createHash("sha256").update(style).update(words.join(" ")).digest("hex");
}

/** @param {string} looks */
function check(looks) {
  if (readFileSync(picture).includes(`${keyword}\0${looks}`)) return;
  console.error("docs/report.png is not what a report looks like any more: node scripts/report-picture.js");
  process.exitCode = 1;
}

/**
 * @param {string} page
 * @param {string} looks
 */
function draw(page, looks) {
  call("chromium", [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
    `--user-data-dir=${join(work, "browser")}`,
    "--window-size=1000,780",
    `--screenshot=${picture}`,
    `file://${page}`,
  ]);
  writeFileSync(picture, withText(readFileSync(picture), `${keyword}\0${looks}`));
}

/**
 * A picture with a text in it, behind its header.
 * @see https://www.w3.org/TR/png-3/#11tEXt
 *
 * @param {Buffer} png
 * @param {string} text
 */
function withText(png, text) {
  const header = 8 + 25;
  const content = Buffer.from(`tEXt${text}`, "latin1");
  const chunk = Buffer.alloc(content.length + 8);
  chunk.writeUInt32BE(content.length - 4, 0);
  content.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(content), content.length + 4);
  return Buffer.concat([png.subarray(0, header), chunk, png.subarray(header)]);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
function call(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"], ...options });
  if (status !== 0) throw error ?? new Error(`${program} ended with ${status}`);
}
