/** With no network but loopback, what is installed still works. `.ci/run` runs `npm test` in the same way. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A network namespace of its own, with only `lo` up. */
const offline = (command: string) =>
  ["unshare", ["--map-root-user", "--net", "sh", "-c", `ip link set lo up && ${command}`]] as const;

function whyNot(): string | undefined {
  const [program, args] = offline("true");
  const { status, error, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error) return `there is no unshare: ${error.message}`;
  return status === 0 ? undefined : `no network namespace may be made here: ${stderr.trim()}`;
}

test("without a network, `npm run demo` passes", { timeout: 300_000 }, ({ skip }) => {
  const why = whyNot();
  if (why) skip(why);
  const [program, args] = offline("npm run demo");
  const env = { ...process.env, CI: "true" };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8", env });
  expect(status, `${stdout}${stderr}`.slice(-4000)).toBe(0);
});
