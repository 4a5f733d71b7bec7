/** What secrets are mostly called: a name says it before anyone looks inside. */

const secretName =
  /(^|_)(password|passwd|pwd|secret|secrets|token|api_?key|apikey|private_?key|access_?key|credentials?|auth)(_|$)/i;
/** Where something is, or how it is called, is no secret. */
const aboutSecret = /_(file|path|dir|name|id|url|uri|version|ttl|expiry|header|type)$/i;

/** Names of variables: `NPM_TOKEN`, `DB_PASSWORD`. */
export function looksLikeSecretName(name: string): boolean {
  return secretName.test(name) && !aboutSecret.test(name);
}

const secretFile = [
  /^\.env(\.(?!example|sample|template|dist)\w+)*$/i,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx)$/i,
  /^id_(rsa|dsa|ecdsa|ed25519)$/i,
  /^(\.npmrc|\.pypirc|\.netrc|\.pgpass|\.dockercfg|\.git-credentials|kubeconfig)$/i,
  /^(credentials?|secrets?|client[_-]secrets?|service[_-]?account.*|sa[_-]?key|gcp[_-]?key|key)\.(json|ya?ml|txt|ini)$/i,
  /^(secrets?|credentials?|\.ssh|\.aws|\.gnupg|gcloud)$/i,
];
const publicKey = /\.pub(\.pem)?$|public/i;

/** Paths of files and folders: `certs/tls.key`, `secrets/`. */
export function looksLikeSecretFile(path: string): boolean {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return parts.some((part) => !publicKey.test(part) && secretFile.some((pattern) => pattern.test(part)));
}
