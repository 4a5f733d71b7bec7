import { chmod } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { attestArgv, signArgv } from "../../../src/ship/image/cosign.ts";
import { parseReference } from "../../../src/ship/image/reference.ts";
import { chooseSigner, signImage, type SignOptions } from "../../../src/ship/image/sign-image.ts";
import { makeFolder, problemsOf, type Folder } from "../../support/folder.ts";

// cosign's own word on all this is in test/e2e/sign.test.ts; here a program of its name notes what it is given.

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder({ "cosign.key": "", "bin/cosign": fake, "answer.json": '{"gitVersion": "v3.1.3"}' });
  await chmod(`${folder.path}/bin/cosign`, 0o755);
});
afterEach(() => folder.remove());

const fake = `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync, rmSync } = require("node:fs");
const folder = require("node:path").dirname(__dirname);
const [command, ...args] = process.argv.slice(2);
if (command === "version") process.stdout.write(readFileSync(folder + "/answer.json"));
else {
  const services = args[args.indexOf("--signing-config") + 1];
  const { DOCKER_CONFIG, COSIGN_PASSWORD, SIGNING_KEY, GITHUB_TOKEN } = process.env;
  const config = DOCKER_CONFIG && readFileSync(DOCKER_CONFIG + "/config.json", "utf8");
  const noted = { argv: [command, ...args], config, password: COSIGN_PASSWORD, key: SIGNING_KEY, token: GITHUB_TOKEN, services: args.includes("--signing-config") ? JSON.parse(readFileSync(services, "utf8")) : undefined };
  appendFileSync(folder + "/noted", JSON.stringify(noted) + "\\n");
  const problem = folder + "/problem";
  if (existsSync(problem)) { console.error(readFileSync(problem, "utf8")); rmSync(problem); process.exit(1); }
}
`;

interface Noted {
  argv: string[];
  config?: string;
  password?: string;
  key?: string;
  token?: string;
  services?: object;
}

const noted = async () =>
  (await folder.read("noted"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Noted);
const at = (env: Record<string, string> = {}) => ({
  ...folder.context,
  env: { PATH: `${folder.path}/bin:${process.env["PATH"]}`, ...env },
});
const digest = `sha256:${"0a".repeat(32)}`;
const image = parseReference(`ghcr.io/o/orders:1@${digest}`);
const withPassword = { COSIGN_PASSWORD: "password-of-the-key" };
const choose = (options: SignOptions, env: Record<string, string> = {}) => chooseSigner(options, at(env));

describe("cosign's command lines, whole", () => {
  const call = { image: `ghcr.io/o/orders@${digest}`, services: "/t/services.json" };

  test("with a key", () => {
    const signer = { key: "cosign.key" };
    const shared = ["--yes", "--key", "cosign.key", "--signing-config", "/t/services.json"];
    expect(signArgv({ ...call, signer })).toEqual(["cosign", "sign", ...shared, call.image]);
    const predicate = ["--type", "cyclonedx", "--predicate", "/t/sbom.json"];
    expect(attestArgv({ ...call, signer }, "/t/sbom.json")).toEqual([
      "cosign",
      "attest",
      ...shared,
      ...predicate,
      call.image,
    ]);
  });

  test("without one", () => {
    expect(signArgv({ ...call, signer: "keyless" })).toEqual(["cosign", "sign", "--yes", call.image]);
  });
});

describe("an image", () => {
  test("is signed by its digest, and what it holds attested, with no service of others and no password in an argument", async () => {
    const env = { ...withPassword, GITHUB_TOKEN: "token-of-the-job", GITHUB_ACTOR: "me" };
    const signer = await choose({ sign: true, signKey: "cosign.key" }, env);
    await signImage({ signer, image, sbom: "/t/sbom.json", context: at(env) });
    const calls = await noted();
    expect(calls.map(({ argv }) => [argv[0], argv.at(-1)])).toEqual([
      ["sign", `ghcr.io/o/orders@${digest}`],
      ["attest", `ghcr.io/o/orders@${digest}`],
    ]);
    for (const { argv, config, password, services } of calls) {
      expect(services).toEqual({ mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" });
      expect(password).toBe("password-of-the-key");
      const auth = Buffer.from("me:token-of-the-job").toString("base64");
      expect(JSON.parse(config!)).toEqual({ auths: { "ghcr.io": { auth } } });
      expect(argv.join(" ")).not.toMatch(/password-of|token-of/);
    }
    expect(folder.effects).toEqual(["image.sign", "image.sign"]);
    folder.context.log.info("password-of-the-key token-of-the-job");
    expect(folder.logged).toEqual(["*** ***\n"]);
  });

  test("is signed with a key that a variable holds, and cosign gets no other of the job's", async () => {
    const env = { ...withPassword, SIGNING_KEY: "the key", GITHUB_TOKEN: "made-up-of-the-job" };
    const signer = await choose({ sign: true, signKey: "env://SIGNING_KEY" }, env);
    await signImage({ signer, image, sbom: undefined, context: at(env) });
    expect(await noted()).toMatchObject([{ key: "the key", password: withPassword.COSIGN_PASSWORD }]);
    expect((await noted())[0]).not.toHaveProperty("token");
  });

  test("is signed without a key only where that is asked for", async () => {
    const signer = await choose({ sign: "keyless" }, { COSIGN_KEY: "cosign.key" });
    await signImage({ signer, image: parseReference(`x.no/o/a:1@${digest}`), sbom: undefined, context: at() });
    expect(await noted()).toEqual([{ argv: ["sign", "--yes", `x.no/o/a@${digest}`] }]);
  });

  test.each([
    ["decryption failed", "COSIGN_PASSWORD is not that of this key"],
    ["UNAUTHORIZED: authentication required", "must be allowed to write"],
    ["dial tcp: no such host", "needs Sigstore's public services"],
    ["something new", "The image is pushed, and not signed"],
    ["something new of sha256:0a401b403c", "The image is pushed, and not signed"],
  ])("that cannot be signed (%s) is told with what to do", async (said, hint) => {
    await folder.write("problem", said);
    const signer = { key: "cosign.key" };
    const problems = await problemsOf(() => signImage({ signer, image, sbom: undefined, context: at() }));
    expect(problems).toMatchObject([{ message: expect.stringContaining(said), hint: expect.stringContaining(hint) }]);
    expect(await noted()).toHaveLength(1);
  });
});

describe("who is to sign", () => {
  test.each<[string, SignOptions, Record<string, string>, string]>([
    ["no key", { sign: true }, {}, "no key is named"],
    ["no password", { sign: true, signKey: "cosign.key" }, {}, "the key's password is not given"],
    ["another way", { sign: "somehow" }, {}, "there is no way `somehow`"],
    ["both ways", { sign: "keyless", signKey: "cosign.key" }, {}, "exclude each other"],
    ["a job without permission", { sign: "keyless" }, { GITHUB_ACTIONS: "true" }, "may not ask GitHub for a token"],
  ])("with %s is refused before anything is built", async (_, options, env, message) => {
    expect(await problemsOf(() => choose(options, env))).toMatchObject([{ message: expect.stringContaining(message) }]);
  });

  test("is told of the public log where no key is named", async () => {
    const [problem] = await problemsOf(() => choose({ sign: true }));
    expect(problem!.hint).toContain("writes into a public log which repository and workflow made the image");
  });

  test("has a key of a service without a password, and one with none with an empty one", async () => {
    const key = "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/1";
    expect(await choose({ sign: true }, { COSIGN_KEY: key })).toEqual({ key });
    expect(await choose({ sign: true, signKey: "k" }, { COSIGN_PASSWORD: "" })).toEqual({ key: "k" });
  });

  test("needs cosign, and not an old one", async () => {
    await folder.write("answer.json", '{"gitVersion": "v2.4.1"}');
    const old = await problemsOf(() => choose({ sign: "keyless" }));
    expect(old).toMatchObject([{ message: expect.stringContaining("version 2.4.1, and 3 or newer is needed") }]);
    const none = await problemsOf(() => choose({ sign: "keyless" }, { PATH: `${folder.path}/nowhere` }));
    expect(none).toMatchObject([
      {
        message: expect.stringContaining("no cosign here"),
        hint: expect.stringContaining("sigstore/cosign-installer"),
      },
    ]);
  });
});
