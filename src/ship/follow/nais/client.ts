/**
 * nais' own API, over GraphQL: questions, and streams as server-sent events.
 * Source: https://github.com/nais/api (internal/graph/schema, internal/auth/middleware), July 2026; its users call it beta.
 */
import type { Context } from "../../../util/context.ts";
import { parseEndpoint } from "../../../util/endpoint.ts";
import { EtlError, messageOf } from "../../../util/error.ts";
import { githubTokens } from "../../../util/github-oidc.ts";
import { isPlainObject } from "../../../spec/value.ts";
import { platformOf } from "../../platform.ts";
import { eventsIn } from "./events.ts";
import { ApiFailure, refusalOf, type TokenKind } from "./refusal.ts";

export interface NaisApi {
  /** @throws {EtlError} `failed`, saying what is missing, or {@link ApiFailure} */
  ask(request: GraphQl): Promise<Record<string, unknown>>;
  /** The data of each event, until the server ends the stream or the signal is aborted. */
  subscribe(request: GraphQl, options: Subscribe): AsyncGenerator<Record<string, unknown>>;
}

export interface Subscribe {
  signal: AbortSignal;
  /** Called once the server has begun to answer. */
  onOpen: () => void;
}

export interface GraphQl {
  query: string;
  variables: Record<string, unknown>;
}

const audience = "api.nais.io";
const timeout = 30_000;

/** NAIS_ETL_API names another server, for tests. @throws {EtlError} `usage` where it is not known which tenant's */
export async function naisApi(context: Context): Promise<NaisApi> {
  const address = await addressOf(context);
  const token = tokenSource(context);
  const post = async ({ query, variables }: GraphQl, accept: string, signal: AbortSignal) => {
    const { text, kind } = await token();
    const headers = { authorization: `Bearer ${text}`, "content-type": "application/json", accept };
    const response = await fetch(address, {
      method: "POST",
      headers,
      body: JSON.stringify({ query, variables }),
      signal,
    }).catch((error: unknown) => {
      context.signal.throwIfAborted();
      throw new ApiFailure(`${address.host} does not answer: ${messageOf((error as Error).cause ?? error)}`, true);
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
    if (!response.ok || (accept !== json && !isStream)) await refuse(response, kind);
    return { response, kind };
  };
  return {
    async ask(request) {
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]);
      const { response, kind } = await post(request, json, signal);
      return dataOf(await readJson(response), kind);
    },
    async *subscribe(request, { signal, onOpen }) {
      const { response, kind } = await post(request, "text/event-stream", signal);
      onOpen();
      for await (const { event, data } of unbroken(eventsIn(response.body!, signal), signal)) {
        if (event === "complete") return;
        if (event === "next") yield dataOf(JSON.parse(data), kind);
      }
    },
  };
}

const json = "application/json";

/** A stream that breaks may be opened again. */
async function* unbroken<T>(events: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if (signal.aborted) return;
    throw new ApiFailure(`the stream broke: ${messageOf((error as Error).cause ?? error)}`, true);
  }
}

async function addressOf(context: Context): Promise<URL> {
  const given = context.env["NAIS_ETL_API"];
  if (given)
    return new URL(
      "/graphql",
      parseEndpoint(given, { key: "NAIS_ETL_API", where: () => ({ file: "environment" }) }).url,
    );
  const { tenant } = await platformOf({ needs: ["tenant"] }, context);
  return new URL(`https://console.${tenant}.cloud.nais.io/graphql`);
}

/** A token that was given, or GitHub's, which lives for minutes. */
function tokenSource(context: Context): () => Promise<{ text: string; kind: TokenKind }> {
  const given = context.env["NAIS_API_TOKEN"];
  if (given) {
    context.log.mask(given);
    return async () => ({ text: given, kind: "given" });
  }
  const tokens = githubTokens(audience, context);
  return async () => ({ text: await tokens.current(), kind: "github" });
}

async function refuse(response: Response, kind: TokenKind): Promise<never> {
  const { status } = response;
  const text = await response.text().catch(() => "");
  const messages = messagesOf(text);
  throw refusalOf({ messages: messages.length > 0 ? messages : [`status ${status}`], status, kind });
}

function messagesOf(text: string): string[] {
  try {
    return errorsOf(JSON.parse(text));
  } catch {
    return [];
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new ApiFailure(`the answer of nais' API is no JSON: ${messageOf(cause)}`, true);
  }
}

function dataOf(answer: unknown, kind: TokenKind): Record<string, unknown> {
  const messages = errorsOf(answer);
  if (messages.length > 0) throw refusalOf({ messages, status: 200, kind });
  const data = isPlainObject(answer) ? answer["data"] : undefined;
  if (isPlainObject(data)) return data;
  throw new EtlError({ code: "failed", part: "nais", message: "nais' API answers without data" });
}

function errorsOf(answer: unknown): string[] {
  const errors: unknown = isPlainObject(answer) ? answer["errors"] : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.map((error: unknown) => (isPlainObject(error) ? String(error["message"]) : "an error without words"));
}
