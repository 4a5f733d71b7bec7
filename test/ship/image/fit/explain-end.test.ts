import { describe, expect, test } from "vitest";
import { explainEnd } from "../../../../src/ship/image/fit/explain-end.ts";

function explained(output: string, { exitCode = 1, isOutOfMemory = false } = {}) {
  const places = { folder: "/pipeline", writable: ["/pipeline/.nais-etl", "/pipeline/out"] };
  return explainEnd({ exitCode, isOutOfMemory, output, memory: "512Mi", ...places });
}

// What Node 24, Python 3.11, dash, coreutils, runc and crun said in a container that was confined as a pod is.
describe("what an image says at its end is told as what is wrong with it", () => {
  test.each([
    ["Error: EROFS: read-only file system, open '/data/x'\n  path: '/data/x'", "writes `/data/x`"],
    ["OSError: [Errno 30] Read-only file system: '/opt/x.csv'", "writes `/opt/x.csv`"],
    ["sh: 1: cannot create /pipeline/x: Read-only file system", "writes `/pipeline/x`"],
    ["mkdir: cannot create directory '/pipeline/x': Read-only file system", "writes `/pipeline/x`"],
    ["something: Read-only file system", "writes outside /tmp"],
    ["OSError: [Errno 30] Read-only file system: '/.cache'", "wants to write `/.cache` in a home folder"],
    ["EACCES: permission denied, mkdir '/.config/x'", "wants to write `/.config` in a home folder"],
    ["KeyError: 'HOME'", "wants a home folder"],
    ["RuntimeError: Could not determine home directory.", "wants a home folder"],
    ["PermissionError: [Errno 13] Permission denied: '/etc/shadow'", "user 1069 may not use `/etc/shadow`"],
    ["cat: /etc/shadow: Permission denied", "user 1069 may not use `/etc/shadow`"],
    ["EACCES: permission denied, mkdir '/pipeline/out/a'", "user 1069 may not write `/pipeline/out`: the image has"],
    [
      'IO Error: Cannot open file "/pipeline/out/.a.csv.nais-etl-1": Permission denied',
      "user 1069 may not write `/pipeline/out`",
    ],
    ["EACCES: permission denied, open '/pipeline/outer/a'", "user 1069 may not use `/pipeline/outer/a`"],
    ['runc create failed: exec: "/app/run.sh": permission denied: OCI permission denied', "use `/app/run.sh`"],
    ["getaddrinfo EAI_AGAIN data.ssb.no\n    hostname: 'data.ssb.no'", "asks `data.ssb.no`"],
    ["<urlopen error [Errno -3] Temporary failure in name resolution>", "asks the network"],
    ["exec /usr/local/bin/node: exec format error", "another processor"],
    [
      'unable to start: exec: "nothere": executable file not found in $PATH: OCI',
      "`nothere`, which it starts, is not in",
    ],
    ["crun: executable file `nothere` not found in $PATH", "`nothere`, which it starts, is not in"],
    ["exec /app/run.sh: no such file or directory", "`/app/run.sh`, which it starts, is not in"],
    ["sh: 1: foo: not found", "`foo`, which it starts, is not in"],
    ["Error: ld-linux-x86-64.so.2: cannot open shared object file: No such file", "lacks the C library"],
    ["Traceback …\nValueError: 3", "it ended with exit code 1"],
  ])("%s", (output, message) => {
    expect(explained(output).message).toContain(message);
  });

  test("each with a cure, where a cause is known", () => {
    expect(explained("KeyError: 'HOME'").hint).toContain("ENV HOME=/tmp");
    expect(explained("ValueError").hint).toBeUndefined();
    expect(explained("EACCES: permission denied, open '/pipeline/out/a'").hint).toContain(".dockerignore");
    expect(explained("EROFS: read-only file system, open '/pipeline/a.csv'").hint).toContain("path: out/rows.csv");
    expect(explained("EROFS: read-only file system, open '/data/a.csv'").hint).not.toContain("path:");
  });
});

test("memory goes before what a program said while it died, and says how much there was", () => {
  const { message, hint } = explained("EROFS: open '/x'", { exitCode: 137, isOutOfMemory: true });
  expect(message).toBe("it needs more than the pod's 512Mi of memory");
  expect(hint).toContain("memory: 1Gi");
});

test("a part of it that the kernel ended counts, though the rest went on to an end of its own", () => {
  expect(explained("the process was killed", { isOutOfMemory: true }).message).toContain("512Mi");
});

test("what was killed where the machine does not say why was most likely short of memory", () => {
  expect(explained("", { exitCode: 137 }).message).toContain("most likely it needs more than the pod's 512Mi");
});

test("what was not found at all has its own exit code", () => {
  expect(explained("", { exitCode: 127 }).message).toContain("what it starts is not in the image");
});
