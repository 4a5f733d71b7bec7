/** Google's official client against the in-repo server, and nothing else. */
import { BigQuery } from "@google-cloud/bigquery";
import { PassThroughClient } from "google-auth-library";
import type { BigQueryServer } from "../servers/bigquery/start.ts";

/** @param token sent as it is; without one, requests carry none */
export function connectBigQuery(
  server: BigQueryServer,
  { token, location }: { token?: string; location?: string } = {},
) {
  return new BigQuery({
    projectId: server.project,
    apiEndpoint: server.endpoint,
    authClient: new FixedTokenClient(token),
    ...(location !== undefined && { location }),
  });
}

class FixedTokenClient extends PassThroughClient {
  readonly #token: string | undefined;

  constructor(token: string | undefined) {
    super();
    this.#token = token;
  }

  override async getRequestHeaders(): Promise<Headers> {
    return new Headers(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` });
  }
}
