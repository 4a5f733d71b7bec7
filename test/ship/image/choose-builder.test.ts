import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { chooseBuilder } from "../../../src/ship/image/choose-builder.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

/** A machine on which these programs are, each a script for a shell. */
async function machine(programs: Record<string, string>) {
  const files = Object.entries(programs).map(([name, body]) => [`bin/${name}`, `#!/bin/sh\n${body}\n`]);
  folder = await makeFolder(Object.fromEntries(files));
  for (const name of Object.keys(programs)) await chmod(join(folder.path, "bin", name), 0o755);
  return { ...folder.context, env: { PATH: join(folder.path, "bin") } };
}

const works = "exit 0";
const noDaemon = '[ "$1" != version ]';
const noBuildx = '[ "$1" = version ] || { [ "$1" = build ] && [ "$DOCKER_BUILDKIT" != 1 ]; }';

test.each([
  [{ docker: works, buildah: works }, "docker buildx"],
  [{ docker: '[ "$1" != buildx ]', buildah: works }, "docker"],
  [{ docker: noDaemon, buildah: works, podman: works }, "buildah"],
  [{ docker: noBuildx, podman: works }, "podman"],
])("of %j it is %s", async (programs, expected) => {
  expect((await chooseBuilder(undefined, await machine(programs))).name).toBe(expected);
});

test("where none answers, that is said", async () => {
  const context = await machine({ docker: noDaemon });
  await expect(chooseBuilder(undefined, context)).rejects.toMatchObject({ code: "failed" });
  await expect(chooseBuilder("podman", context)).rejects.toThrow("`podman` is not here");
});
