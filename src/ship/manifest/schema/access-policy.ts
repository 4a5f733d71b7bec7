/** Who the workload may talk to, and who may talk to it. Everything not named here is closed. */
import { z } from "zod";

const hostPattern =
  /^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]))*$/;
const ipv4Pattern =
  /^(([0-9])|([1-9][0-9])|(1([0-9]{2}))|(2[0-4][0-9])|(25[0-5]))((\.(([0-9])|([1-9][0-9])|(1([0-9]{2}))|(2[0-4][0-9])|(25[0-5]))){3})$/;
const permissionPattern = /^[a-z0-9-_./]+$/;

const workload = {
  application: z.string().describe("Name of the other workload"),
  namespace: z.string().optional().describe("Its namespace; the own one by default"),
  cluster: z.string().optional().describe("Its cluster; the own one by default"),
};

const permission = z
  .string()
  .regex(permissionPattern, "is not a permission: write small letters, digits and - _ . /");

const permissions = z.strictObject({
  roles: z.array(permission).optional().describe("Roles in the tokens that the caller gets"),
  scopes: z.array(permission).optional().describe("Scopes in the tokens that the caller gets"),
});

const external = z.strictObject({
  host: z
    .string()
    .regex(hostPattern, "is not a host: write the name alone, without scheme, port, path or *")
    .optional()
    .describe("Host outside the cluster, reached on port 443 unless `ports` says otherwise"),
  ipv4: z
    .string()
    .regex(ipv4Pattern, "is not an IPv4 address: write one address, not a range")
    .optional()
    .describe("Address outside the cluster, instead of a host"),
  ports: z
    .array(z.strictObject({ port: z.int32().describe("Port number") }))
    .optional()
    .describe("Ports, as objects; they take the place of 443"),
});

export const accessPolicy = z.strictObject({
  inbound: z
    .strictObject({
      rules: z
        .array(z.strictObject({ ...workload, permissions: permissions.optional().describe("What the caller may do") }))
        .describe("Workloads that may call this one"),
    })
    .optional()
    .describe("Traffic in"),
  outbound: z
    .strictObject({
      rules: z.array(z.strictObject(workload)).optional().describe("Workloads in the clusters that this one may call"),
      external: z.array(external).optional().describe("Hosts and addresses outside the clusters"),
    })
    .optional()
    .describe("Traffic out"),
});
