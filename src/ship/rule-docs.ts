/** The pages of docs/rules/, from the rules themselves. */
import { dockerfileRules } from "./image/dockerfile/rules.ts";
import type { DockerfileRule } from "./image/dockerfile/rule.ts";
import type { Rule } from "./manifest/rule.ts";
import { rules } from "./manifest/rules.ts";
import { differing } from "./rule-example.ts";

const mark = "<!-- made by scripts/rule-docs.js from the rules in src/ship/ -->";

/** A rule, of whatever it looks at. */
interface DocumentedRule extends Pick<Rule, "name" | "severity" | "title" | "why" | "cure" | "bad" | "good"> {
  /** What it is for, as shown. */
  subjects: string;
  language: "yaml" | "dockerfile";
}

const manifestRules = rules.map((rule): DocumentedRule => ({
  ...rule,
  subjects: rule.kinds.join(", "),
  language: "yaml",
}));
const imageRules = dockerfileRules.map((rule): DocumentedRule => ({
  ...rule,
  subjects: subjectOf(rule),
  language: "dockerfile",
}));

function subjectOf({ profile }: DockerfileRule): string {
  return profile === undefined ? "Dockerfile" : `Dockerfile (profile ${profile})`;
}

/** What is reported besides the rules, and cannot be switched off. */
const others: [name: string, what: string][] = [
  [
    "credential",
    "A credential in a file of the pipeline's folder. This one can be switched off for its line, with a reason.",
  ],
  ["dataset-location", "The platform makes datasets in europe-north1, and the pipeline works elsewhere."],
  ["dataset-missing", "A Naisjob of one's own lacks a dataset that the pipeline of its name writes to."],
  ["dataset-name", "The platform makes no dataset of that name."],
  ["dataset-not-provisioned", "An output writes to a dataset that the manifest does not make."],
  ["egress-host", "An address in `egress:`, a source or an output cannot be opened."],
  ["egress-lost", "`nais.accessPolicy` closes a host that the pipeline needs."],
  ["egress-missing", "A Naisjob of one's own does not open a host that the pipeline of its name needs."],
  ["egress-undeclared", "When a pipeline runs: a host that an environment variable names is not under `egress:`."],
  ["egress-unknown", "Which host is meant is known only when the pipeline runs: it must be named in `egress:`."],
  ["ignore", "A `nais-etl-ignore` comment that does nothing: no reason, no such rule, or nothing to ignore."],
  ["interval-schedule", "The schedule leaves an interval of the pipeline out."],
  ["manifest-drift", "A manifest in `.nais/` is not what the pipeline renders any more."],
  ["metrics-closed", "A Naisjob of one's own does not open the Pushgateway to the pipeline of its name (a warning)."],
  ["missing-key, unknown-key, wrong-type, wrong-value", "The platform's own definition of the resource refuses it."],
  ["no-base", "A Dockerfile without FROM."],
  ["no-team", "A Naisjob needs a `team:`."],
  ["not-a-resource", "A document without `apiVersion` or `kind`."],
  ["parallel-run", "A pipeline whose one run has several pods."],
  ["role-missing", "A Naisjob of one's own does not ask for a role that the pipeline of its name needs."],
  ["secret-access", "A Naisjob of one's own does not ask for access to a secret of Secret Manager (a warning)."],
  ["secret-missing", "A Naisjob of one's own does not take a secret that the pipeline of its name needs."],
  ["secret-team", "A secret has no name, and on nais nothing says which one the team's is (a warning)."],
  ["template", "The deploy client refuses the file as a template."],
  ["template-empty", "A variable of the template is given, and empty."],
  ["template-not-filled", "The file is a template, and no variable is given."],
  ["template-variable", "No one gives a variable of the template a value: its place would be left empty."],
  ["unknown-kind", "A kind that is nearly one that the platform has."],
  ["yaml-syntax", "The file is not valid YAML."],
];

/** Texts by file name. */
export function ruleDocs(): Map<string, string> {
  return new Map([
    ["README.md", indexPage()],
    ...[...manifestRules, ...imageRules].map((rule): [string, string] => [`${rule.name}.md`, rulePage(rule)]),
  ]);
}

function indexPage(): string {
  const otherRows = others.map(([names, what]) => `| ${names} | ${what} |`);
  return `${mark}

# Rules for manifests and Dockerfiles

An *error* is refused by the platform, soon or late: \`validate\`, \`build\` and \`deploy\` stop at it, with exit code 2. A *warning* is ignored by the platform,
or does not mean what it seems to: it is told, and you go on. Either can be [switched off](#switching-a-rule-off) for a line.

## Manifests

\`nais-etl validate FILE…\` looks at Naisjobs, Applications and PrometheusRules; \`nais-etl validate\` alone at the manifests
that pipelines make.

| rule | what it finds |
|---|---|
${rowsOf(manifestRules)}

## Dockerfiles

\`nais-etl validate Dockerfile\` looks at a Dockerfile of one's own, as the pod will start its image: \`--profile nais\` (the default) or \`--profile airflow\`.

| rule | what it finds |
|---|---|
${rowsOf(imageRules)}

## Switching a rule off

For one line, with a reason: alone on the line above it, or, in YAML, at its end.

\`\`\`yaml
liveness: # nais-etl-ignore job-probe: the same file makes an Application
  path: /isalive
\`\`\`

## Without a page

What to do stands below each of these where it is reported. They cannot be switched off; only \`credential\` can, for its line, with a reason.

| name | what it finds |
|---|---|
${otherRows.join("\n")}
`;
}

function rowsOf(group: readonly DocumentedRule[]): string {
  return group
    .map(({ name, severity, subjects, title }) => `| [${name}](${name}.md) | ${title} (${severity}; ${subjects}) |`)
    .join("\n");
}

function rulePage({ name, severity, subjects, title, why, cure, bad, good, language }: DocumentedRule): string {
  const [found, mended] = differing(bad, good);
  const place = language === "yaml" && !bad.startsWith("apiVersion:") ? ", below `spec:`" : "";
  return `${mark}

# ${name}

${title}. *${severity === "error" ? "Error" : "Warning"}*, for ${subjects}.

**Why**: ${why}

**What to do**: ${cure}

This is found${place}:

\`\`\`${language}
${found}
\`\`\`

This is not:

\`\`\`${language}
${mended}
\`\`\`

[All rules](README.md) · [Switching it off for a line](README.md#switching-a-rule-off)
`;
}
