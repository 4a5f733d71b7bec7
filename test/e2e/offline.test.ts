/** With no network but loopback, what is installed still works: the demo and every test. */
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

test.for(["npm run demo", "npm test"])(
  "without a network, `%s` passes",
  { timeout: 1_800_000 },
  (command, { skip }) => {
    const why = whyNot();
    if (why) skip(why);
    const [program, args] = offline(command);
    const env = { ...process.env, CI: "true", NAIS_ETL_TEST_COUNTS: undefined };
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: root,
      encoding: "utf8",
      env,
      maxBuffer: 64 * 1024 ** 2,
    });
    expect(status, `${stdout}${stderr}`.slice(-4000)).toBe(0);
  },
);
