/** Of nais' API what is about runs of jobs. Source: the names and types of nais/api, internal/graph/schema, July 2026. */
import { buildSchema } from "graphql";

const text = `
scalar Time
scalar Slug

type Query { team(slug: Slug!): Team! }
type Team { slug: Slug! environment(name: String!): TeamEnvironment! }
type TeamEnvironment { name: String! job(name: String!): Job! }

type Job {
  name: String!
  image: ContainerImage!
  schedule: JobSchedule
  state: JobState!
  runs(first: Int): JobRunConnection!
  issues(first: Int): IssueConnection!
}
enum JobState { COMPLETED RUNNING FAILED UNKNOWN }
type JobSchedule { expression: String! timeZone: String! nextRun: Time }
type ContainerImage { name: String! tag: String! }
type IssueConnection { nodes: [Issue!]! }
enum Severity { CRITICAL WARNING TODO }
type Issue { severity: Severity! message: String! }

type JobRunConnection { nodes: [JobRun!]! }
type JobRun {
  name: String!
  startTime: Time
  completionTime: Time
  status: JobRunStatus!
  image: ContainerImage!
  duration: Int!
  instances(first: Int): JobRunInstanceConnection!
  trigger: JobRunTrigger!
}
type JobRunStatus { state: JobRunState! message: String! }
enum JobRunState { PENDING RUNNING SUCCEEDED FAILED UNKNOWN }
type JobRunInstanceConnection { nodes: [JobRunInstance!]! }
type JobRunInstance { name: String! }
enum JobRunTriggerType { AUTOMATIC MANUAL }
type JobRunTrigger { type: JobRunTriggerType! actor: String }

type Mutation { triggerJob(input: TriggerJobInput!): TriggerJobPayload! }
input TriggerJobInput { name: String! teamSlug: Slug! environmentName: String! runName: String! }
type TriggerJobPayload { job: Job jobRun: JobRun }

type Subscription { log(filter: LogSubscriptionFilter!): LogLine! }
input LogSubscriptionFilter {
  environmentName: String!
  query: String!
  initialBatch: LogSubscriptionInitialBatch = {}
}
input LogSubscriptionInitialBatch { start: Time limit: Int = 100 }
type LogLine { time: Time! message: String! labels: [LogLineLabel!]! }
type LogLineLabel { key: String! value: String! }
`;

export const schema = buildSchema(text);

/** One that does not know yet what is wrong with a job, nor how a run came to be. */
export const olderSchema = buildSchema(
  text.replace("  issues(first: Int): IssueConnection!\n", "").replace("  trigger: JobRunTrigger!\n", ""),
);
