/** What a test may say of the stand-in's world, and of what goes wrong in it. */
import type { status } from "@grpc/grpc-js";
import type { Json } from "./cluster.ts";

type Code = (typeof status)[keyof typeof status];

export interface World {
  /** Clusters whose agent is connected. */
  clusters: string[];
  /** Repositories that a team lets deploy. */
  repositories: Record<string, string[]>;
  /** Deploy keys of teams, in hexadecimal. */
  apiKeys: Record<string, string>;
  /** What the API server says of a resource, `Naisjob/x`, in place of taking it. */
  refused: Record<string, string>;
  /** What the platform's operator says of a resource that was taken: FailedSynchronization, with this. */
  failing: Record<string, string>;
  /** Told of each resource that the API server takes, before its status is. */
  onApplied: (resource: Json) => void | Promise<void>;
  /** Resources that the operator never gets round to. */
  ignored: Set<string>;
  /** Milliseconds between what the cluster tells. */
  pace: number;
  /** The cluster begins once somebody follows: then no status is missed, however slow the follower. */
  isPatient: boolean;
}

/** Each is used once, in order, by the calls that it is for. */
export type Fault =
  /** A call ends in this status. */
  | { on: "deploy" | "status"; code: Code; details: string }
  /** It is carried out, and the answer lost. */
  | { on: "deploy"; lost: true }
  /** The answer is a message without any field. */
  | { on: "deploy"; empty: true }
  /** A stream begins with a message without any field: read as it stands, its state is `success`. */
  | { on: "status"; empty: true }
  /** After so many statuses a stream ends in this status; in none where it just ends. */
  | { on: "status"; after: number; code?: Code; details?: string }
  /** After so many statuses the whole connection is torn. */
  | { on: "status"; after: number; torn: true }
  /** The final status is not sent on this stream, and the stream stays open. */
  | { on: "status"; missesFinal: true };
