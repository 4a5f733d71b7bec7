/** How an outcome is marked: by a sign and a word, and only besides by a colour. */
import type { CheckResult } from "../check/check.ts";
import type { NodeState } from "./graph-nodes.ts";

export const marks: Record<NodeState, string> = { done: "✓", warned: "!", failed: "✗", skipped: "–", idle: "·" };

export const stateWords: Record<NodeState, string> = {
  done: "done",
  warned: "warning",
  failed: "failed",
  skipped: "skipped",
  idle: "not reached",
};

export const checkStates: Record<CheckResult["status"], NodeState> = {
  pass: "done",
  tolerated: "done",
  quarantined: "warned",
  warn: "warned",
  fail: "failed",
};

export const checkWords: Record<CheckResult["status"], string> = {
  pass: "passed",
  tolerated: "tolerated",
  quarantined: "set aside",
  warn: "warning",
  fail: "failed",
};
