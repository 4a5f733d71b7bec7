/** Alerts over made-up series, by Prometheus's own tester. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Folder } from "../../support/folder.ts";

const run = promisify(execFile);

export interface Series {
  series: string;
  values: string;
}

export interface AlertRule {
  alert: string;
  labels: Record<string, string>;
  annotations: object;
}

export interface Trial {
  program: string;
  /** Holds rules.yaml. */
  folder: Folder;
  rules: AlertRule[];
  inputs: Series[];
  /** Minutes between two samples, and between two looks. */
  interval: number;
  alert: string;
  /** Minutes at which it must fire, and at which it must not. */
  fires: number[];
  silent: number[];
}

/** @throws with what promtool says is otherwise */
export async function expectAlert({ program, folder, rules, inputs, interval, ...wanted }: Trial): Promise<void> {
  const rule = rules.find(({ alert }) => alert === wanted.alert);
  if (!rule) throw new Error(`there is no alert ${wanted.alert}`);
  const firing = [{ exp_labels: rule.labels, exp_annotations: rule.annotations }];
  const at = (alerts: object[]) => (minute: number) => ({
    eval_time: `${minute}m`,
    alertname: wanted.alert,
    exp_alerts: alerts,
  });
  const expected = [...wanted.fires.map(at(firing)), ...wanted.silent.map(at([]))];
  const one = { interval: `${interval}m`, input_series: inputs, alert_rule_test: expected };
  const file = { rule_files: ["rules.yaml"], evaluation_interval: `${interval}m`, tests: [one] };
  await folder.write("test.yaml", stringify(file));
  await run(program, ["test", "rules", join(folder.path, "test.yaml")]).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`${stdout}${stderr}`);
    },
  );
}

/** A series that holds a value from one minute until another, then is gone. */
export function between(series: string, { from, to, value }: Span, interval = 1): Series {
  const [before, steps] = [Math.ceil(from / interval), Math.floor((to - from) / interval)];
  return { series, values: `${before > 0 ? `_x${before} ` : ""}${value}x${steps} stale` };
}

interface Span {
  from: number;
  to: number;
  value: number;
}
