import { chmod } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { imageFindings } from "../../src/commands/image-findings.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

let folder: Folder;
beforeEach(async () => (folder = await makeFolder()));
afterEach(() => folder.remove());

/** Programs that say this when they are asked for their version; none says something else. */
async function findingsWith(programs: Record<string, string>) {
  for (const [name, version] of Object.entries(programs)) {
    await folder.write(`bin/${name}`, `#!/bin/sh\necho '${version}'\n`);
    await chmod(`${folder.path}/bin/${name}`, 0o755);
  }
  return imageFindings({ ...folder.context, env: { PATH: `${folder.path}/bin` } });
}

test("what makes images, and which version, is told", async () => {
  const cosign = '{"gitVersion": "v3.1.3"}';
  expect(await findingsWith({ buildah: "buildah version 1.39.3", podman: "podman version 5.4.2", cosign })).toEqual([
    { name: "builder", state: "good", message: "buildah 1.39.3 builds images" },
    { name: "runner", state: "good", message: "podman 5.4.2 runs images, for `build --check`" },
    { name: "cosign", state: "good", message: "3.1.3 signs images" },
  ]);
});

test("what is missing is no fault, and has its cure", async () => {
  const found = await findingsWith({});
  expect(found.map(({ name, state }) => `${name}: ${state}`)).toEqual([
    "builder: note",
    "runner: note",
    "cosign: note",
  ]);
  const [builder, runner, cosign] = found.map(({ cure }) => cure);
  expect([builder, runner, cosign]).toEqual([
    expect.stringContaining("docker with its daemon, or buildah or podman"),
    expect.stringContaining("build --check"),
    expect.stringContaining("sigstore/cosign-installer"),
  ]);
});

test("an old cosign is told as that", async () => {
  const [, , cosign] = await findingsWith({ cosign: '{"gitVersion": "v2.6.0"}' });
  expect(cosign).toMatchObject({ state: "note", message: "cosign is here in version 2.6.0, and 3 or newer is needed" });
});
