/** What credentials look like, each as its issuer documents it. */

export interface CredentialKind {
  /** Stable; as it is shown: `GitHub token`. */
  name: string;
  /** Finds it on one line; the group `value`, or else all that matches, is the credential. */
  pattern: RegExp;
  /** Words (small letters) of which one must be on the line, so that most lines are passed over at once. */
  near: readonly string[];
  /** What to do besides taking it out. */
  revoke: string;
}

const anywhere = "Make a new one, and revoke this one where it was made.";
const assigned = String.raw`["']?\s*(?:=>|[:=])\s*["']?`;

export const credentialKinds: readonly CredentialKind[] = [
  {
    name: "private key",
    pattern: /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?-----/,
    near: ["-----begin"],
    revoke: "Make a new pair of keys, and remove the public one of this pair wherever it is trusted.",
  },
  {
    name: "key of a Google service account",
    pattern: /"private_key_id"\s*:\s*"(?<value>[0-9a-f]{40})"/,
    near: ["private_key_id"],
    revoke: "Delete the key in IAM. On nais a job needs none: it is its service account.",
  },
  {
    name: "Google API key",
    pattern: /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/,
    near: ["aiza"],
    revoke: anywhere,
  },
  {
    name: "Google OAuth client secret",
    pattern: /\bGOCSPX-[0-9A-Za-z_-]{28}(?![0-9A-Za-z_-])/,
    near: ["gocspx-"],
    revoke: anywhere,
  },
  { name: "Google OAuth token", pattern: /\bya29\.[0-9A-Za-z_-]{30,}/, near: ["ya29."], revoke: anywhere },
  {
    name: "GitHub token",
    pattern: /\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{60,})/,
    near: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    revoke: "Revoke it under Settings, Developer settings. In a workflow `GITHUB_TOKEN` is there by itself.",
  },
  { name: "GitLab token", pattern: /\bglpat-[0-9A-Za-z_-]{20,}/, near: ["glpat-"], revoke: anywhere },
  {
    name: "AWS access key",
    pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
    near: ["akia", "asia"],
    revoke: "Deactivate it in IAM, then delete it.",
  },
  {
    name: "AWS secret key",
    pattern: new RegExp(
      String.raw`aws_?secret_?access_?key${assigned}(?<value>[0-9A-Za-z/+=]{40})(?![0-9A-Za-z/+=])`,
      "i",
    ),
    near: ["secret_access_key", "secretaccesskey"],
    revoke: "Deactivate it in IAM, then delete it.",
  },
  {
    name: "Azure storage key",
    pattern: /AccountKey=(?<value>[0-9A-Za-z+/]{86}==)/,
    near: ["accountkey="],
    revoke: anywhere,
  },
  {
    name: "Entra ID client secret",
    pattern: /(?<![0-9A-Za-z_~.-])(?<value>[0-9A-Za-z_~.-]{3}[78]Q~[0-9A-Za-z_~.-]{31,34})(?![0-9A-Za-z_~.-])/,
    near: ["7q~", "8q~"],
    revoke: anywhere,
  },
  {
    name: "Slack token",
    pattern: /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/,
    near: ["xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"],
    revoke: anywhere,
  },
  {
    name: "Slack webhook",
    pattern: /hooks\.slack\.com\/(?:services|workflows)\/T[0-9A-Z]{8,}\/[0-9A-Za-z/]{20,}/,
    near: ["hooks.slack.com"],
    revoke: "Who has the address can write to the channel: make a new webhook.",
  },
  {
    name: "npm token",
    pattern: /\bnpm_[0-9A-Za-z]{36}\b/,
    near: ["npm_"],
    revoke: "Revoke it with `npm token revoke`.",
  },
  {
    name: "token in .npmrc",
    pattern: /:_(?:authToken|auth|password)\s*=\s*(?<value>[^\s"$]{8,})/,
    near: [":_auth", ":_password"],
    revoke: "Write `${NPM_TOKEN}` there: npm fills it in from the environment.",
  },
  { name: "PyPI token", pattern: /\bpypi-AgEI[0-9A-Za-z_-]{50,}/, near: ["pypi-agei"], revoke: anywhere },
  { name: "Stripe key", pattern: /\b[rs]k_live_[0-9A-Za-z]{20,}/, near: ["k_live_"], revoke: anywhere },
  { name: "SendGrid key", pattern: /\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}/, near: ["sg."], revoke: anywhere },
  { name: "Hugging Face token", pattern: /\bhf_[0-9A-Za-z]{34}\b/, near: ["hf_"], revoke: anywhere },
  {
    name: "OpenAI or Anthropic key",
    pattern: /\bsk-(?:ant-|proj-|svcacct-)[0-9A-Za-z_-]{32,}/,
    near: ["sk-"],
    revoke: anywhere,
  },
  { name: "Databricks token", pattern: /\bdapi[0-9a-f]{32}\b/, near: ["dapi"], revoke: anywhere },
  {
    name: "Grafana token",
    pattern: /\bgl(?:sa_[0-9A-Za-z]{32}_[0-9a-f]{8}|c_[0-9A-Za-z+/]{32,})/,
    near: ["glsa_", "glc_"],
    revoke: anywhere,
  },
  { name: "age secret key", pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/, near: ["age-secret-key-"], revoke: anywhere },
  {
    name: "JSON Web Token",
    pattern: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}/,
    near: ["eyj"],
    revoke: "Whoever has it is let in until it expires: end the session it is of.",
  },
  {
    name: "key of a kubeconfig",
    pattern: /\bclient-key-data:\s*(?<value>[0-9A-Za-z+/=]{40,})/,
    near: ["client-key-data"],
    revoke: anywhere,
  },
  {
    name: "login of a registry",
    pattern: /"auth"\s*:\s*"(?<value>[0-9A-Za-z+/]{12,}={0,2})"/,
    near: ['"auth"'],
    revoke: "Change the password, and log in anew.",
  },
  {
    name: "password in an address",
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`<>]+:(?<value>[^\s:/@"'`<>{}$]{4,})@[^\s"'`]/i,
    near: ["://"],
    revoke: "Change the password, and write `${secret:NAME}` in its place.",
  },
  {
    name: "hexadecimal key",
    pattern: new RegExp(
      String.raw`(?:api_?key|apikey|secret|token|passw(?:or)?d|private_?key|auth_?key)[\w-]*${assigned}(?<value>[0-9a-f]{32,128})(?![0-9a-f])`,
      "i",
    ),
    near: ["key", "secret", "token", "passw"],
    revoke: anywhere,
  },
  {
    name: "password",
    pattern:
      /(?:^|[\s"'{,;_-])(?:passwd|password|pwd|passord)["']?\s*(?:=>|=(?!=)|:(?!:))\s*(?<quote>["'])(?<value>[^"'\s$<>{}]{8,})\k<quote>/i,
    near: ["passwd", "password", "pwd", "passord"],
    revoke: "Change it, and name the new one under `secrets:`.",
  },
];
