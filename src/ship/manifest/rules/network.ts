import { fieldsAt, itemsAt, textAt, type Rule } from "../rule.ts";

const kinds = ["Naisjob", "Application"] as const;

export const externalBoth: Rule = {
  name: "external-both",
  severity: "warning",
  kinds,
  title: "An external rule with a host and an address opens nothing",
  why: "The platform makes one kind of rule for hosts and another for addresses. An item that has both, or none of the two, gets no rule at all.",
  cure: "Make two items of it.",
  bad: "accessPolicy:\n  outbound:\n    external:\n      - host: data.ssb.no\n        ipv4: 10.1.2.3",
  good: "accessPolicy:\n  outbound:\n    external:\n      - host: data.ssb.no\n      - ipv4: 10.1.2.3\n        ports:\n          - port: 443",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "accessPolicy", "outbound", "external")) {
      const path = ["spec", "accessPolicy", "outbound", "external", i];
      const [host, ipv4] = [textAt(item, "host"), textAt(item, "ipv4")];
      if (host && ipv4) yield { path, message: `\`${host}\` and \`${ipv4}\` in one item open neither` };
      if (!host && !ipv4)
        yield { path, message: "the item has neither `host` nor `ipv4`, and opens nothing", hint: "Name one of them." };
    }
  },
};

export const outboundWildcard: Rule = {
  name: "outbound-wildcard",
  severity: "warning",
  kinds,
  title: "An outbound rule to every application opens nothing",
  why: 'The platform makes no rule for `application: "*"` in outbound: only inbound rules know the star.',
  cure: "Name each application.",
  bad: 'accessPolicy:\n  outbound:\n    rules:\n      - application: "*"',
  good: "accessPolicy:\n  outbound:\n    rules:\n      - application: orders",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "accessPolicy", "outbound", "rules")) {
      const application = textAt(item, "application");
      if (application !== "*" && application !== "") continue;
      yield {
        path: ["spec", "accessPolicy", "outbound", "rules", i, "application"],
        message: `\`application: "${application}"\` opens nothing`,
      };
    }
  },
};

export const externalOpen: Rule = {
  name: "external-open",
  severity: "warning",
  kinds,
  title: "An address without ports opens every port",
  why: "A host alone opens port 443. An address alone opens all of them.",
  cure: "Add `ports: [{ port: 443 }]`, with the port that is needed.",
  bad: "accessPolicy:\n  outbound:\n    external:\n      - ipv4: 10.1.2.3",
  good: "accessPolicy:\n  outbound:\n    external:\n      - ipv4: 10.1.2.3\n        ports:\n          - port: 5432",
  *check({ spec }) {
    for (const { item, i } of itemsAt(spec, "accessPolicy", "outbound", "external")) {
      if (!textAt(item, "ipv4") || textAt(item, "host") || itemsAt(item, "ports").length > 0) continue;
      yield {
        path: ["spec", "accessPolicy", "outbound", "external", i, "ipv4"],
        message: `every port of \`${textAt(item, "ipv4")}\` is opened`,
      };
    }
  },
};

const isOn = (part: unknown) => fieldsAt(part)?.["enabled"] === true;

export const observabilityBoth: Rule = {
  name: "observability-both",
  severity: "error",
  kinds,
  title: "autoInstrumentation and tracing together",
  why: "The platform refuses the two together, after the deploy has succeeded. `tracing` is the older form.",
  cure: "Remove `tracing`.",
  bad: "observability:\n  autoInstrumentation:\n    enabled: true\n    runtime: nodejs\n  tracing:\n    enabled: true",
  good: "observability:\n  autoInstrumentation:\n    enabled: true\n    runtime: nodejs",
  *check({ spec }) {
    const { autoInstrumentation, tracing } = fieldsAt(spec, "observability") ?? {};
    if (isOn(autoInstrumentation) && isOn(tracing))
      yield {
        path: ["spec", "observability"],
        key: "tracing",
        message: "`autoInstrumentation` and `tracing` are both on",
      };
  },
};
