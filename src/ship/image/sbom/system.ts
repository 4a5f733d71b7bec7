/** What an image holds besides packages of npm and pip: those of Debian, and Node and Python themselves. */
import type { ImageFiles } from "./image-files.ts";
import type { FoundPackage } from "./package.ts";

/** One file of all, or a file for each, as images without a shell have it. */
const status = /^var\/lib\/dpkg\/(status|status\.d\/[^/]+)$/;
const release = /^(etc|usr\/lib)\/os-release$/;

export function isSystemFile(path: string): boolean {
  return (status.test(path) && !path.endsWith(".md5sums")) || release.test(path);
}

export function systemPackages({ files, env }: ImageFiles): FoundPackage[] {
  const os = Object.assign({}, ...[...files].filter(([path]) => release.test(path)).map(([, text]) => linesOf(text)));
  const { ID: id = "debian", VERSION_ID: version } = os as Record<string, string>;
  const debian = [...files].flatMap(([path, text]) => {
    if (!status.test(path)) return [];
    return text.split(/\n\n+/).flatMap((record) => debianPackage(record, { id, version, path }));
  });
  return [...debian, ...languages(env)];
}

/** `ID="debian"` */
function linesOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, key, value]) => [key!, value!]));
}

interface Distribution {
  id: string;
  version: string | undefined;
  path: string;
}

/** Source: https://manpages.debian.org/dpkg-query, status abbreviations */
function debianPackage(record: string, { id, version: release, path }: Distribution): FoundPackage[] {
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, "m").exec(record)?.[1]?.trim();
  const [name, version, arch, state] = [field("Package"), field("Version"), field("Architecture"), field("Status")];
  if (name === undefined || version === undefined) return [];
  if (state !== undefined && !state.endsWith(" installed")) return [];
  const distro = release === undefined ? id : `${id}-${release}`;
  const qualifiers = { ...(arch !== undefined && { arch }), distro };
  return [{ kind: "deb", namespace: id, name, version, qualifiers, licence: undefined, path }];
}

/** Official images of both say which they hold. */
function languages(env: ImageFiles["env"]): FoundPackage[] {
  const found = [
    ["node", env["NODE_VERSION"]],
    ["python", env["PYTHON_VERSION"]],
  ] as const;
  return found.flatMap(([name, version]) =>
    version ? [{ kind: "generic" as const, name, version, licence: undefined, path: undefined }] : [],
  );
}
