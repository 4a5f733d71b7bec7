/** The one place where manifests are written as YAML. */
import { Document, isMap, isScalar, Scalar, visit } from "yaml";

/** Comments by the path of the key they stand above: `spec.backoffLimit`. A path that is not there is passed over. */
export type Comments = Readonly<Record<string, string>>;

export interface ManifestText {
  manifest: unknown;
  comments?: Comments;
}

/** @param header comment at the top of the file, one line or several */
export function writeManifests(manifests: readonly ManifestText[], header?: string): string {
  const texts = manifests.map(({ manifest, comments }) => writeOne(manifest, comments ?? {}));
  const top = header === undefined ? "" : header.replaceAll(/^/gm, "# ") + "\n";
  return top + texts.join("---\n");
}

function writeOne(manifest: unknown, comments: Comments): string {
  // The platform reads YAML 1.1: under it `on` and `012` need quotes, which the writer then gives them.
  const document = new Document(manifest, { version: "1.1", aliasDuplicateObjects: false });
  for (const [path, comment] of Object.entries(comments)) addComment(document, path.split("."), comment);
  visit(document, {
    Scalar(_key, node) {
      // The platform's templating looks at the file before YAML does: in double quotes the backslash would be doubled.
      if (typeof node.value === "string" && node.value.includes("\\{{")) node.type = Scalar.QUOTE_SINGLE;
    },
  });
  return document.toString({ lineWidth: 0, directives: false });
}

function addComment(document: Document, path: string[], comment: string): void {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(holder)) return;
  const pair = holder.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  if (!pair || !isScalar(pair.key)) return;
  // Above the first key of a map the writer puts a comment at the map itself.
  if (holder.items[0] === pair) holder.commentBefore = ` ${comment}`;
  else pair.key.commentBefore = ` ${comment}`;
}
