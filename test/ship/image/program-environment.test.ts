import { expect, test } from "vitest";
import { programEnvironment } from "../../../src/ship/image/program-environment.ts";

test.each([
  ["DOCKER_HOST", "BUILDX_BUILDER", "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE", "BUILDAH_ISOLATION"],
  ["STORAGE_DRIVER", "XDG_RUNTIME_DIR", "CONTAINERS_CONF", "https_proxy", "NO_PROXY", "SSL_CERT_FILE", "LC_TIME"],
  ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "GIT_DIR", "SystemRoot", "SOURCE_DATE_EPOCH"],
])("where servers, settings and helpers are is handed on: %s, %s, …", (...names) => {
  const env = Object.fromEntries(names.map((name) => [name, "x"]));
  expect(programEnvironment(env)).toEqual(env);
});

test.each([
  ["GITHUB_TOKEN", "GH_TOKEN", "INPUT_REGISTRY-PASSWORD", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
  ["NAIS_DEPLOY_APIKEY", "NAIS_API_TOKEN", "NAIS_ETL_REGISTRY_PASSWORD", "COSIGN_PASSWORD", "GITHUB_OUTPUT"],
  ["DB_PASSWORD", "NPM_TOKEN", "DOCKER_PASSWORD", "DOCKERHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "CLOUDSDK_AUTH_TOKEN"],
  ["GIT_CONFIG_VALUE_0", "SLACK_WEBHOOK", "ANYTHING"],
])("what may be a secret, or is none of theirs, is not: %s, %s, …", (...names) => {
  expect(programEnvironment(Object.fromEntries(names.map((name) => [name, "x"])))).toEqual({});
});
