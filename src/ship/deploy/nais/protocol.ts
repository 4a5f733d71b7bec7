/**
 * The deploy service's protocol, as an object, so that the Action's bundle needs no file beside it.
 * `test/servers/deploy/deploy.proto` is the same as a text; a test holds the two together.
 * Source: what https://github.com/nais/deploy speaks on the wire.
 */
import type { ServiceDefinition } from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { ProtoStruct } from "./struct.ts";

/** How a deploy stands. `success` is the number zero, so on the wire it is the same as no state at all. */
export const deployStates = ["success", "error", "failure", "inactive", "in_progress", "queued", "pending"] as const;
export type DeployState = (typeof deployStates)[number];

export interface ProtoTimestamp {
  /** Since 1970. */
  seconds: number;
  nanos: number;
}

export interface DeploymentRequest {
  /** Chosen by the server; empty until it has answered. */
  ID: string;
  time: ProtoTimestamp;
  deadline: ProtoTimestamp;
  cluster: string;
  team: string;
  gitRefSha: string;
  kubernetes: { resources: ProtoStruct[] };
  repository: { owner: string; name: string };
  /** `cluster:namespace`. */
  GithubEnvironment: string;
  traceParent: string;
  deployerUsername: string;
  triggerUrl: string;
}

export interface DeploymentStatus {
  request?: Partial<DeploymentRequest> | null;
  time?: ProtoTimestamp | null;
  state: DeployState;
  message: string;
}

const field = (type: string, id: number) => ({ type, id });
const timestamp = "google.protobuf.Timestamp";

/** In the form that protobufjs reads. */
export const descriptor = {
  nested: {
    google: {
      nested: {
        protobuf: {
          nested: {
            Timestamp: { fields: { seconds: field("int64", 1), nanos: field("int32", 2) } },
            Struct: { fields: { fields: { keyType: "string", type: "Value", id: 1 } } },
            Value: {
              oneofs: {
                kind: { oneof: ["nullValue", "numberValue", "stringValue", "boolValue", "structValue", "listValue"] },
              },
              fields: {
                nullValue: field("NullValue", 1),
                numberValue: field("double", 2),
                stringValue: field("string", 3),
                boolValue: field("bool", 4),
                structValue: field("Struct", 5),
                listValue: field("ListValue", 6),
              },
            },
            NullValue: { values: { NULL_VALUE: 0 } },
            ListValue: { fields: { values: { rule: "repeated", ...field("Value", 1) } } },
          },
        },
      },
    },
    pb: {
      nested: {
        GithubRepository: { fields: { owner: field("string", 1), name: field("string", 2) } },
        DeploymentState: { values: Object.fromEntries(deployStates.map((state, i) => [state, i])) },
        Kubernetes: { fields: { resources: { rule: "repeated", ...field("google.protobuf.Struct", 1) } } },
        DeploymentRequest: {
          fields: {
            ID: field("string", 1),
            time: field(timestamp, 2),
            deadline: field(timestamp, 3),
            cluster: field("string", 4),
            team: field("string", 5),
            gitRefSha: field("string", 6),
            kubernetes: field("Kubernetes", 7),
            repository: field("GithubRepository", 8),
            GithubEnvironment: field("string", 9),
            traceParent: field("string", 10),
            deployerUsername: field("string", 11),
            triggerUrl: field("string", 12),
          },
        },
        DeploymentStatus: {
          fields: {
            request: field("DeploymentRequest", 1),
            time: field(timestamp, 2),
            state: field("DeploymentState", 3),
            message: field("string", 4),
          },
        },
        Deploy: {
          methods: {
            Deploy: { requestType: "DeploymentRequest", responseType: "DeploymentStatus" },
            Status: { requestType: "DeploymentRequest", responseType: "DeploymentStatus", responseStream: true },
          },
        },
      },
    },
  },
};

/** Names as they stand there: `ID` and `GithubEnvironment` begin with a capital. */
export const decoding = { keepCase: true, enums: String, longs: Number, defaults: true, oneofs: true } as const;

export function deployService(): ServiceDefinition {
  return fromJSON(descriptor as never, decoding)["pb.Deploy"] as ServiceDefinition;
}

export function toTimestamp(date: Date): ProtoTimestamp {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000 };
}

export function fromTimestamp({ seconds, nanos }: ProtoTimestamp): Date {
  return new Date(seconds * 1000 + Math.floor(nanos / 1_000_000));
}
