/** What the cluster would take otherwise, were a Naisjob that was written by hand replaced by the rendered one. */
import { isPlainObject } from "../../spec/value.ts";
import { withDefaults } from "../manifest/explain.ts";
import { fieldsAt, itemsAt, textAt, type Fields } from "../manifest/rule.ts";
import { diffManifests, resourceName, type ManifestChange } from "./manifest-diff.ts";

/**
 * @param own all resources of its file: what is not rendered stays as it is, and is no difference
 * @param rendered the Naisjob of the same name, and what comes with it
 */
export function ownDifferences(own: readonly object[], rendered: readonly object[]): ManifestChange[] {
  const names = new Set(rendered.map(resourceName));
  const replaced = own.filter((resource) => names.has(resourceName(resource)));
  const changes = diffManifests(replaced.map(comparable), rendered.map(comparable));
  return changes.filter((change) => !isToldBesides(change, changes));
}

/** The name of an item that is new, or gone, where other changes of the item say it in their paths. */
function isToldBesides({ path, before, after }: ManifestChange, changes: readonly ManifestChange[]): boolean {
  const [, item, name] = /^(.*\[([^\]]*)\])\.[a-z]+$/.exec(path) ?? [];
  if (item === undefined || JSON.stringify(name) !== (before ?? after)) return false;
  return changes.some((other) => other.path !== path && other.path.startsWith(`${item}.`));
}

/** As the cluster takes it. Each deploy has an image and a revision of its own; the namespace may be left to the deploy. */
function comparable(resource: object): object {
  const { metadata, ...rest } = resource as Fields;
  const { namespace: _namespace, ...named } = isPlainObject(metadata) ? metadata : {};
  const spec = fieldsAt(resource, "spec");
  if (textAt(resource, "kind") !== "Naisjob" || !spec) return { ...rest, metadata: named };
  const { image: _image, env: _env, ...others } = withDefaults(spec);
  const env = itemsAt(spec, "env").flatMap(({ item }) => (isOurs(textAt(item, "name")) ? [] : [item]));
  return { ...rest, metadata: named, spec: { ...others, ...(env.length > 0 && { env }) } };
}

function isOurs(variable: string | undefined): boolean {
  return variable?.startsWith("NAIS_ETL_") ?? false;
}
