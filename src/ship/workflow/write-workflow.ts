/** A workflow as YAML. GitHub reads YAML 1.2, in which `on` is a word like any other. */
import { Document, isMap, isScalar, visit } from "yaml";

/** @param header comment at the top of the file */
export function writeWorkflow(workflow: Record<string, unknown>, header?: string): string {
  const document = new Document(workflow, { aliasDuplicateObjects: false });
  if (header !== undefined) document.commentBefore = header.replaceAll(/^/gm, " ");
  visit(document, {
    Scalar(_key, node) {
      const [value, comment] = typeof node.value === "string" ? node.value.split(" # ") : [];
      if (comment === undefined) return;
      node.value = /^\d+$/.test(value!) ? Number(value) : value;
      node.comment = ` ${comment}`;
    },
    Map(key, node) {
      // An empty value says more than `null`, and an empty line sets jobs apart.
      for (const pair of node.items) if (isScalar(pair.value) && pair.value.value === null) pair.value = null;
      if (key === null) for (const pair of node.items.slice(1)) if (isScalar(pair.key)) pair.key.spaceBefore = true;
    },
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== "jobs" || !isMap(value)) return;
      for (const { key: job } of value.items.slice(1)) if (isScalar(job)) job.spaceBefore = true;
    },
  });
  return document.toString({ lineWidth: 0, nullStr: "" });
}
