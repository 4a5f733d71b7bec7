import { textAt, type Manifest, type Rule } from "../rule.ts";

/** Kubernetes gives a CronJob's Job a name of its own length plus 11, and a Job's name has at most 63. */
const longestCronJob = 52;
/** Beyond this, the Job's name does not stand whole in its pods' names. */
const longestWhole = 48;
const longestService = 63;

const minimal =
  "apiVersion: nais.io/v1\nkind: Naisjob\nmetadata:\n  name: NAME\n  namespace: my-team\n  labels:\n    team: TEAM\nspec: {}";
const example = (name: string, team: string) => minimal.replace("NAME", name).replace("TEAM", team);

export const nameLength: Rule = {
  name: "name-length",
  severity: "error",
  kinds: ["Naisjob", "Application"],
  title: "The name is too long",
  why: "The platform takes 63 characters, but makes a CronJob of the Naisjob, and the cluster takes only 52 there: the deploy succeeds, and no job is made. Above 48, the Job's name does not stand whole in the names of its pods, and what reads it from there cannot tell which run it is. Of an Application it makes a Service, where the cluster takes 63.",
  cure: "Choose a name of at most 48 characters.",
  bad: example("a-very-long-name-for-a-job-that-counts-applications-daily", "my-team"),
  good: example("count-applications", "my-team"),
  *check({ metadata, kind }) {
    const { length } = textAt(metadata, "name") ?? "";
    const [refused, warned] = kind === "Naisjob" ? [longestCronJob, longestWhole] : [longestService, longestService];
    if (length <= warned) return;
    const isRefused = length > refused;
    const message = `the name has ${length} characters, more than ${isRefused ? refused : warned}`;
    const hint = `Choose a name of at most ${warned} characters.`;
    yield { path: ["metadata", "name"], message, hint, severity: isRefused ? "error" : "warning" };
  },
};

export const team: Rule = {
  name: "team",
  severity: "warning",
  kinds: ["Naisjob", "Application", "PrometheusRule"],
  title: "The team label is not the namespace",
  why: "A team's namespace has the team's name. The deploy client takes the label as the team that deploys, the cluster the namespace as the place: with two different ones, the deploy is refused or lands at someone else's.",
  cure: "Make `metadata.labels.team` and `metadata.namespace` the same.",
  bad: example("orders", "other-team"),
  good: example("orders", "my-team"),
  *check({ metadata }) {
    const [label, namespace] = [textAt(metadata, "labels", "team"), textAt(metadata, "namespace")];
    if (label && namespace && label !== namespace) {
      yield {
        path: ["metadata", "labels", "team"],
        message: `the team label is \`${label}\`, the namespace \`${namespace}\``,
      };
    }
    if (!label && !namespace) {
      const hint = "Add `namespace:` and `labels: { team: … }`.";
      yield {
        path: ["metadata"],
        message: "there is neither a team label nor a namespace: the deploy client cannot tell whose it is",
        hint,
      };
    }
  },
};

/** The team's registry: location, the platform's project, the team. */
const registry = /^[a-z0-9-]+-docker\.pkg\.dev\/[^/]+\/([^/]+)\//;

export const imageRegistry: Rule = {
  name: "image-registry",
  severity: "warning",
  kinds: ["Naisjob", "Application"],
  title: "The image is not in the team's registry",
  why: "nais runs images from the team's own registry: one from elsewhere is refused, or cannot be fetched when a pod starts.",
  cure: "Push the image to the team's registry: europe-north1-docker.pkg.dev/<management project>/<team>/…",
  bad: "image: ghcr.io/navikt/orders:1.0.0",
  good: "image: europe-north1-docker.pkg.dev/nais-management-1234/my-team/orders:1.0.0",
  *check({ spec, metadata }) {
    const image = textAt(spec, "image");
    if (!image || image.includes("{{")) return;
    const owner = registry.exec(image)?.[1];
    const own = ownerOf(metadata);
    const path = ["spec", "image"];
    if (owner === undefined) yield { path, message: `\`${image}\` is not in a registry of the platform` };
    else if (own !== undefined && owner !== own)
      yield { path, message: `\`${image}\` is in the registry of \`${owner}\`, not of \`${own}\`` };
  },
};

export const imageTag: Rule = {
  name: "image-tag",
  severity: "warning",
  kinds: ["Naisjob", "Application"],
  title: "The image has no version",
  why: "The cluster keeps an image that it has: what `latest`, or no tag, means is whatever was there when it was first fetched. And an unchanged manifest is not rolled out.",
  cure: "Name the digest, or a tag that is made once: `name:2026.11.05-06.30-1a2b3c4@sha256:…`.",
  bad: "image: europe-north1-docker.pkg.dev/nais-management-1234/my-team/orders:latest",
  good: "image: europe-north1-docker.pkg.dev/nais-management-1234/my-team/orders:1.0.0",
  *check({ spec }) {
    const image = textAt(spec, "image");
    if (!image || image.includes("{{") || image.includes("@sha256:")) return;
    const tag = /:([^/:]+)$/.exec(image)?.[1];
    if (tag === undefined || tag === "latest")
      yield { path: ["spec", "image"], message: `\`${image}\` has ${tag ? "the tag latest" : "no tag"}` };
  },
};

function ownerOf(metadata: Manifest["metadata"]): string | undefined {
  return textAt(metadata, "labels", "team") ?? textAt(metadata, "namespace");
}
