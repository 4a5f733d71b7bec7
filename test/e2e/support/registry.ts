/** Debian's docker-registry, as a server of its own on loopback. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort, startServer } from "./server.ts";

export interface Registry {
  /** `127.0.0.1:PORT`. */
  host: string;
  stop(): Promise<void>;
}

export const registryLogin = { user: "tester", password: "made-up-password" };
/** As of Google's registry: an access token is the password of this user. */
export const tokenLogin = { user: "oauth2accesstoken", password: "access-token-of-the-team" };

/** bcrypt of the passwords, which are made up. */
const users = [
  `${registryLogin.user}:$2a$04$6kSj3YHxBpTFWKc08p1S3eWWgF8h1NfoV2stdRhavMZzxCu/K7M8e`,
  `${tokenLogin.user}:$2a$04$Smk8i46os4K7SwOLn2L24OfNt85Apmq0yGIOrVHqkpHo9t3HHWAcC`,
];

export async function startRegistry({ withLogin = false }: { withLogin?: boolean } = {}): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), "nais-etl-registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  const passwords = join(folder, "htpasswd");
  await writeFile(passwords, `${users.join("\n")}\n`);
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, "data") } },
    http: { addr: host },
    ...(withLogin && { auth: { htpasswd: { realm: "registry", path: passwords } } }),
  };
  const file = join(folder, "config.yml");
  await writeFile(file, stringify(config));
  const isReady = async () => [200, 401].includes((await fetch(`http://${host}/v2/`)).status);
  const server = await startServer({ command: "docker-registry", args: ["serve", file], isReady });
  return {
    host,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
