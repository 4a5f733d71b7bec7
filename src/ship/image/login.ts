/** Who we are to a registry. Passwords come from the environment, never from the command line, and are masked at once. */
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { defaultAccount } from "../../util/google-account.ts";
import { garHostOf, isGoogleRegistry } from "./address.ts";
import { garLogin, googleScope, googleUser, type TeamRegistry } from "./gar-login.ts";
import type { Reference } from "./reference.ts";
import type { Login } from "./registry.ts";

type Place = Pick<Reference, "registry" | "repository">;

/** Undefined where the builder's own login, made before, is to be used. */
export async function loginFor(image: Place, context: Context): Promise<Login | undefined> {
  const login = await findLogin(image, context);
  if (login) context.log.mask(login.password);
  return login;
}

async function findLogin(image: Place, context: Context): Promise<Login | undefined> {
  const {
    NAIS_ETL_REGISTRY_USER: user,
    NAIS_ETL_REGISTRY_PASSWORD: password,
    GITHUB_ACTOR: actor,
    GITHUB_TOKEN: token,
  } = context.env;
  if (password) return { user: needed(user), password };
  if (image.registry === "ghcr.io" && token) return { user: actor || "token", password: token };
  const platform = teamRegistryOf(image, context);
  if (platform) return garLogin(platform, context);
  if (isGoogleRegistry(image.registry)) return googleLogin();
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

/**
 * The team's registry of the platform, where a workflow pushes there and has no other way.
 * Credentials that an earlier step has left (google-github-actions/auth) go first.
 */
function teamRegistryOf({ registry, repository }: Place, { env }: Context): TeamRegistry | undefined {
  if (env["GITHUB_ACTIONS"] !== "true" || env["GOOGLE_APPLICATION_CREDENTIALS"]) return undefined;
  const [project, team, name] = repository.split("/");
  return registry === garHostOf(env) && project && team && name ? { project, team } : undefined;
}

async function googleLogin(): Promise<Login> {
  const account = await defaultAccount({
    scope: googleScope,
    part: "registry",
    hint: "Or log in with the builder itself: `gcloud auth configure-docker`.",
  });
  const headers = await account.headers();
  const [, password = ""] = (headers["authorization"] ?? "").split(" ");
  return { user: googleUser, password };
}
