/**
 * Names in the cluster that are given on the command line. kubectl would take one that begins with `-` as an option.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
import { EtlError } from "../util/error.ts";

const grammars = {
  /** RFC 1123 label: of a namespace, which is the team. */
  label: { pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, longest: 63, letters: "Small letters, digits and dashes" },
  /** RFC 1123 subdomain: of a job or a run. */
  subdomain: {
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    longest: 253,
    letters: "Small letters, digits, dashes and dots",
  },
};

const kinds = { "--team": "label", "--namespace": "label", "--job": "subdomain", "--run": "subdomain" } as const;

/** @throws {EtlError} `usage` with the first that cannot be a name in a cluster */
export function assertClusterNames(given: Partial<Record<keyof typeof kinds, string | undefined>>): void {
  for (const [option, name] of Object.entries(given)) {
    const { pattern, longest, letters } = grammars[kinds[option as keyof typeof kinds]];
    if (name === undefined || (name.length <= longest && pattern.test(name))) continue;
    throw new EtlError({
      code: "usage",
      message: `${option}: \`${name}\` cannot be a name in a cluster`,
      hint: `${letters}, a letter or digit at both ends, at most ${longest}.`,
    });
  }
}
