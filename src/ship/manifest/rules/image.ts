import { textAt, type Manifest, type Rule } from "../rule.ts";

/** The team's registry: location, the platform's project, the team. */
const registry = /^[a-z0-9-]+-docker\.pkg\.dev\/[^/]+\/([^/]+)\//;

/** Where the platform's own tools look its project up: nais/login and nais/docker-build-push. */
const project =
  "PROJECT is the platform's: nais-management-233d at Nav; elsewhere NAIS_MANAGEMENT_PROJECT_ID in https://storage.googleapis.com/github-deploy-data/OWNER.json, with OWNER as on GitHub";

export const imageRegistry: Rule = {
  name: "image-registry",
  severity: "warning",
  kinds: ["Naisjob", "Application"],
  title: "The image is not in the team's registry",
  why: `nais runs images from the team's own registry: one from elsewhere is refused, or cannot be fetched when a pod starts. ${project}.`,
  cure: "Push the image to the team's registry, `europe-north1-docker.pkg.dev/PROJECT/TEAM/NAME`, and write that address here.",
  bad: "image: ghcr.io/navikt/orders:1.0.0",
  good: "image: europe-north1-docker.pkg.dev/nais-management-1234/my-team/orders:1.0.0",
  *check({ spec, metadata }) {
    const image = imageOf(spec);
    if (image === undefined) return;
    const owner = registry.exec(image)?.[1];
    const own = textAt(metadata, "labels", "team") ?? textAt(metadata, "namespace");
    const path = ["spec", "image"];
    const hint = pushCure(image, own ?? "TEAM");
    if (owner === undefined) yield { path, message: `\`${image}\` is not in a registry of the platform`, hint };
    else if (own !== undefined && owner !== own)
      yield { path, message: `\`${image}\` is in the registry of \`${owner}\`, not of \`${own}\``, hint };
  },
};

function pushCure(image: string, own: string): string {
  const name = image
    .replace(/@.*$/, "")
    .replace(/:[^/]*$/, "")
    .split("/")
    .at(-1);
  const address = `europe-north1-docker.pkg.dev/PROJECT/${own}/${name}`;
  return `Push the image to the team's registry, as \`${address}:VERSION\`, then write that address here. ${project}.`;
}

const digest = /^@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export const imageTag: Rule = {
  name: "image-tag",
  severity: "warning",
  kinds: ["Naisjob", "Application"],
  title: "The image has no version",
  why: "The cluster keeps an image that it has: what `latest`, or no tag, means is whatever was there when it was first fetched. And an unchanged manifest is not rolled out.",
  cure: "Write a tag that is made once, as `:2026.11.05-06.30-1a2b3c4`, or the digest that the push printed: `@sha256:` and 64 of 0-9 and a-f.",
  bad: "image: europe-north1-docker.pkg.dev/nais-management-1234/my-team/orders:latest",
  good: "image: europe-north1-docker.pkg.dev/nais-management-1234/my-team/orders:1.0.0",
  *check({ spec }) {
    const image = imageOf(spec);
    if (image === undefined) return;
    const path = ["spec", "image"];
    const [given] = /@.*$/.exec(image) ?? [];
    if (given !== undefined) {
      const hint = "Copy the whole digest, as the push printed it. The cluster cannot fetch the image by a part.";
      const message = `\`${given}\` is not a digest: \`@sha256:\` and 64 of 0-9 and a-f`;
      if (!digest.test(given)) yield { path, message, hint };
      return;
    }
    const tag = /:([^/:]+)$/.exec(image)?.[1];
    if (tag === undefined || tag === "latest")
      yield { path, message: `\`${image}\` has ${tag ? "the tag latest" : "no tag"}` };
  },
};

/** Undefined where it is still to be filled in: that is told as what it is. */
function imageOf(spec: Manifest["spec"]): string | undefined {
  const image = textAt(spec, "image");
  return image && !/\{\{|…|<[^<>]+>/.test(image) ? image : undefined;
}
