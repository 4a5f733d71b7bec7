/** The list of rules, and how they are applied. */
import type { Path } from "../../spec/document.ts";
import type { Problem } from "../../util/error.ts";
import { isPlainObject } from "../../spec/value.ts";
import { withoutNull } from "./check.ts";
import type { ManifestDocument } from "./documents.ts";
import type { Kind } from "./kinds.ts";
import { fieldsAt, textAt, type Manifest, type Rule } from "./rule.ts";
import { alertLasting, alertSibling, alertSilent } from "./rules/alert-expressions.ts";
import { alertAnnotations, alertNamespace, alertSeverity } from "./rules/alert-labels.ts";
import { envFromBoth, envNoValue, envPlatform, envTwice, envValueFrom } from "./rules/environment.ts";
import { filesFrom, filesFromSamePath, mountPath } from "./rules/files.ts";
import { nameLength, team } from "./rules/identity.ts";
import { imageRegistry, imageTag } from "./rules/image.ts";
import { queryRole } from "./rules/bigquery.ts";
import { jobProbe, preStopHook, ttl, ttlAfterFinished, ttlData } from "./rules/lifecycle.ts";
import { emptyValue } from "./rules/empty-value.ts";
import { externalBoth, externalOpen, observabilityBoth, outboundWildcard } from "./rules/network.ts";
import { placeholder } from "./rules/placeholder.ts";
import { historyZero, indexed, negative, resources } from "./rules/resources.ts";
import { schedule, scheduleComment, scheduleSkipped, timeZone, timeZoneMissing } from "./rules/schedule.ts";

export const rules: readonly Rule[] = [
  alertAnnotations,
  alertLasting,
  alertNamespace,
  alertSeverity,
  alertSibling,
  alertSilent,
  emptyValue,
  envFromBoth,
  envNoValue,
  envPlatform,
  envTwice,
  envValueFrom,
  externalBoth,
  externalOpen,
  filesFrom,
  filesFromSamePath,
  historyZero,
  imageRegistry,
  imageTag,
  indexed,
  jobProbe,
  mountPath,
  nameLength,
  negative,
  observabilityBoth,
  outboundWildcard,
  placeholder,
  preStopHook,
  queryRole,
  resources,
  schedule,
  scheduleComment,
  scheduleSkipped,
  team,
  timeZone,
  timeZoneMissing,
  ttl,
  ttlAfterFinished,
  ttlData,
];

/** A document to look at: one of a file, or one that was rendered. */
export type RuleDocument = Pick<ManifestDocument, "value" | "where" | "commentOf">;

/** What the rules find in a document of that kind. */
export function ruleProblems({ document, kind }: { document: RuleDocument; kind: Kind }): Problem[] {
  const manifest = manifestOf(document, kind);
  return rules.filter((rule) => rule.kinds.includes(kind)).flatMap((rule) => problemsOf({ rule, manifest, document }));
}

function problemsOf({
  rule,
  manifest,
  document,
}: {
  rule: Rule;
  manifest: Manifest;
  document: RuleDocument;
}): Problem[] {
  return [...rule.check(manifest)].map(({ path, key, message, hint = rule.cure, severity = rule.severity }) => ({
    severity,
    rule: rule.name,
    message,
    hint,
    where: document.where(path, key),
  }));
}

function manifestOf({ value, commentOf }: RuleDocument, kind: Kind): Manifest {
  const { metadata, spec } = withoutNull(isPlainObject(value) ? value : {}) as Record<string, unknown>;
  const name = textAt(metadata, "name") ?? "";
  return {
    kind,
    name,
    metadata: fieldsAt(metadata) ?? {},
    spec: fieldsAt(spec) ?? {},
    empty: [...emptyPaths(value)],
    commentOf,
  };
}

/** Keys whose value is null. */
function* emptyPaths(value: unknown, path: Path = []): Generator<Path> {
  const entries = Array.isArray(value) ? value.entries() : isPlainObject(value) ? Object.entries(value) : [];
  for (const [key, item] of entries) {
    if (item === null && typeof key === "string") yield [...path, key];
    else yield* emptyPaths(item, [...path, key]);
  }
}
