import { itemsAt, textAt, type Finding, type Rule } from "../rule.ts";

const kinds = ["Naisjob", "Application"] as const;

export const envFromBoth: Rule = {
  name: "env-from-both",
  severity: "warning",
  kinds,
  title: "An item of envFrom names a ConfigMap and a Secret",
  why: "The platform takes the ConfigMap and drops the Secret without a word.",
  cure: "Make two items of it.",
  bad: "envFrom:\n  - configmap: settings\n    secret: passwords",
  good: "envFrom:\n  - configmap: settings\n  - secret: passwords",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "envFrom")) {
      const path = ["spec", "envFrom", i];
      const [configmap, secret] = [textAt(item, "configmap"), textAt(item, "secret")];
      if (configmap && secret)
        yield {
          path,
          key: "secret",
          message: `the secret \`${secret}\` is dropped: the item names the ConfigMap \`${configmap}\` too`,
        };
      if (!configmap && !secret)
        yield { path, message: "the item names neither a ConfigMap nor a Secret, and is dropped", hint: "Remove it." };
    }
  },
};

/** What the platform sets in every pod. What the manifest says comes after it, and wins. */
const platformVariables = [
  "NAIS_APP_NAME",
  "NAIS_NAMESPACE",
  "NAIS_APP_IMAGE",
  "NAIS_CLUSTER_NAME",
  "NAIS_CLIENT_ID",
  "NAIS_POD_NAME",
  "GOOGLE_CLOUD_PROJECT",
  "GCP_TEAM_PROJECT_ID",
];

export const envPlatform: Rule = {
  name: "env-platform",
  severity: "warning",
  kinds,
  title: "A variable takes the place of one that the platform sets",
  why: "The program, and libraries in it, then believe to be another workload, or to be in another project.",
  cure: "Remove it, or give it a name of its own.",
  bad: "env:\n  - name: NAIS_CLUSTER_NAME\n    value: dev-gcp",
  good: "env:\n  - name: SOURCE_CLUSTER\n    value: dev-gcp",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "env")) {
      const name = textAt(item, "name");
      if (!name || !platformVariables.includes(name)) continue;
      yield { path: ["spec", "env", i, "name"], message: `\`${name}\` takes the place of the platform's own variable` };
    }
  },
};

export const envTwice: Rule = {
  name: "env-twice",
  severity: "warning",
  kinds,
  title: "A variable is set twice",
  why: "The last one wins.",
  cure: "Keep one of them.",
  bad: "env:\n  - name: LEVEL\n    value: debug\n  - name: LEVEL\n    value: info",
  good: "env:\n  - name: LEVEL\n    value: info",
  *check({ spec }) {
    const seen = new Set<string>();
    for (const { item, i } of itemsAt(spec, "env")) {
      const name = textAt(item, "name");
      if (name === undefined) continue;
      if (seen.has(name))
        yield { path: ["spec", "env", i, "name"], message: `\`${name}\` is set before: this one wins` };
      seen.add(name);
    }
  },
};

export const envValueFrom: Rule = {
  name: "env-value-from",
  severity: "error",
  kinds,
  title: "A variable has a value and a place that it comes from",
  why: "The cluster refuses it, after the deploy has succeeded.",
  cure: "Keep `value` or `valueFrom`.",
  bad: "env:\n  - name: POD\n    value: x\n    valueFrom:\n      fieldRef:\n        fieldPath: metadata.name",
  good: "env:\n  - name: POD\n    valueFrom:\n      fieldRef:\n        fieldPath: metadata.name",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "env")) {
      if (!textAt(item, "value") || item["valueFrom"] === undefined) continue;
      yield {
        path: ["spec", "env", i],
        key: "value",
        message: `\`${textAt(item, "name")}\` has both \`value\` and \`valueFrom\``,
      };
    }
  },
};

/** In the order in which the platform looks; it takes the first that it finds. */
const fileSources = ["configmap", "secret", "persistentVolumeClaim", "emptyDir"] as const;

export const filesFrom: Rule = {
  name: "files-from",
  severity: "warning",
  kinds,
  title: "An item of filesFrom is dropped",
  why: "The platform takes one thing from each item, in the order configmap, secret, persistentVolumeClaim, emptyDir, and an emptyDir only with a `mountPath`. The rest is dropped without a word.",
  cure: "Make an item for each; give an emptyDir its `mountPath`.",
  bad: "filesFrom:\n  - emptyDir: {}",
  good: "filesFrom:\n  - emptyDir: {}\n    mountPath: /scratch",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "filesFrom")) {
      const path = ["spec", "filesFrom", i];
      const named = fileSources.filter((key) => (key === "emptyDir" ? item[key] !== undefined : textAt(item, key)));
      const [first, second] = named;
      if (first === undefined) yield { path, message: "the item names nothing to take files from, and is dropped" };
      if (second !== undefined)
        yield { path, key: second, message: `\`${second}\` is dropped: the item has \`${first}\` too` };
      if (first === "emptyDir" && !textAt(item, "mountPath"))
        yield { path, key: "emptyDir", message: "an emptyDir without `mountPath` is dropped" };
    }
  },
};

export const filesFromSamePath: Rule = {
  name: "files-from-same-path",
  severity: "error",
  kinds,
  title: "Two items of filesFrom are put into the same folder",
  why: "Secrets without a `mountPath` all go to /var/run/secrets. The cluster refuses two things in one place, after the deploy has succeeded.",
  cure: "Give each a `mountPath` of its own.",
  bad: "filesFrom:\n  - secret: one\n  - secret: two",
  good: "filesFrom:\n  - secret: one\n  - secret: two\n    mountPath: /var/run/secrets/two",
  *check({ spec }) {
    const seen = new Map<string, number>();
    for (const { item, i } of itemsAt(spec, "filesFrom")) {
      const path = mountPathOf(item);
      if (path === undefined) continue;
      if (seen.has(path)) yield samePath({ path, i });
      seen.set(path, i);
    }
  },
};

function samePath({ path, i }: { path: string; i: number }): Finding {
  return { path: ["spec", "filesFrom", i], message: `\`${path}\` is taken by an item before this one` };
}

function mountPathOf(item: Record<string, unknown>): string | undefined {
  const path = textAt(item, "mountPath")?.replace(/(.)\/+$/, "$1");
  if (path) return path;
  const [configmap, secret, claim] = ["configmap", "secret", "persistentVolumeClaim"].map((key) => textAt(item, key));
  if (configmap) return `/var/run/configmaps/${configmap}`;
  if (secret) return "/var/run/secrets";
  return claim ? `/var/run/pvc/${claim}` : undefined;
}
