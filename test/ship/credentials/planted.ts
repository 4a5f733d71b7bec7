/** A line for each kind of credential, made at run time: no scanner, ours neither, may find one in this file. */
import { createHash } from "node:crypto";

/** So many characters that look random, always the same. */
function noise(
  length: number,
  alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  seed = "a",
): string {
  const bytes = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    createHash("sha256").update(`${seed}${i}`).digest(),
  );
  return [...Buffer.concat(bytes).subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

const hex = "0123456789abcdef";
const capitals = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

export const planted: [kind: string, line: string][] = [
  ["private key", `${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}`],
  ["private key", `key = """${"-".repeat(5)}BEGIN OPENSSH PRIVATE KEY${"-".repeat(5)}`],
  ["private key", `${"-".repeat(5)}BEGIN PGP PRIVATE KEY BLOCK${"-".repeat(5)}`],
  ["key of a Google service account", `  "private_key_id": "${noise(40, hex)}",`],
  ["Google API key", `url: https://x.no/?key=AIza${noise(35)}`],
  ["Google OAuth client secret", `"client_secret": "GOCSPX-${noise(28)}"`],
  ["Google OAuth token", `Authorization: Bearer ya29.${noise(60)}`],
  ["GitHub token", `GITHUB=ghp_${noise(36)}`],
  ["GitHub token", `t = 'github_pat_${noise(22)}_${noise(59, undefined, "b")}'`],
  ["GitLab token", `PRIVATE-TOKEN: glpat-${noise(20)}`],
  ["AWS access key", `id: AKIA${noise(16, capitals)}`],
  ["AWS secret key", `aws_secret_access_key = ${noise(40)}`],
  ["Azure storage key", `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${noise(86)}==`],
  ["Entra ID client secret", `AZURE_APP=${noise(3)}8Q~${noise(34)}`],
  ["Slack token", `token: xoxb-${noise(12, "0123456789")}-${noise(24)}`],
  ["Slack webhook", `https://hooks.slack.com/services/T${noise(9, capitals)}/B${noise(9, capitals)}/${noise(24)}`],
  ["npm token", `NPM=npm_${noise(36)}`],
  ["token in .npmrc", `//registry.example.no/:_authToken=${noise(20)}`],
  ["PyPI token", `password = pypi-AgEI${noise(80)}`],
  ["Stripe key", `k: sk_live_${noise(24)}`],
  ["SendGrid key", `SG.${noise(22)}.${noise(43)}`],
  ["Hugging Face token", `hf_${noise(34)}`],
  ["OpenAI or Anthropic key", `sk-ant-${noise(40)}`],
  ["Databricks token", `dapi${noise(32, hex)}`],
  ["Grafana token", `glsa_${noise(32)}_${noise(8, hex)}`],
  ["age secret key", `AGE-SECRET-KEY-1${noise(58, capitals)}`],
  ["JSON Web Token", `eyJ${noise(20)}.eyJ${noise(40)}.${noise(43)}`],
  ["key of a kubeconfig", `    client-key-data: ${noise(120)}==`],
  ["login of a registry", `"ghcr.io": { "auth": "${noise(24)}=" }`],
  ["password in an address", `engine = create_engine("postgresql://app:${noise(12)}@db.intern:5432/a")`],
  ["hexadecimal key", `NAIS_DEPLOY_APIKEY: ${noise(64, hex)}`],
  ["hexadecimal key", `api_key = "${noise(32, hex)}"`],
  ["password", `    "password": "${noise(12)}",`.replace(":", " =")],
  ["password", `DB_PASSWORD="${noise(9)}!"`],
];

/** What only looks like one. */
export const harmless: string[] = [
  'password: "${secret:DB_PASSWORD}"',
  'password: "registry-password"',
  "API_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  "export GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }}",
  "password = os.environ['DB_PASSWORD']",
  'password = getpass("Password: ")',
  'if password == "something":',
  "postgresql://user:$PASSWORD@localhost/db",
  "postgresql://localhost:5432/db",
  "https://example.com/a:b/c@d",
  `sha: ${"0a".repeat(20)}`,
  `image: x@sha256:${noise(64, hex)}`,
  `integrity: sha512-${noise(86)}==`,
  "-----BEGIN PUBLIC KEY-----",
  "-----BEGIN CERTIFICATE-----",
  `"password": "changeme123"`,
  "AWS: AKIAIOSFODNN7EXAMPLE",
  "function tokenKey(secretToken: string)",
];
