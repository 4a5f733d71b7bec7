import { join } from "node:path";
import { fromJSON, loadSync, type MessageTypeDefinition, type PackageDefinition } from "@grpc/proto-loader";
import { expect, test } from "vitest";
import {
  decoding,
  descriptor,
  deployService,
  fromTimestamp,
  toTimestamp,
} from "../../../src/ship/deploy/nais/protocol.ts";
import { toStruct } from "../../../src/ship/deploy/nais/struct.ts";

const file = join(import.meta.dirname, "../../servers/deploy/deploy.proto");

/** Fields, numbers and types of each message of the service. */
function messagesOf(definition: PackageDefinition): Record<string, unknown> {
  const named = Object.entries(definition).filter(([name]) => name.startsWith("pb.") && name !== "pb.Deploy");
  return Object.fromEntries(named.map(([name, one]) => [name, (one as MessageTypeDefinition<object, object>).type]));
}

test("the protocol in the bundle is the one of the .proto file", () => {
  const written = messagesOf(loadSync(file, decoding));
  expect(Object.keys(written).length).toBeGreaterThan(4);
  expect(messagesOf(fromJSON(descriptor as never, decoding))).toEqual(written);
});

test("a request is read again as it was written", () => {
  const { Deploy } = deployService();
  const manifest = {
    kind: "Naisjob",
    spec: { n: 1.5, big: 86_400, yes: false, none: null, list: ["a", {}], text: "æøå" },
  };
  const request = {
    ID: "",
    time: toTimestamp(new Date("2026-11-21T10:00:00.250Z")),
    cluster: "dev-gcp",
    GithubEnvironment: "dev-gcp:my-team",
    kubernetes: { resources: [toStruct(manifest)] },
  };
  const read = Deploy!.requestDeserialize(Deploy!.requestSerialize(request)) as unknown as typeof request;
  expect(read).toMatchObject({ cluster: "dev-gcp", GithubEnvironment: "dev-gcp:my-team" });
  expect(fromTimestamp(read.time).toISOString()).toBe("2026-11-21T10:00:00.250Z");
  expect(read.kubernetes.resources[0]).toMatchObject(toStruct(manifest));
});
