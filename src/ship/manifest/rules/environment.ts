import { itemsAt, textAt, type Rule } from "../rule.ts";

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
  why: "The program, and libraries in it, then take themselves for another workload, or work in another project.",
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
  why: "The last one wins: whoever changes the first wonders why nothing happens.",
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

export const envNoValue: Rule = {
  name: "env-no-value",
  severity: "warning",
  kinds,
  title: "A variable without a value",
  why: "The platform takes it, and the program finds an empty text in the variable.",
  cure: 'Give it a `value`, or remove it. A secret comes with `envFrom: [{ secret: NAME }]` under `spec`. Where it is meant to be empty, write `value: ""`.',
  bad: "env:\n  - name: LEVEL",
  good: "env:\n  - name: LEVEL\n    value: info",
  *check({ spec, empty }) {
    for (const { item, i } of itemsAt(spec, "env")) {
      const isTold = empty.some((path) => path[1] === "env" && path[2] === i);
      if (item["value"] !== undefined || item["valueFrom"] !== undefined || isTold) continue;
      const message = `\`${textAt(item, "name") ?? ""}\` has neither \`value\` nor \`valueFrom\``;
      yield { path: ["spec", "env", i, "name"], message };
    }
  },
};
