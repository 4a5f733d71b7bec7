import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { digestOf, sizeOf } from "../../../src/ship/image/registry.ts";
import { plainContext } from "../../support/context.ts";

// A registry as far as one question goes; that a real one answers the same is for test/e2e/image.test.ts to show.

const digest = `sha256:${"0a".repeat(32)}`;
let close: (() => void) | undefined;
afterEach(() => close?.());

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function registry(answer: Answer): Promise<string> {
  const server = createServer(answer);
  close = () => void server.close();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const image = (host: string) => ({ registry: host, repository: "o/n", tag: "1", digest: undefined });
const has: Answer = (_, response) => void response.writeHead(200, { "docker-content-digest": digest }).end();
const login = { user: "me", password: "pass:word" };
const basic = `Basic ${Buffer.from("me:pass:word").toString("base64")}`;

describe("the digest of a tag", () => {
  test("is what the registry says", async () => {
    const asked: string[] = [];
    const host = await registry((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.accept?.split(",").length}`);
      has(request, response);
    });
    expect(await digestOf(image(host), undefined, plainContext())).toBe(digest);
    expect(asked).toEqual(["HEAD /v2/o/n/manifests/1 4"]);
  });

  test("is none where there is no such image", async () => {
    const host = await registry((_, response) => void response.writeHead(404).end());
    expect(await digestOf(image(host), undefined, plainContext())).toBeUndefined();
  });

  test("is asked for with user and password where the registry wants them so", async () => {
    const host = await registry((request, response) => {
      if (request.headers.authorization === basic) return has(request, response);
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    });
    expect(await digestOf(image(host), login, plainContext())).toBe(digest);
  });

  test("is asked for with a token of the server that the registry names", async () => {
    const asked: string[] = [];
    const host = await registry((request, response) => {
      if (request.url!.startsWith("/token")) {
        asked.push(`${request.url} ${request.headers.authorization}`);
        response.end(JSON.stringify({ token: "t1" }));
      } else if (request.headers.authorization === "Bearer t1") has(request, response);
      else
        response
          .writeHead(401, {
            "www-authenticate": `Bearer realm="http://${host}/token",service="s",scope="repository:o/n:pull"`,
          })
          .end();
    });
    expect(await digestOf(image(host), login, plainContext())).toBe(digest);
    expect(asked).toEqual([`/token?service=s&scope=repository%3Ao%2Fn%3Apull ${basic}`]);
  });
});

describe("a registry that gives none", () => {
  test("a password never goes to a server without TLS that is not on this machine", async () => {
    const host = await registry(
      (_, response) =>
        void response.writeHead(401, { "www-authenticate": 'Bearer realm="http://192.0.2.1/token"' }).end(),
    );
    await expect(digestOf(image(host), login, plainContext())).rejects.toThrow(
      /refuses the login for 127\.0\.0\.1:\d+\/o\/n \(401\)/,
    );
  });

  test("a wrong password is told without it", async () => {
    const host = await registry((_, response) => void response.writeHead(403).end());
    const error = await digestOf(image(host), login, plainContext()).catch(
      (thrown: unknown) => thrown as { message: string; hint: string },
    );
    expect(error).toMatchObject({ message: expect.stringContaining("(403)"), hint: expect.stringContaining("token") });
    expect(JSON.stringify(error)).not.toContain("pass:word");
  });

  test("one that is out of order for a moment is asked again", async () => {
    let calls = 0;
    const host = await registry((request, response) =>
      ++calls < 3 ? void response.writeHead(503).end() : has(request, response),
    );
    expect(await digestOf(image(host), undefined, plainContext())).toBe(digest);
    expect(calls).toBe(3);
  });

  test("one that does not say the digest is told as what it is", async () => {
    const host = await registry((_, response) => void response.writeHead(200).end());
    await expect(digestOf(image(host), undefined, plainContext())).rejects.toThrow("does not say which digest");
  });
});

const says =
  (status: number, value: object): Answer =>
  (_, response) =>
    void response.writeHead(status).end(JSON.stringify(value));

describe("what is fetched of an image", () => {
  const manifest = { config: { size: 10 }, layers: [{ size: 1_000 }, { size: 200 }] };
  test("is its layers and its configuration", async () => {
    expect(await sizeOf(image(await registry(says(200, manifest))), undefined, plainContext())).toBe(1_210);
  });

  test.each([
    ["of an index of several platforms", says(200, { manifests: [] })],
    ["where it is refused", says(403, {})],
  ])("is not known %s", async (_, answer) => {
    expect(await sizeOf(image(await registry(answer)), undefined, plainContext())).toBeUndefined();
  });
});
