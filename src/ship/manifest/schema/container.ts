/** How the container is run: what it gets of the node, and what happens around its life. */
import { z } from "zod";

const port = z.int().min(1).max(65_535);

const quantities = z.strictObject({
  cpu: z
    .string()
    .regex(/^\d+m?$/, 'is not an amount of CPU: write "1", or thousandths as 200m')
    .optional()
    .describe("CPUs, or thousandths of one: 200m"),
  memory: z
    .string()
    .regex(/^\d+[KMG]i$/, "is not an amount of memory")
    .optional()
    .describe("Memory in Ki, Mi or Gi"),
});

export const resources = z.strictObject({
  limits: quantities.optional().describe("The most it gets; beyond the memory limit the process is killed"),
  requests: quantities.optional().describe("What is set aside for it on a node"),
});

export const probe = z.strictObject({
  path: z.string().describe("Path that answers with 200 when all is well"),
  port: port.optional().describe("Port of the probe; the workload's own by default"),
  initialDelay: z.int().optional().describe("Seconds before the first try"),
  periodSeconds: z.int().optional().describe("Seconds between tries"),
  failureThreshold: z.int().optional().describe("Failed tries in a row that count"),
  timeout: z.int().optional().describe("Seconds that one try may take"),
});

export const preStopHook = z.strictObject({
  exec: z
    .strictObject({ command: z.array(z.string()).optional().describe("Program and arguments; no shell is started") })
    .optional()
    .describe("A program run in the container before it is stopped"),
  http: z
    .strictObject({
      path: z.string().describe("Path to call"),
      port: port.optional().describe("Port to call; the workload's own by default"),
    })
    .optional()
    .describe("A call made to the container before it is stopped"),
});
