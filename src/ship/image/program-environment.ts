/**
 * What builders, and the programs beside them, get of our environment: where they look up their servers, settings and
 * helpers, the way out, and nothing else. A Dockerfile is code of whoever wrote it, and so is a plugin: neither needs
 * what the job may do. A secret that a build reads is named by the build.
 */
import type { Context } from "../../util/context.ts";
import { looksLikeSecretName } from "./secret-names.ts";

const families =
  /^(DOCKER|BUILDKIT|BUILDX|BUILDAH|PODMAN|CONTAINER|CONTAINERS|STORAGE|XDG|CLOUDSDK|COLIMA|LIMA|SIGSTORE|TUF|LC)_/i;

const known = new Set([
  // How others trust and reach what is outside.
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "FTP_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SSH_AUTH_SOCK",
  "DBUS_SESSION_BUS_ADDRESS",
  // Which login a helper of the registry takes: a file's path, and no more.
  "REGISTRY_AUTH_FILE",
  "REGISTRIES_CONFIG_PATH",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "GNUPGHOME",
  // Of git, which is asked for the commit.
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_SYSTEM",
  "GIT_CONFIG_NOSYSTEM",
  "GIT_CEILING_DIRECTORIES",
  "GIT_DISCOVERY_ACROSS_FILESYSTEM",
  "SOURCE_DATE_EPOCH",
  "TZ",
  // Without which no program starts on Windows.
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "WINDIR",
  "COMSPEC",
  "PATHEXT",
  "TEMP",
  "TMP",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "PROGRAMFILES",
]);

/** A login of the builder itself, in its own words. */
const ownLogin = "DOCKER_AUTH_CONFIG";

export function programEnvironment(env: Context["env"]): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && isWanted(name));
  return Object.fromEntries(kept) as Record<string, string>;
}

function isWanted(name: string): boolean {
  if (name === ownLogin || known.has(name.toUpperCase())) return true;
  return families.test(name) && !looksLikeSecretName(name);
}
