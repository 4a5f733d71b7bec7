/** What keeps a pod from starting, or has ended it, in words; and what to do. */
import { fieldsAt, itemsAt, numberAt, textAt, type Fields } from "../../manifest/rule.ts";
import type { Trouble } from "../platform.ts";

/** Reasons of a container that waits. Source: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go, kuberuntime_container.go */
export function podTroubles(pod: unknown): Trouble[] {
  const name = textAt(pod, "metadata", "name") ?? "the pod";
  const statuses = [...itemsAt(pod, "status", "initContainerStatuses"), ...itemsAt(pod, "status", "containerStatuses")];
  const found = [
    unscheduled(pod, name),
    ended(pod, name),
    ...statuses.map(({ item }) => waiting(item, name)),
    ...statuses.map(({ item }) => terminated({ status: item, name, pod })),
  ];
  return found.filter((trouble) => trouble !== undefined);
}

function unscheduled(pod: unknown, name: string): Trouble | undefined {
  const condition = itemsAt(pod, "status", "conditions").find(({ item }) => item["type"] === "PodScheduled")?.item;
  if (condition?.["status"] !== "False" || condition["reason"] !== "Unschedulable") return undefined;
  return {
    what: `${name} finds no place in the cluster: ${textAt(condition, "message") ?? "Unschedulable"}`,
    cure: "It waits until there is room. If that takes long: ask for less under `nais: {resources: {requests: …}}`.",
  };
}

/** The pod as a whole, and not a container in it. */
function ended(pod: unknown, name: string): Trouble | undefined {
  if (textAt(pod, "status", "phase") !== "Failed") return undefined;
  const reason = textAt(pod, "status", "reason");
  if (reason === undefined) return undefined;
  const message = textAt(pod, "status", "message");
  const cure =
    reason === "Evicted"
      ? "Its node had too little left of memory or disk. If it comes again: raise `nais: {resources: {requests: …}}` to what the run needs."
      : reason === "DeadlineExceeded"
        ? deadlineCure
        : "Another attempt may go well: where there is one left, it starts by itself.";
  return { what: `${name} was ended: ${reason}${message === undefined ? "" : `: ${message}`}`, cure };
}

const deadlineCure =
  "A run, with all its attempts, may take `nais: {activeDeadlineSeconds: …}`: raise it, or find what hung in the log.";

const imageCure =
  "Has `nais-etl build --push` pushed this tag and digest? nais runs images of the team's own registry alone. The pod tries again by itself.";

function waiting(status: Fields, name: string): Trouble | undefined {
  const state = fieldsAt(status, "state", "waiting");
  const reason = textAt(state, "reason");
  const message = textAt(state, "message") ?? "";
  switch (reason) {
    case "CreateContainerConfigError":
      return { what: `${name} cannot start: ${message}`, cure: configCure(message) };
    case "ErrImagePull":
    case "ImagePullBackOff":
    case "ErrImageNeverPull":
    case "RegistryUnavailable":
      return { what: `${name} cannot fetch its image ${textAt(status, "image") ?? ""}`.trimEnd(), cure: imageCure };
    case "InvalidImageName":
      return {
        what: `${name}: ${message || "the image's name is not one"}`,
        cure: "Deploy again, with a valid image.",
      };
    case "CreateContainerError":
    case "RunContainerError":
      return { what: `${name} cannot start: ${message || reason}`, cure: "Look at the image's command and user." };
    case "CrashLoopBackOff":
      return {
        what: `${name} fails again and again: ${message || "the next try waits"}`,
        cure: "Its log says why. The next try starts by itself.",
      };
    default:
      return undefined;
  }
}

/** `secret "x" not found`, `couldn't find key K in Secret ns/x`, `container has runAsNonRoot and image will run as root`. */
function configCure(message: string): string {
  const [, kind, missing] = /(secret|configmap) "([^"]+)" not found/i.exec(message) ?? [];
  if (missing !== undefined)
    return `Make the ${kind} \`${missing}\` in the team's namespace (in Nais Console), or take it out of pipeline.yaml. Once it is there, the pod starts by itself; until then the run stays active.`;
  const [, key, holder] = /find key (\S+) in (?:Secret|ConfigMap) \S*?([^/\s]+)$/i.exec(message) ?? [];
  if (key !== undefined) return `Add the key \`${key}\` to \`${holder}\`. Once it is there, the pod starts by itself.`;
  if (/runAsNonRoot/i.test(message)) return "End the Dockerfile with `USER 1069`: nais runs nothing as root.";
  return "Look at the secrets and variables that the manifest names.";
}

interface Terminated {
  status: Fields;
  name: string;
  pod: unknown;
}

function terminated({ status, name, pod }: Terminated): Trouble | undefined {
  const state = fieldsAt(status, "state", "terminated") ?? fieldsAt(status, "lastState", "terminated");
  const reason = textAt(state, "reason");
  if (reason === "OOMKilled") {
    const container = itemsAt(pod, "spec", "containers").find(({ item }) => item["name"] === status["name"]);
    const limit = textAt(container?.item, "resources", "limits", "memory");
    return {
      what: `${name} took more memory than it may${limit === undefined ? "" : ` (${limit})`}: OOMKilled`,
      cure: "Raise `nais: {resources: {limits: {memory: …}}}`, or let `query:` of the source reduce the rows in BigQuery.",
    };
  }
  if (reason === "ContainerCannotRun" || reason === "StartError")
    return {
      what: `${name} cannot start: ${textAt(state, "message") ?? reason}`,
      cure: "Look at the image's command: does it exist, and is it executable?",
    };
  return undefined;
}

/** Why the Job itself is over, or stands still. */
export function jobTroubles(job: unknown): Trouble[] {
  if (fieldsAt(job, "spec")?.["suspend"] === true)
    return [
      {
        what: "the run is suspended",
        cure: "Someone has set `suspend` on its Job: it goes on when that is taken away.",
      },
    ];
  const failed = itemsAt(job, "status", "conditions").find(
    ({ item }) => item["type"] === "Failed" && item["status"] === "True",
  );
  if (textAt(failed?.item, "reason") !== "DeadlineExceeded") return [];
  const seconds = numberAt(job, "spec", "activeDeadlineSeconds");
  return [
    { what: `the run took longer than it may${seconds === undefined ? "" : ` (${seconds} s)`}`, cure: deadlineCure },
  ];
}

/** Of Events: what only they tell. */
export function eventTroubles(events: unknown): Trouble[] {
  return itemsAt(events, "items").flatMap(({ item }): Trouble[] => {
    const [reason, message] = [textAt(item, "reason"), textAt(item, "message")];
    if (message === undefined) return [];
    if (reason === "FailedCreate")
      return [
        {
          what: `no pod can be made: ${message}`,
          cure: "The cluster refuses it: a quota, or a policy. The message says which.",
        },
      ];
    if (reason === "FailedMount")
      return [{ what: `the pod waits for a volume: ${message}`, cure: configCure(message) }];
    return [];
  });
}
