import { expect, test } from "vitest";
import { consoleUrl } from "../../../src/ship/image/address.ts";

const digest = `sha256:${"0a".repeat(32)}`;
const image = (registry: string, repository: string) => ({ registry, repository, tag: "1", digest });

test.each([
  [
    image("europe-north1-docker.pkg.dev", "nais-management-233d/nais-analyse/apps"),
    "nais-analyse/apps",
    `https://console.cloud.google.com/artifacts/docker/nais-management-233d/europe-north1/nais-analyse/apps/${digest}?project=nais-management-233d`,
  ],
  [
    image("europe-north1-docker.pkg.dev", "p/t/group/apps"),
    undefined,
    `https://console.cloud.google.com/artifacts/docker/p/europe-north1/t/group%2Fapps/${digest}?project=p`,
  ],
  [
    image("ghcr.io", "navikt/apps-per-env"),
    "navikt/Apps-per-env",
    "https://github.com/navikt/Apps-per-env/pkgs/container/apps-per-env",
  ],
  [image("ghcr.io", "navikt/a/b"), "NAVIKT/a", "https://github.com/NAVIKT/a/pkgs/container/a%2Fb"],
  [image("ghcr.io", "others/apps"), "navikt/apps", "https://ghcr.io/others/apps"],
  [image("ghcr.io", "navikt/apps"), undefined, "https://ghcr.io/navikt/apps"],
])("a person finds %j of %s at its page", (reference, repository, url) => {
  expect(consoleUrl(reference, repository)).toBe(url);
});

test.each(["registry.example.org", "127.0.0.1:5000", "docker.io"])("of %s no page is known", (registry) => {
  expect(consoleUrl(image(registry, "a/b/c"), "a/b")).toBeUndefined();
});
