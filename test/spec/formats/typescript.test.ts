import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { typescriptInterface } from "../../../src/spec/formats/typescript.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

test("every type has its place", async () => {
  await expect(`${typescriptInterface(tableOf(everyType))}\n`).toMatchFileSnapshot("../../golden/formats/row.ts.txt");
});

describe("the compiler", () => {
  const tsc = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nais-etl-typescript-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const compile = (name: string, use: string) => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, `${typescriptInterface(tableOf(everyType))}\n${use}\n`);
    try {
      return execFileSync(tsc, ["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", "--types", "", file], {
        encoding: "utf8",
      });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };

  test("takes it, and knows what may be null", () => {
    expect(
      compile(
        "good",
        "export const use = (row: Everything): string => row.text + (row['sanger øl']?.[0]?.tittel ?? '');",
      ),
    ).toBe("");
    expect(compile("bad", "export const use = (row: Everything): string => row.wall;")).toContain(
      "Type 'null' is not assignable to type 'string'",
    );
  });
});

describe("names and comments", () => {
  test("the interface's name is in camel case, and begins with a letter", () => {
    expect(
      typescriptInterface(tableOf("name: a\nmodels: { apps_per_env: { columns: { x: DATE } } }", "apps_per_env")),
    ).toMatch(/^export interface AppsPerEnv /);
    expect(typescriptInterface(tableOf("name: a\nmodels: { _2022: { columns: { x: DATE } } }", "_2022"))).toMatch(
      /^export interface _2022 /,
    );
    expect(typescriptInterface(tableOf("name: a\nmodels: { årstall: { columns: { x: DATE } } }", "årstall"))).toMatch(
      /^export interface Årstall /,
    );
  });

  test("a description cannot end its comment", () => {
    expect(typescriptInterface(tableWith('x: { type: DATE, description: "a */ b\\nc" }'))).toContain(
      "  /**\n   * a *\\/ b\n   * c\n   */\n  x:",
    );
  });
});
