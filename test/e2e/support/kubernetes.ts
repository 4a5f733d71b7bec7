/**
 * A Kubernetes API server of a test's own: etcd and kube-apiserver on loopback, from one binary (`test/e2e/kubernetes/`).
 * It takes and refuses what any cluster does. Controllers act on it where a test asks for them; no node runs anything.
 */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProgram, type GoProgram } from "./go.ts";
import { answers, freePort, startServer, type RealServer } from "./server.ts";

const version = "v1.34.4";
const versionPackage = "k8s.io/component-base/version";

const program: GoProgram = {
  name: "kubernetes",
  module: fileURLToPath(new URL("../kubernetes", import.meta.url)),
  ldflags: `-X ${versionPackage}.gitVersion=${version} -X ${versionPackage}.gitMajor=1 -X ${versionPackage}.gitMinor=34`,
  variable: "KUBERNETES",
};

export function findKubernetes(): Promise<{ path: string } | { missing: string }> {
  return buildProgram(program);
}

export interface Kubernetes {
  /** For any client: names the server and an administrator's token. */
  kubeconfig: string;
  /** The server's own certificate and key, for others on 127.0.0.1. */
  certificate: { cert: string; key: string };
  kubectl(args: string[], input?: string): { status: number | null; stdout: string; stderr: string };
  stop(): Promise<void>;
}

const token = "administrator";

/**
 * @param binary what {@link findKubernetes} found
 * @param controllers of kube-controller-manager, such as `job-controller`; by default none
 */
export async function startKubernetes(binary: string, controllers: readonly string[] = []): Promise<Kubernetes> {
  const folder = await mkdtemp(join(tmpdir(), "nais-etl-kubernetes-"));
  const servers: RealServer[] = [];
  const stop = async () => {
    for (const server of servers.toReversed()) await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
    servers.push(await startEtcd({ binary, folder, client, peer }));
    servers.push(await startApiServer({ binary, folder, etcd: client, port }));
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, kubeconfigText(port));
    const kubectl: Kubernetes["kubectl"] = (args, input) =>
      spawnSync(binary, ["kubectl", `--kubeconfig=${kubeconfig}`, `--cache-dir=${folder}/cache`, ...args], {
        encoding: "utf8",
        input,
        maxBuffer: 64 * 1024 ** 2,
      });
    if (controllers.length > 0) servers.push(await startControllers({ binary, folder, kubeconfig, controllers }));
    const [cert, key] = await Promise.all(
      ["crt", "key"].map((kind) => readFile(join(folder, "certificates", `apiserver.${kind}`), "utf8")),
    );
    return { kubeconfig, certificate: { cert: cert!, key: key! }, kubectl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Part {
  binary: string;
  folder: string;
}

function startEtcd({ binary, folder, client, peer }: Part & { client: number; peer: number }): Promise<RealServer> {
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  const args = [
    "etcd",
    `--data-dir=${folder}/etcd`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // What is written is thrown away at the end.
    "--unsafe-no-fsync",
    "--log-level=error",
  ];
  return startServer({ command: binary, args, isReady: () => answers(`${clientUrl}/health`) });
}

async function startApiServer({
  binary,
  folder,
  etcd,
  port,
}: Part & { etcd: number; port: number }): Promise<RealServer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await writeFile(join(folder, "accounts.key"), privateKey);
  await writeFile(join(folder, "accounts.pub"), publicKey);
  await writeFile(join(folder, "tokens.csv"), `${token},administrator,administrator,system:masters\n`);
  const args = [
    "kube-apiserver",
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${folder}/certificates`,
    `--token-auth-file=${folder}/tokens.csv`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${folder}/accounts.pub`,
    `--service-account-signing-key-file=${folder}/accounts.key`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--disable-admission-plugins=ServiceAccount",
  ];
  const isReady = () => Promise.resolve(isHealthy({ binary, folder, port }));
  return startServer({ command: binary, args, isReady, patience: 120 });
}

interface Controllers extends Part {
  kubeconfig: string;
  controllers: readonly string[];
}

function startControllers({ binary, kubeconfig, controllers }: Controllers): Promise<RealServer> {
  const args = [
    "kube-controller-manager",
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(",")}`,
    "--leader-elect=false",
    "--secure-port=0",
  ];
  return startServer({ command: binary, args, isReady: () => Promise.resolve(true) });
}

/** By kubectl, since the server's certificate is of its own making. */
function isHealthy({ binary, folder, port }: Part & { port: number }): boolean {
  const args = [
    "kubectl",
    `--server=https://127.0.0.1:${port}`,
    "--insecure-skip-tls-verify",
    `--token=${token}`,
    `--cache-dir=${folder}/cache`,
    "get",
    "--raw=/readyz",
  ];
  return spawnSync(binary, args, { env: {}, timeout: 5000 }).status === 0;
}

function kubeconfigText(port: number): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "administrator", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "administrator" } }],
    "current-context": "test",
  });
}
