/**
 * A node that runs nothing: pods are put on it, and become what a test says; their logs come from a server that stands in
 * for its kubelet, which the API server asks as it asks any.
 */
import { createServer } from "node:https";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Kubernetes } from "./kubernetes.ts";

export interface TestNode {
  /** Puts it on the node, where it is not, and makes it what it says. */
  set(pod: string, status: PodStatus): void;
  /** One more line of its log, to all who follow it. */
  say(pod: string, text: string): void;
  /** Breaks the connections of all who follow. */
  cut(): void;
  /** How often a log was asked for. */
  asked: string[];
  stop(): Promise<void>;
}

export interface PodStatus {
  phase: "Pending" | "Running" | "Succeeded" | "Failed";
  /** Of its container. */
  state: object;
}

interface PodLog {
  lines: { time: Date; text: string }[];
  followers: Set<ServerResponse>;
  isOver: boolean;
}

const node = "node-1";

export async function startNode(kubernetes: Kubernetes, namespace: string): Promise<TestNode> {
  const logs = new Map<string, PodLog>();
  const asked: string[] = [];
  const logOf = (pod: string) => {
    const log: PodLog = logs.get(pod) ?? { lines: [], followers: new Set(), isOver: false };
    logs.set(pod, log);
    return log;
  };
  const server = createServer(kubernetes.certificate, (request, response) => {
    asked.push(request.url ?? "");
    const url = new URL(request.url ?? "", "https://x");
    const [, , , pod = ""] = url.pathname.split("/");
    serve({ log: logOf(pod), query: url.searchParams, response });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  makeNode(kubernetes, (server.address() as AddressInfo).port);
  const placed = new Set<string>();
  return {
    asked,
    set(pod, { phase, state }) {
      if (!placed.has(pod)) bind({ kubernetes, namespace, pod });
      placed.add(pod);
      const containerStatuses = [
        { name: "orders", image: "a:1", imageID: "", ready: "running" in state, restartCount: 0, state },
      ];
      patch({ kubernetes, args: ["pod", pod, `--namespace=${namespace}`], status: { phase, containerStatuses } });
      const log = logOf(pod);
      log.isOver = phase === "Succeeded" || phase === "Failed";
      if (log.isOver) for (const follower of log.followers) follower.end();
    },
    say(pod, text) {
      const log = logOf(pod);
      const line = { time: new Date(), text };
      log.lines.push(line);
      for (const follower of log.followers) follower.write(written(line));
    },
    cut() {
      for (const { followers } of logs.values()) for (const follower of followers) follower.destroy();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Serve {
  log: PodLog;
  query: URLSearchParams;
  response: ServerResponse;
}

function serve({ log, query, response }: Serve): void {
  const since = Date.parse(query.get("sinceTime") ?? "") || 0;
  response.writeHead(200, { "content-type": "text/plain" });
  for (const line of log.lines) if (line.time.getTime() >= since) response.write(written(line));
  if (query.get("follow") !== "true" || log.isOver) return void response.end();
  // Whoever follows gets what is there at once.
  response.flushHeaders();
  log.followers.add(response);
  response.on("close", () => log.followers.delete(response));
}

/** As kubelets do where `timestamps` is asked for, which it always is here: nine digits of a second. */
function written({ time, text }: PodLog["lines"][number]): string {
  return `${time.toISOString().replace("Z", "000000Z")} ${text}\n`;
}

function makeNode(kubernetes: Kubernetes, port: number): void {
  must(kubernetes, ["create", "-f", "-"], { apiVersion: "v1", kind: "Node", metadata: { name: node } });
  const status = {
    addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  patch({ kubernetes, args: ["node", node], status });
}

interface Bind {
  kubernetes: Kubernetes;
  namespace: string;
  pod: string;
}

function bind({ kubernetes, namespace, pod }: Bind): void {
  const binding = {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name: pod, namespace },
    target: { kind: "Node", name: node },
  };
  must(kubernetes, ["create", "--raw", `/api/v1/namespaces/${namespace}/pods/${pod}/binding`, "-f", "-"], binding);
}

interface Patch {
  kubernetes: Kubernetes;
  args: string[];
  status: object;
}

function patch({ kubernetes, args, status }: Patch): void {
  must(kubernetes, ["patch", ...args, "--subresource=status", "--type=merge", "-p", JSON.stringify({ status })]);
}

function must(kubernetes: Kubernetes, args: string[], input?: object): void {
  const { status, stderr } = kubernetes.kubectl(args, input && JSON.stringify(input));
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
}
