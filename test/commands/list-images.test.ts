import { chmod } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listImages } from "../../src/commands/list-images.ts";
import type { BuildOptions } from "../../src/commands/build.ts";
import { json, startHttpServer, type HttpServer } from "../servers/http.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

const digest = `sha256:${"0a".repeat(32)}`;
const tags = ["1.9.0", "1.10.0", `sha256-${"0a".repeat(32)}`, "odd"];
const pipeline = `name: orders
team: nada
sources: { a: { type: file, path: a.csv, columns: { x: INT64 } } }
outputs: { a: { type: file, path: out.csv, model: a } }
`;

let folder: Folder;
let server: HttpServer;
beforeEach(async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline, "bin/buildah": "#!/bin/sh\ncat answer.json\n" });
  await chmod(`${folder.path}/bin/buildah`, 0o755);
  server = await startHttpServer((request, response) => {
    const path = request.url ?? "";
    if (path === "/v2/team/orders/tags/list") json(response, { name: "team/orders", tags });
    else if (path === "/v2/team/orders/manifests/odd")
      json(response, { manifests: [] }, { "docker-content-digest": digest });
    else if (path.startsWith("/v2/team/orders/manifests/"))
      json(
        response,
        { config: { digest, size: 1000 }, layers: [{ size: 2_000_000 }] },
        { "docker-content-digest": digest },
      );
    else if (path.startsWith("/v2/team/orders/blobs/")) json(response, { created: "2026-11-05T06:30:00Z" });
    else response.writeHead(404).end();
  });
});
afterEach(() => Promise.all([folder.remove(), server.stop()]));

const host = () => server.url.replace("http://", "");

async function list(options: BuildOptions = {}): Promise<string> {
  const answer = [
    { id: "1".repeat(12), names: ["localhost/orders:1"], createdatraw: "2026-11-04T06:30:00Z", size: "431 MB" },
    {
      id: "2".repeat(12),
      names: [`${host()}/team/orders:1.9.0`],
      createdatraw: "2026-11-05T06:30:00Z",
      size: "113 KB",
    },
    { id: "3".repeat(12), names: ["localhost/other:1"], createdatraw: "2026-11-05T06:30:00Z", size: "1 GB" },
  ];
  await folder.write("answer.json", JSON.stringify(answer));
  const env = { PATH: `${folder.path}/bin:${process.env["PATH"]}` };
  await listImages({ builder: "buildah", ...options }, { ...folder.context, env });
  return folder.printed.join("\n");
}

describe("what was built here", () => {
  test("is listed for this pipeline, wherever it belongs", async () => {
    expect((await list()).split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
      "image | id | created | size",
      `${host()}/team/orders:1.9.0 | 222222222222 | 2026-11-05 06:30 UTC | 113 kB`,
      "localhost/orders:1 | 111111111111 | 2026-11-04 06:30 UTC | 431 MB",
    ]);
    expect(server.asked).toEqual([]);
  });

  test("is listed beside what the registry has, where one is named", async () => {
    const { local, registry } = JSON.parse(await list({ registry: `${host()}/team`, json: true })) as {
      local: { name: string }[];
      registry: object;
    };
    expect(local.map(({ name }) => name)).toEqual([`${host()}/team/orders:1.9.0`]);
    const facts = { digest, created: "2026-11-05T06:30:00Z", bytes: 2_001_000 };
    expect(registry).toEqual({
      repository: `${host()}/team/orders`,
      images: [
        { tag: "odd", digest },
        { tag: "1.10.0", ...facts },
        { tag: "1.9.0", ...facts },
      ],
      more: 0,
    });
  });

  test("is told to be nothing, and the registry's to be none", async () => {
    expect(await list({ registry: `${host()}/none` })).toBe(
      `nothing is built here\n\n${host()}/none/orders has no image`,
    );
  });

  test("is left out where nothing builds here, if the registry can be asked", async () => {
    const env = { PATH: "/nowhere" };
    await listImages({ registry: `${host()}/team` }, { ...folder.context, env });
    expect(folder.printed.join("\n")).toContain("1.10.0");
    expect(folder.logged.join("")).toContain("no program here that builds images");
    expect(await problemsOf(() => listImages({}, { ...folder.context, env }))).toHaveLength(1);
  });
});
