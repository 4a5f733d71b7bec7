/** What is made for the workload in the team's Google Cloud project. */
import { z } from "zod";

const dataset = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_]+$/, "is not a dataset's name here: write small letters, digits and _, at least two")
    .describe("Name of the dataset; it cannot change later"),
  permission: z.enum(["READ", "READWRITE"]).describe("What the workload may do in it; it cannot change later"),
  description: z.string().optional().describe("What it holds; it cannot change later"),
  cascadingDelete: z.boolean().optional().describe("Delete the dataset and its tables together with the workload"),
});

const lifecycleCondition = z.strictObject({
  age: z.int().optional().describe("Days after which an object is deleted"),
  createdBefore: z.string().optional().describe("Objects made before this date are deleted"),
  daysSinceCustomTime: z.int().optional().describe("Days after the object's own date"),
  numNewerVersions: z.int().optional().describe("Newer versions after which one is deleted"),
  withState: z.enum(["", "LIVE", "ARCHIVED", "ANY"]).optional().describe("Only objects in this state"),
});

const bucket = z.strictObject({
  name: z.string().describe("Name of the bucket, unique in the world"),
  cascadingDelete: z.boolean().optional().describe("Delete the bucket together with the workload"),
  lifecycleCondition: lifecycleCondition.optional().describe("When objects are deleted by themselves"),
  publicAccessPrevention: z.boolean().optional().describe("Whether objects can never be made public"),
  retentionPeriodDays: z.int().min(1).max(36_500).optional().describe("Days during which objects cannot be deleted"),
});

const permission = z.strictObject({
  role: z.string().describe("The role: roles/bigquery.jobUser"),
  resource: z
    .strictObject({
      apiVersion: z.string().describe("API version of the resource in Config Connector"),
      kind: z.string().describe("Kind of the resource in Config Connector: Project"),
      name: z.string().optional().describe("Name of the resource; the team's own project by default"),
    })
    .describe("What the role is held on"),
});

const user = z.strictObject({
  name: z
    .string()
    .regex(/^[_a-zA-Z][-_a-zA-Z0-9]+$/, "is not a database user's name")
    .describe("Name of a further user, who gets no rights by default"),
});

const database = z.strictObject({
  name: z.string().describe("Name of the database, unique in the namespace"),
  envVarPrefix: z.string().optional().describe("What the names of its variables begin with"),
  users: z.array(user).optional().describe("Further users"),
});

const insights = z.strictObject({
  enabled: z.boolean().optional().describe("Whether queries are measured"),
  queryStringLength: z.int().min(256).max(4500).optional().describe("How much of a query is kept"),
  recordApplicationTags: z.boolean().optional().describe("Whether tags in comments are kept"),
  recordClientAddress: z.boolean().optional().describe("Whether callers' addresses are kept"),
});

const maintenance = z.strictObject({
  day: z.int().min(1).max(7).describe("Day of the week, 1 is Monday"),
  hour: z.int().min(0).max(23).describe("Hour of the day, UTC"),
});

const postgresVersions = [12, 13, 14, 15, 16, 17, 18].map((version) => `POSTGRES_${version}`);

const sqlInstance = z.strictObject({
  type: z.enum(postgresVersions).describe("Version of PostgreSQL"),
  tier: z.string().regex(/db-.+/, "is not a machine type: write db-f1-micro, db-custom-1-3840 …").describe("Size of the machine"),
  name: z.string().optional().describe("Name of the instance; the workload's by default"),
  databases: z.array(database).max(1).optional().describe("The one database"),
  autoBackupHour: z.int().min(0).max(23).optional().describe("Hour of the daily backup, UTC"),
  cascadingDelete: z.boolean().optional().describe("Delete the instance together with the workload"),
  collation: z.string().optional().describe("How texts are ordered"),
  diskAutoresize: z.boolean().optional().describe("Whether the disk grows by itself"),
  diskAutoresizeLimit: z.int().min(0).max(1000).optional().describe("GB to which it may grow"),
  diskSize: z.int().min(10).optional().describe("GB of disk"),
  diskType: z.enum(["SSD", "HDD"]).optional().describe("Kind of disk"),
  flags: z
    .array(z.strictObject({ name: z.string().describe("Flag"), value: z.string().describe("Its value, a text") }))
    .optional()
    .describe("Settings of PostgreSQL"),
  highAvailability: z.boolean().optional().describe("Whether a second machine stands ready"),
  insights: insights.optional().describe("Measuring of queries"),
  maintenance: maintenance.optional().describe("When Google may restart it"),
  pointInTimeRecovery: z.boolean().optional().describe("Whether it can be taken back to any moment"),
  retainedBackups: z.int().min(1).max(365).optional().describe("Backups kept"),
  transactionLogRetentionDays: z.int().min(1).max(7).optional().describe("Days of transaction log kept"),
});

export const gcp = z.strictObject({
  bigQueryDatasets: z.array(dataset).optional().describe("BigQuery datasets, in europe-north1"),
  buckets: z.array(bucket).optional().describe("Storage buckets"),
  permissions: z.array(permission).optional().describe("Roles that the workload's service account gets besides"),
  sqlInstances: z.array(sqlInstance).max(1).optional().describe("A PostgreSQL instance in Cloud SQL"),
});
