import { fieldsAt, itemsAt, numberAt, textAt, type Rule } from "../rule.ts";

export const jobProbe: Rule = {
  name: "job-probe",
  severity: "warning",
  kinds: ["Naisjob"],
  title: "A probe on a job",
  why: "The platform takes it and does nothing with it: a job serves nobody, so nobody asks whether it is well.",
  cure: "Remove it. To end a run that hangs, set `activeDeadlineSeconds`.",
  bad: "liveness:\n  path: /isalive",
  good: "activeDeadlineSeconds: 3600",
  *check({ spec }) {
    for (const key of ["liveness", "readiness", "startup"]) {
      if (spec[key] !== undefined) yield { path: ["spec"], key, message: `\`${key}\` is ignored for jobs` };
    }
  },
};

export const preStopHook: Rule = {
  name: "pre-stop-hook",
  severity: "error",
  kinds: ["Naisjob", "Application"],
  title: "A preStopHook is one thing: exec or http",
  why: "The platform refuses both together, and one that has neither, after the deploy has succeeded.",
  cure: "Keep one of `exec` and `http`.",
  bad: 'preStopHook:\n  exec:\n    command: [sleep, "5"]\n  http:\n    path: /stop',
  good: 'preStopHook:\n  exec:\n    command: [sleep, "5"]',
  *check({ spec }) {
    const hook = fieldsAt(spec, "preStopHook");
    if (!hook) return;
    const has = ["exec", "http"].filter((key) => hook[key] !== undefined);
    if (has.length === 2)
      yield { path: ["spec"], key: "preStopHook", message: "`preStopHook` has both `exec` and `http`" };
    if (has.length === 0)
      yield {
        path: ["spec"],
        key: "preStopHook",
        message: "`preStopHook` has neither `exec` nor `http`",
        hint: "Add one of them, or remove it.",
      };
    if (textAt(spec, "preStopHookPath"))
      yield {
        path: ["spec"],
        key: "preStopHookPath",
        message: "`preStopHookPath` and `preStopHook` together are refused",
        hint: "Remove `preStopHookPath`, the older form.",
      };
  },
};

/** As Go writes it: `1h30m`, `24h`. */
const goDuration = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$|^0$/;

export const ttl: Rule = {
  name: "ttl",
  severity: "error",
  kinds: ["Naisjob", "Application"],
  title: "The time to live is not a length of time",
  why: "The platform reads it only after the deploy has succeeded, as hours, minutes and seconds; there are no days.",
  cure: "Write hours: `24h`, `168h`.",
  bad: "ttl: 7d",
  good: "ttl: 168h",
  *check({ spec }) {
    const text = textAt(spec, "ttl");
    if (text && !goDuration.test(text)) yield { path: ["spec", "ttl"], message: `\`${text}\` is not a length of time` };
  },
};

export const ttlData: Rule = {
  name: "ttl-data",
  severity: "warning",
  kinds: ["Naisjob", "Application"],
  title: "Data is deleted when the time to live is over",
  why: "After `ttl` the platform deletes the whole resource, and with it what has `cascadingDelete`: tables, files and databases, for good.",
  cure: "Remove `cascadingDelete`, or `ttl`. To delete finished runs only, write `ttlSecondsAfterFinished`.",
  bad: "ttl: 168h\ngcp:\n  bigQueryDatasets:\n    - name: orders\n      permission: READWRITE\n      cascadingDelete: true",
  good: "ttlSecondsAfterFinished: 86400\ngcp:\n  bigQueryDatasets:\n    - name: orders\n      permission: READWRITE\n      cascadingDelete: true",
  *check({ spec }) {
    const text = textAt(spec, "ttl");
    if (!text) return;
    for (const key of ["bigQueryDatasets", "buckets", "sqlInstances"]) {
      for (const { item, i } of itemsAt(spec, "gcp", key)) {
        if (item["cascadingDelete"] !== true) continue;
        const name = textAt(item, "name") ?? textAt(item, "type") ?? key;
        yield {
          path: ["spec", "gcp", key, i],
          key: "cascadingDelete",
          message: `\`${name}\` and all that is in it is deleted after ${text}, with the resource`,
        };
      }
    }
  },
};

/** Alerts on failed runs look for a few minutes; Prometheus asks every half a minute or so. */
const shortestLife = 600;

export const ttlAfterFinished: Rule = {
  name: "ttl-after-finished",
  severity: "warning",
  kinds: ["Naisjob"],
  title: "Finished runs are deleted before anyone sees them",
  why: "With the run its metrics go: an alert on failed runs stops with it, or never fires. Its logs are kept elsewhere.",
  cure: "Write 3600 or more, or leave it out: the history limits tidy up.",
  bad: "ttlSecondsAfterFinished: 60",
  good: "ttlSecondsAfterFinished: 86400",
  *check({ spec }) {
    const seconds = numberAt(spec, "ttlSecondsAfterFinished");
    if (seconds === undefined || seconds < 0 || seconds >= shortestLife) return;
    yield {
      path: ["spec", "ttlSecondsAfterFinished"],
      message: `a finished run and its metrics are deleted after ${seconds} s`,
    };
  },
};
