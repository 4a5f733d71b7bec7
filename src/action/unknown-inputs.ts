/** Inputs that action.yml does not have. The runner only warns of them, and what they were to say would be lost. */
import { throwProblems, type Problem } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";

/** What the same is called in the platform's own Actions, and in Docker's. */
const elsewhere: Record<string, string> = {
  cluster: "environment",
  apikey: "deploy-key",
  api_key: "deploy-key",
  manifest: "resource",
  manifests: "resource",
  vars: "vars-file",
  tags: "tag",
  file: "dockerfile",
  docker_context: "context",
  image_suffix: "suffix",
  secrets: "build-secrets",
  platforms: "platform",
  build_args: "build-args",
  token: "github-token",
  path: "working-directory",
};

/**
 * @param known all inputs that there are
 * @throws {EtlError} `invalid`, with each that there is not
 */
export function refuseUnknown(env: Readonly<Record<string, string | undefined>>, known: readonly string[]): void {
  const given = Object.keys(env).flatMap((name) => (name.startsWith("INPUT_") ? [name.slice(6).toLowerCase()] : []));
  const unknown = given.filter((name) => !known.includes(name));
  const problems = unknown.map((name): Problem => {
    const same = elsewhere[name];
    const hint = same === undefined ? didYouMean(name, known) : `Here it is \`${same}\`.`;
    return { severity: "error", rule: "unknown-input", message: `there is no input \`${name}\``, hint };
  });
  throwProblems(problems, "the inputs are not valid");
}
