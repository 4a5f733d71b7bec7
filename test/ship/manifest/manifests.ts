/** A manifest around a spec, each of whose lines is indented by two. */
export function naisjob(spec: string, { kind = "Naisjob", name = "orders" } = {}): string {
  const version = kind === "Application" ? "nais.io/v1alpha1" : "nais.io/v1";
  const inner = spec === "{}" ? "spec: {}" : `spec:\n${spec.replaceAll(/^/gm, "  ")}`;
  return `apiVersion: ${version}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: my-team\n  labels:\n    team: my-team\n${inner}\n`;
}
