// src/ship/image/secret-names.ts
/** What secrets are mostly called: a name says it before anyone looks inside. */
const secretName = /(^|_)(password|passwd|pwd|secret|secrets|token|api_?key|apikey|private_?key|access_?key|credentials?|auth)(_|$)/i;
/** Where something is, or how it is called, is no secret. */
const aboutSecret = /_(file|path|dir|name|id|url|uri|version|ttl|expiry|header|type)$/i;
/** Names of variables: `NPM_TOKEN`, `DB_PASSWORD`. */
function looksLikeSecretName(name) {
	return secretName.test(name) && !aboutSecret.test(name);
}
const secretFile = [
	/^\.env(\.(?!example|sample|template|dist)\w+)*$/i,
	/\.(pem|key|p12|pfx|jks|keystore|kdbx)$/i,
	/^id_(rsa|dsa|ecdsa|ed25519)$/i,
	/^(\.npmrc|\.pypirc|\.netrc|\.pgpass|\.dockercfg|\.git-credentials|kubeconfig)$/i,
	/^(credentials?|secrets?|client[_-]secrets?|service[_-]?account.*|sa[_-]?key|gcp[_-]?key|key)\.(json|ya?ml|txt|ini)$/i,
	/^(secrets?|credentials?|\.ssh|\.aws|\.gnupg|gcloud)$/i
];
const publicKey = /\.pub(\.pem)?$|public/i;
/** Paths of files and folders: `certs/tls.key`, `secrets/`. */
function looksLikeSecretFile(path) {
	return path.split("/").filter((part) => part !== "" && part !== ".").some((part) => !publicKey.test(part) && secretFile.some((pattern) => pattern.test(part)));
}
// src/ship/image/program-environment.ts
const families = /^(DOCKER|BUILDKIT|BUILDX|BUILDAH|PODMAN|CONTAINER|CONTAINERS|STORAGE|XDG|CLOUDSDK|COLIMA|LIMA|SIGSTORE|TUF|LC)_/i;
const known = /* @__PURE__ */ new Set([
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"FTP_PROXY",
	"ALL_PROXY",
	"NO_PROXY",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
	"SSH_AUTH_SOCK",
	"DBUS_SESSION_BUS_ADDRESS",
	"REGISTRY_AUTH_FILE",
	"REGISTRIES_CONFIG_PATH",
	"GOOGLE_APPLICATION_CREDENTIALS",
	"GNUPGHOME",
	"GIT_DIR",
	"GIT_WORK_TREE",
	"GIT_CONFIG_GLOBAL",
	"GIT_CONFIG_SYSTEM",
	"GIT_CONFIG_NOSYSTEM",
	"GIT_CEILING_DIRECTORIES",
	"GIT_DISCOVERY_ACROSS_FILESYSTEM",
	"SOURCE_DATE_EPOCH",
	"TZ",
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
	"PROGRAMFILES"
]);
/** A login of the builder itself, in its own words. */
const ownLogin = "DOCKER_AUTH_CONFIG";
function programEnvironment(env) {
	const kept = Object.entries(env).filter(([name, value]) => value !== void 0 && isWanted(name));
	return Object.fromEntries(kept);
}
function isWanted(name) {
	if (name === ownLogin || known.has(name.toUpperCase())) return true;
	return families.test(name) && !looksLikeSecretName(name);
}
export { looksLikeSecretFile as n, looksLikeSecretName as r, programEnvironment as t };
