import { afterEach, describe, expect, test } from "vitest";
import { nameImage, type NameOptions } from "../../../src/ship/image/name-image.ts";
import { formatReference } from "../../../src/ship/image/reference.ts";
import { json, startHttpServer, type HttpServer } from "../../servers/http.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let folder: Folder;
let server: HttpServer | undefined;
afterEach(async () => {
  await Promise.all([folder.remove(), server?.stop()]);
  server = undefined;
});

const github = { GITHUB_REPOSITORY: "Navikt/Orders", GITHUB_SHA: "1a2b3c4d5e6f" };

async function names(options: NameOptions, env: Record<string, string> = github): Promise<string[]> {
  folder = await makeFolder();
  const named = { name: "orders-per-day", team: "nada", folder: folder.path };
  return (await nameImage(options, named, { ...folder.context, env })).map(formatReference);
}

describe("an image is called", () => {
  test("as the platform has it, in the project that it says of the organisation", async () => {
    server = await startHttpServer((_, response) => json(response, { NAIS_MANAGEMENT_PROJECT_ID: "management-1" }));
    const env = { ...github, NAIS_ETL_PLATFORM: server.url };
    expect(await names({ registry: "gar", suffix: "-job" }, env)).toEqual([
      "europe-north1-docker.pkg.dev/management-1/nada/orders-job:2026.11.05-10.00-1a2b3c4",
    ]);
    expect(server.asked.map(({ path }) => path)).toEqual(["/github-deploy-data/Navikt.json"]);
  });

  test("as the variable says, without asking anybody", async () => {
    const env = { ...github, NAIS_MANAGEMENT_PROJECT_ID: "own-1", NAIS_ETL_PLATFORM: "http://127.0.0.1:1" };
    expect(await names({ registry: "gar", tags: ["1.0.0"] }, env)).toEqual([
      "europe-north1-docker.pkg.dev/own-1/nada/orders:1.0.0",
    ]);
    await folder.remove();
    expect(await names({ registry: "gar", project: "given-1", tags: ["1"] }, env)).toEqual([
      "europe-north1-docker.pkg.dev/given-1/nada/orders:1",
    ]);
  });

  test("as GitHub has it, and elsewhere by its pipeline", async () => {
    expect(await names({ registry: "ghcr", tags: ["1"] })).toEqual(["ghcr.io/navikt/orders:1"]);
    await folder.remove();
    expect(await names({ registry: "x.no/team/", tags: ["1", "2"] }, {})).toEqual([
      "x.no/team/orders-per-day:1",
      "x.no/team/orders-per-day:2",
    ]);
  });

  test("latest only where somebody asks for it, with a warning", async () => {
    expect(await names({ tags: ["1.0.0"] })).toEqual(["localhost/orders-per-day:1.0.0"]);
    expect(folder.logged).toEqual([]);
    await folder.remove();
    expect(await names({ tags: ["latest"] })).toEqual(["localhost/orders-per-day:latest"]);
    expect(folder.logged.join("")).toContain("the tag `latest` says not which version runs");
  });
});
