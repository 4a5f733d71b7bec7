/** Who we are to a registry. Passwords come from the environment, never from the command line, and are masked at once. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { defaultAccount } from "../../util/google-account.ts";
import { isLoopback, type Login } from "./registry.ts";

/** What its documentation calls the user of an access token: cloud.google.com/artifact-registry/docs/docker/authentication */
const googleUser = "oauth2accesstoken";
const scope = "https://www.googleapis.com/auth/cloud-platform";

/** Undefined where the builder's own login, made before, is to be used. */
export async function loginFor(registry: string, context: Context): Promise<Login | undefined> {
  const login = await findLogin(registry, context);
  if (login) context.log.mask(login.password);
  return login;
}

async function findLogin(registry: string, { env }: Context): Promise<Login | undefined> {
  const {
    NAIS_ETL_REGISTRY_USER: user,
    NAIS_ETL_REGISTRY_PASSWORD: password,
    GITHUB_ACTOR: actor,
    GITHUB_TOKEN: token,
  } = env;
  if (password) return { user: needed(user), password };
  if (registry === "ghcr.io" && token) return { user: actor || "token", password: token };
  if (/(^|\.)pkg\.dev$|(^|\.)gcr\.io$/.test(registry) && !isLoopback(registry)) return googleLogin();
  return undefined;
}

function needed(user: string | undefined): string {
  if (user) return user;
  throw new EtlError({
    code: "usage",
    message: "NAIS_ETL_REGISTRY_PASSWORD is given, and NAIS_ETL_REGISTRY_USER is not",
    hint: "Give both, or neither to use the login that the builder has.",
  });
}

async function googleLogin(): Promise<Login> {
  const account = await defaultAccount({
    scope,
    part: "registry",
    hint: "Or log in with the builder itself: `gcloud auth configure-docker`.",
  });
  const headers = await account.headers();
  const [, password = ""] = (headers["authorization"] ?? "").split(" ");
  return { user: googleUser, password };
}
