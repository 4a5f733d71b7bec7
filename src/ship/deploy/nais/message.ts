/**
 * What the messages of statuses say. They are texts for people; these forms are those of the platform's agent in the
 * cluster: https://github.com/nais/deploy, pkg/deployd.
 */

export type Message =
  | { kind: "applied"; resource: string }
  /** Everything is in the cluster; from here on it is the cluster that tells. */
  | { kind: "saved" }
  | { kind: "event"; resource: string; reason: string; text: string }
  | { kind: "error"; resource?: string; text: string }
  | { kind: "other" };

/** `nais.io/v1, Kind=Naisjob, Namespace=my-team, Name=my-job`. */
const identifier = String.raw`\S+, Kind=(\w+)(?:, Namespace=[^,\s]*)?, Name=([^\s:,]+)`;
const applied = new RegExp(String.raw`^Successfully applied (?:${identifier}|(\w+)/(\S+))`);
const refused = new RegExp(`^${identifier}: (.+)$`, "s");
const event = /^([A-Z]\w*)\/(\S+) \((\w*)\): (.*)$/s;
const errors = [
  /^timeout while waiting for deployment to succeed/,
  /^unable to set up event watcher/,
  /^this application has been redeployed/,
  /^job failed:/,
];

/** How many errors there were in all. */
const total = /\s*\(total of (\d+) errors?\)\s*$/;

export function readMessage(whole: string): Message {
  const text = whole.replace(total, "");
  const done = applied.exec(text);
  if (done) return { kind: "applied", resource: `${done[1] ?? done[3]}/${done[2] ?? done[4]}` };
  if (text.startsWith("All resources saved to Kubernetes")) return { kind: "saved" };
  const [, kind, name, why] = refused.exec(text) ?? [];
  if (why !== undefined) return { kind: "error", resource: `${kind}/${name}`, text: why };
  const [, involved, called, reason, said] = event.exec(text) ?? [];
  if (said !== undefined) return { kind: "event", resource: `${involved}/${called}`, reason: reason!, text: said };
  return errors.some((pattern) => pattern.test(text)) ? { kind: "error", text } : { kind: "other" };
}

export function totalOf(text: string): number | undefined {
  const found = total.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Reasons of the platform's own events that end a resource's deploy without it. */
export const failures: ReadonlySet<string> = new Set(["FailedPrepare", "FailedGenerate", "FailedSynchronization"]);
