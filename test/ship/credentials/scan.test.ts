import { afterEach, describe, expect, test } from "vitest";
import { scanFolder } from "../../../src/ship/credentials/scan-folder.ts";
import { scanText } from "../../../src/ship/credentials/scan-text.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { fileURLToPath } from "node:url";
import { credentialKinds } from "../../../src/ship/credentials/kinds.ts";
import { harmless, planted } from "./planted.ts";

let folder: Folder | undefined;
afterEach(async () => {
  await folder?.remove();
  folder = undefined;
});

const scan = (root: string, isWanted: (path: string) => boolean = () => true) =>
  scanFolder({ folder: root, show: (path) => path, isWanted, signal: new AbortController().signal });

describe("a credential", () => {
  test.each(planted)("%s is found, and not shown", (kind, line) => {
    const problems = scanText(`# a\n${line}\n`, "a.txt");
    expect(problems).toMatchObject([
      { severity: "error", message: `this looks like a ${kind}`, where: { file: "a.txt", line: 2 } },
    ]);
    const shown = JSON.stringify(problems);
    for (const word of line.match(/[\w~]{20,}/g) ?? []) expect(shown).not.toContain(word);
  });

  test("of every kind there is one in these tests", () => {
    expect(new Set(planted.map(([kind]) => kind))).toEqual(new Set(credentialKinds.map(({ name }) => name)));
  });

  test("that somebody has looked at is left alone, with the reason on its line", () => {
    const line = planted.at(-1)![1];
    expect(scanText(`${line} # nais-etl-ignore credential: of the test database`, "a")).toEqual([]);
    expect(scanText(`${line} # nais-etl-ignore credential`, "a")).toHaveLength(1);
  });
});

test.each(harmless)("%s is none", (line) => {
  expect(scanText(line, "a")).toEqual([]);
});

describe("a folder", () => {
  const line = planted[0]![1];

  test("is looked through, but for what is no one's own text and what is not wanted", async () => {
    folder = await makeFolder({
      "a.py": line,
      "deep/er/b.txt": `x\n${line}`,
      "node_modules/c.js": line,
      ".git/d": line,
      "left/out.txt": line,
      binary: `\0${line}`,
    });
    const found = await scan(folder.path, (path) => !path.startsWith("left/"));
    expect(found.map(({ where }) => where)).toEqual([
      { file: "a.py", line: 1, column: 1 },
      { file: "deep/er/b.txt", line: 2, column: 1 },
    ]);
  });

  test("this repository and its examples hold none", async () => {
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    // Of what is built here nothing is ours; and tests of secrets hold made-up ones, which is what is looked for.
    const passedOver =
      /^(lib|coverage)\/|^test\/(secrets\/.*|action\/end|etl\/notify\/push-metrics|spec\/secret-problems|ship\/image\/(registry|sign-image)|e2e\/(image|sign|action|docker)|util\/(log|mask))\.test\.ts$|^test\/e2e\/support\/registry\.ts$/;
    expect(await scan(root, (path) => !passedOver.test(path))).toEqual([]);
  });
});
