import { itemsAt, textAt, type Fields, type Finding, type Rule } from "../rule.ts";

const kinds = ["Naisjob", "Application"] as const;

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

const secretsFolder = "/var/run/secrets";

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
      if (seen.has(path)) yield samePath({ path, i, item });
      seen.set(path, i);
    }
  },
};

function samePath({ path, i, item }: { path: string; i: number; item: Fields }): Finding {
  const finding = { path: ["spec", "filesFrom", i], message: `\`${path}\` is taken by an item before this one` };
  const secret = textAt(item, "secret");
  if (textAt(item, "mountPath") || !secret) return finding;
  const own = `${secretsFolder}/${secret}`;
  const hint = `\`${secretsFolder}\` is where a secret without \`mountPath\` lands. Give this one its own: \`mountPath: ${own}\`, and its files are there.`;
  return { ...finding, hint };
}

export const mountPath: Rule = {
  name: "mount-path",
  severity: "warning",
  kinds,
  title: "A mountPath that does not begin with /",
  why: "The cluster takes it, and puts the files into the folder of that name at the root, wherever the program works. A path with a `:` it refuses, after the deploy has succeeded.",
  cure: "Write the whole path, from its first /.",
  bad: "filesFrom:\n  - secret: passwords\n    mountPath: passwords",
  good: "filesFrom:\n  - secret: passwords\n    mountPath: /passwords",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "filesFrom")) {
      const text = textAt(item, "mountPath");
      if (!text) continue;
      const path = ["spec", "filesFrom", i, "mountPath"];
      const [message, hint] = [`\`${text}\` does not begin with /`, `Write \`mountPath: /${text}\`.`];
      if (text.includes(":"))
        yield { path, severity: "error", message: `the cluster refuses a \`:\` in \`${text}\``, hint: "Leave it out." };
      else if (!text.startsWith("/")) yield { path, message, hint };
    }
  },
};

function mountPathOf(item: Record<string, unknown>): string | undefined {
  const path = textAt(item, "mountPath")?.replace(/(.)\/+$/, "$1");
  if (path) return path;
  const [configmap, secret, claim] = ["configmap", "secret", "persistentVolumeClaim"].map((key) => textAt(item, key));
  if (configmap) return `/var/run/configmaps/${configmap}`;
  if (secret) return secretsFolder;
  return claim ? `/var/run/pvc/${claim}` : undefined;
}
