import { chmod } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildah, podman } from "../../../src/ship/image/builders/buildah.ts";
import type { Builder } from "../../../src/ship/image/builders/builder.ts";
import { docker, dockerBuildx } from "../../../src/ship/image/builders/docker.ts";
import { localImages } from "../../../src/ship/image/local-images.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

// As each prints it; that buildah still does is for test/e2e/image.test.ts to show.

let folder: Folder;
beforeEach(async () => (folder = await makeFolder()));
afterEach(() => folder.remove());

const id = (digit: string) => digit.repeat(64);
const outputs: [Builder, string][] = [
  [
    docker,
    [
      {
        Repository: "x.no/t/orders",
        Tag: "2",
        ID: `sha256:${id("2")}`,
        CreatedAt: "2026-11-05 07:30:00 +0100 CET",
        Size: "113kB",
      },
      {
        Repository: "x.no/t/orders",
        Tag: "1",
        ID: `sha256:${id("1")}`,
        CreatedAt: "2026-11-04 06:30:00 +0000 UTC",
        Size: "431MB",
      },
      {
        Repository: "<none>",
        Tag: "<none>",
        ID: `sha256:${id("3")}`,
        CreatedAt: "2026-11-04 06:30:00 +0000 UTC",
        Size: "1GB",
      },
      {
        Repository: "x.no/t/other",
        Tag: "1",
        ID: `sha256:${id("4")}`,
        CreatedAt: "2026-11-06 06:30:00 +0000 UTC",
        Size: "0B",
      },
    ]
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(""),
  ],
  [
    buildah,
    JSON.stringify([
      { id: "1".repeat(12), names: ["x.no/t/orders:1"], createdatraw: "2026-11-04T06:30:00Z", size: "431 MB" },
      {
        id: "2".repeat(12),
        names: ["x.no/t/other:1", "x.no/t/orders:2"],
        createdatraw: "2026-11-05T06:30:00Z",
        size: "113 KB",
      },
      { id: "3".repeat(12), names: null, createdatraw: "2026-11-05T06:30:00Z", size: "1 GB" },
    ]),
  ],
  [
    podman,
    JSON.stringify([
      { Id: id("1"), Names: ["x.no/t/orders:1"], CreatedAt: "2026-11-04T06:30:00Z", Size: 431_000_000 },
      { Id: id("2"), Names: ["x.no/t/orders:2"], CreatedAt: "2026-11-05T06:30:00Z", Size: 113_000 },
      { Id: id("3"), CreatedAt: "2026-11-05T06:30:00Z", Size: 1 },
    ]),
  ],
];

/** A program of the builder's name that prints a text. */
async function imagesOf(builder: Builder, text: string) {
  const [program = ""] = builder.list;
  await folder.write("answer", text);
  await folder.write(`bin/${program}`, `#!/bin/sh\necho "$@" >> "${folder.path}/asked"\ncat "${folder.path}/answer"\n`);
  await chmod(`${folder.path}/bin/${program}`, 0o755);
  const env = { PATH: `${folder.path}/bin:${process.env["PATH"]}` };
  return localImages(builder, (name) => name.startsWith("x.no/t/orders:"), { ...folder.context, env });
}

describe("the images that a builder has", () => {
  test.each(outputs.map(([builder, text]) => ({ name: builder.name, builder, text })))(
    "by $name: the newest first, with id, time and size",
    async ({ builder, text }) => {
      expect(await imagesOf(builder, text)).toEqual([
        { name: "x.no/t/orders:2", id: "222222222222", created: "2026-11-05T06:30:00.000Z", bytes: 113_000 },
        { name: "x.no/t/orders:1", id: "111111111111", created: "2026-11-04T06:30:00.000Z", bytes: 431_000_000 },
      ]);
    },
  );

  test.each([docker, buildah, podman])("by $name are none where it has none", async (builder) => {
    expect(await imagesOf(builder, builder === docker ? "" : "[]\n")).toEqual([]);
  });

  test("are asked for as JSON", () => {
    expect(docker.list).toEqual(["docker", "image", "ls", "--no-trunc", "--format", "{{json .}}"]);
    expect(dockerBuildx.list).toEqual(docker.list);
    expect(buildah.list).toEqual(["buildah", "images", "--json"]);
    expect(podman.list).toEqual(["podman", "images", "--format", "json"]);
  });
});
