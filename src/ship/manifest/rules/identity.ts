import { textAt, type Rule } from "../rule.ts";

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
    const hint = `Choose a name of at most ${warned} characters. ${consequenceOf({ kind, isRefused })}`;
    yield { path: ["metadata", "name"], message, hint, severity: isRefused ? "error" : "warning" };
  },
};

function consequenceOf({ kind, isRefused }: { kind: string; isRefused: boolean }): string {
  if (kind !== "Naisjob") return "The cluster refuses the Service of a longer one, after the deploy has succeeded.";
  return isRefused
    ? "The cluster refuses the CronJob of a longer one: the deploy succeeds, and no job is made."
    : "With a longer one the names of its pods are cut, and who reads them, as alerts do, cannot tell which run they belong to.";
}

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
