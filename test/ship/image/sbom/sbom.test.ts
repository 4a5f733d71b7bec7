import { gzipSync, zstdCompressSync } from "node:zlib";
import { writeFile } from "node:fs/promises";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildah } from "../../../../src/ship/image/builders/buildah.ts";
import type { Builder } from "../../../../src/ship/image/builders/builder.ts";
import { parseReference } from "../../../../src/ship/image/reference.ts";
import { writeSbom } from "../../../../src/ship/image/sbom/write-sbom.ts";
import { makeFolder, problemsOf, type Folder } from "../../../support/folder.ts";
import { makeTar, type TarContent } from "../../../support/tar.ts";

let folder: Folder;
beforeEach(async () => (folder = await makeFolder()));
afterEach(() => folder.remove());

const json = (value: unknown) => JSON.stringify(value);
const digest = `sha256:${"0a".repeat(32)}`;

interface Image {
  layers: (TarContent | Uint8Array)[];
  env?: string[];
  /** How the archive lays out its parts. */
  archive?: (parts: TarContent) => TarContent;
}

/** A builder whose every image is this one. */
async function builderOf({ layers, env, archive = (parts) => parts }: Image): Promise<Builder> {
  const packed = layers.map((layer) => (layer instanceof Uint8Array ? layer : makeTar(layer)));
  const names = packed.map((_, i) => `layer-${i}.tar`);
  const parts: TarContent = {
    ...Object.fromEntries(packed.map((layer, i) => [names[i]!, layer])),
    "config.json": json({ config: { Env: env } }),
    "manifest.json": json([{ Config: "config.json", RepoTags: [], Layers: names }]),
  };
  await writeFile(`${folder.path}/image.tar`, makeTar(archive(parts)));
  return { ...buildah, save: (_, file) => ["cp", `${folder.path}/image.tar`, file] };
}

async function bomOf(image: Image, reference = `ghcr.io/o/orders:1@${digest}`) {
  const file = `${folder.path}/sbom.cdx.json`;
  const builder = await builderOf(image);
  const bom = await writeSbom({ builder, image: parseReference(reference), file, context: folder.context });
  const text = await folder.read("sbom.cdx.json");
  expect(JSON.parse(text)).toEqual(bom);
  return { bom, text, purls: bom.components.map(({ purl }) => purl) };
}

const packageJson = (name: string, version: string, more: object = {}) => json({ name, version, ...more });
const duck = "opt/nais-etl/node_modules/@duckdb/node-api";
const tarballHash = `sha512-${Buffer.from("ab".repeat(64), "hex").toString("base64")}`;
const runtime: TarContent = {
  "usr/lib/os-release": 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n',
  "etc/os-release": { symlink: "../usr/lib/os-release" },
  "var/lib/dpkg/status":
    "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.41-12+deb13u1\nDescription: x\n Package: no\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n",
  "opt/nais-etl/package.json": packageJson("nais-etl", "0.1.0", { license: "MIT" }),
  "opt/nais-etl/node_modules/.package-lock.json": json({
    packages: { "node_modules/@duckdb/node-api": { version: "1.5.5", integrity: tarballHash } },
  }),
  [`${duck}/package.json`]: packageJson("@duckdb/node-api", "1.5.5", { license: "MIT" }),
  [`${duck}/lib/package.json`]: json({ type: "commonjs" }),
  "opt/nais-etl/node_modules/zod/package.json": packageJson("zod", "4.6.7", { license: "MIT" }),
  "opt/python/lib/python3.13/site-packages/pandas-3.0.dist-info/METADATA":
    "Metadata-Version: 2.4\nName: Pandas_Plus.x\nVersion: 3.0.0\nLicense-Expression: BSD-3-Clause AND MIT\n\nName: not-this\n",
};

describe("a list of what an image holds", () => {
  test("is valid by CycloneDX's own schema, and names the image by its digest", async () => {
    const { bom, text } = await bomOf({ layers: [runtime], env: ["NODE_VERSION=24.21.0", "PATH=/a=b"] });
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    expect(bom.metadata.component).toEqual({
      type: "container",
      "bom-ref": `pkg:oci/orders@sha256:${"0a".repeat(32)}?repository_url=ghcr.io%2Fo%2Forders&tag=1`,
      name: "ghcr.io/o/orders",
      version: digest,
      hashes: [{ alg: "SHA-256", content: "0a".repeat(32) }],
      purl: `pkg:oci/orders@sha256:${"0a".repeat(32)}?repository_url=ghcr.io%2Fo%2Forders&tag=1`,
    });
  });

  test("has packages of npm, pip and the system, each with its place, licence and hash", async () => {
    const { bom, purls } = await bomOf({ layers: [runtime], env: ["NODE_VERSION=24.21.0"] });
    expect(purls).toEqual([
      "pkg:deb/debian/libc6@2.41-12%2Bdeb13u1?arch=amd64&distro=debian-13",
      "pkg:generic/node@24.21.0",
      "pkg:npm/%40duckdb/node-api@1.5.5",
      "pkg:npm/nais-etl@0.1.0",
      "pkg:npm/zod@4.6.7",
      "pkg:pypi/pandas-plus-x@3.0.0",
    ]);
    expect(bom.components[2]).toEqual({
      type: "library",
      "bom-ref": "pkg:npm/%40duckdb/node-api@1.5.5",
      group: "@duckdb",
      name: "node-api",
      version: "1.5.5",
      hashes: [{ alg: "SHA-512", content: "ab".repeat(64) }],
      licenses: [{ license: { id: "MIT" } }],
      purl: "pkg:npm/%40duckdb/node-api@1.5.5",
      evidence: { occurrences: [{ location: `/${duck}` }] },
    });
    expect(bom.components[5]!.licenses).toEqual([{ expression: "BSD-3-Clause AND MIT" }]);
  });

  test("is the same for the same image, and another for another", async () => {
    const [first, second] = [await bomOf({ layers: [runtime] }), await bomOf({ layers: [runtime] })];
    expect(second.text).toBe(first.text);
    const other = await bomOf({ layers: [runtime] }, `ghcr.io/o/orders:1@sha256:${"0b".repeat(32)}`);
    expect(other.bom.serialNumber).not.toBe(first.bom.serialNumber);
  });

  test("of an image that was not pushed has its tag, and no digest that nobody knows", async () => {
    const { bom, text } = await bomOf({ layers: [runtime] }, "localhost/orders:1");
    expect(bom.metadata.component).toMatchObject({ name: "localhost/orders", version: "1" });
    expect(text).not.toContain("sha256:");
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  });
});

/** The manifest first, and its one layer behind a link. */
const linked = (parts: TarContent) => ({
  "manifest.json": json([{ Config: "config.json", Layers: ["x/layer.tar"] }]),
  "x/layer.tar": { symlink: "../layer-0.tar" },
  "config.json": parts["config.json"]!,
  "layer-0.tar": parts["layer-0.tar"]!,
});

describe("layers", () => {
  const zod = "opt/nais-etl/node_modules/zod/package.json";
  const own = "pipeline/node_modules/zod/package.json";

  test("lie one upon the other: what one replaces or removes is not there", async () => {
    const second: TarContent = { [zod]: packageJson("zod", "5.0.0"), "opt/python/.wh.lib": "" };
    const third: TarContent = { [`${duck}/.wh..wh..opq`]: "", [own]: packageJson("zod", "5.0.0") };
    const { bom, purls } = await bomOf({ layers: [runtime, second, third] });
    expect(purls.filter((purl) => !purl!.startsWith("pkg:deb"))).toEqual([
      "pkg:npm/nais-etl@0.1.0",
      "pkg:npm/zod@5.0.0",
    ]);
    expect(bom.components.at(-1)!.evidence!.occurrences).toEqual([
      { location: "/opt/nais-etl/node_modules/zod" },
      { location: "/pipeline/node_modules/zod" },
    ]);
  });

  test("are read as their registry has them: packed by gzip or zstd, or not", async () => {
    const packed = [gzipSync(makeTar(runtime)), zstdCompressSync(makeTar({ [own]: packageJson("zod", "1.0.0") }))];
    const { purls } = await bomOf({ layers: packed });
    expect(purls).toContain("pkg:npm/zod@1.0.0");
    expect(purls).toContain("pkg:npm/zod@4.6.7");
  });

  test("are found behind links, under long names and in any order", async () => {
    const deep = `a/${"very-long-name/".repeat(12)}node_modules/æøå/package.json`;
    const layer = { [deep]: packageJson("long", "1.0.0"), "b/node_modules/same/package.json": { link: deep } };
    const { bom } = await bomOf({ layers: [layer], archive: linked });
    expect(bom.components[0]!.evidence!.occurrences.map(({ location }) => location)).toEqual([
      `/${deep.replace("/package.json", "")}`,
      "/b/node_modules/same",
    ]);
  });

  test("that end too early are an error with the image's name", async () => {
    const layer = makeTar(runtime);
    const problems = await problemsOf(() => bomOf({ layers: [layer.subarray(0, layer.length - 1100)] }));
    expect(problems).toMatchObject([
      { message: expect.stringMatching(/ghcr\.io\/o\/orders:1.*the archive ends too early/) },
    ]);
  });
});

test.each([
  [{ license: "MIT" }, { license: { id: "MIT" } }],
  [{ license: "mit" }, { license: { id: "MIT" } }],
  [{ license: "(MIT OR Apache-2.0)" }, { expression: "(MIT OR Apache-2.0)" }],
  [{ license: { type: "ISC", url: "x" } }, { license: { id: "ISC" } }],
  [{ licenses: [{ type: "MIT" }, { type: "ISC" }] }, { expression: "(MIT OR ISC)" }],
  [{ license: "SEE LICENSE IN LICENSE" }, { license: { name: "SEE LICENSE IN LICENSE" } }],
  [{ license: "Apache 2.0" }, { license: { id: "Apache-2.0" } }],
  [{ license: "MIT OR Own-1.0" }, { license: { name: "MIT OR Own-1.0" } }],
])("the licence of %j", async (more, expected) => {
  const { bom, text } = await bomOf({ layers: [{ "a/node_modules/b/package.json": packageJson("b", "1.0.0", more) }] });
  expect(bom.components[0]!.licenses).toEqual([expected]);
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
});

test.each([
  ["License-Expression: MIT", { license: { id: "MIT" } }],
  ["License: BSD 3-Clause License\n    All rights reserved", { license: { id: "BSD-3-Clause" } }],
  [
    "License: Copyright (c) 2025 Somebody\nClassifier: Development Status :: 4 - Beta\nClassifier: License :: OSI Approved :: MIT License",
    { license: { id: "MIT" } },
  ],
  ["License: UNKNOWN\nClassifier: License :: OSI Approved :: BSD License", { license: { name: "BSD License" } }],
])("the licence of a package of Python with %j", async (lines, expected) => {
  const text = `Metadata-Version: 2.4\nName: a\nVersion: 1\n${lines}\n`;
  const { bom } = await bomOf({ layers: [{ "lib/site-packages/a-1.dist-info/METADATA": text }] });
  expect(bom.components[0]!.licenses).toEqual([expected]);
});

test("a list that is none by the schema is found by it", async () => {
  const text = json({ bomFormat: "CycloneDX", specVersion: "1.6", components: [{ type: "library" }] });
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).not.toBeNull();
});
