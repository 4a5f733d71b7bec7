/** What nais' API is asked. */

/** As many runs as a job keeps, and more. */
const mostRuns = 100;

/** In the answer of the mutation. */
export const jobRun = "jobRun";

/** @param isFull with what only newer versions of the API know: how a run came to be, its pods, what is wrong with the job */
export function jobQuery(isFull: boolean): string {
  const ofRun = isFull ? "trigger { type } instances(first: 50) { nodes { name } }" : "";
  const ofJob = isFull ? "issues(first: 20) { nodes { message } }" : "";
  return `query Job($team: Slug!, $environment: String!, $name: String!) {
  team(slug: $team) {
    environment(name: $environment) {
      job(name: $name) {
        name
        schedule { expression timeZone }
        image { name tag }
        ${ofJob}
        runs(first: ${mostRuns}) {
          nodes {
            name startTime completionTime
            status { state message }
            image { name tag }
            ${ofRun}
          }
        }
      }
    }
  }
}`;
}

export const triggerMutation = `mutation Trigger($input: TriggerJobInput!) {
  triggerJob(input: $input) { job { name } ${jobRun} { name } }
}`;

export const logSubscription = `subscription Log($filter: LogSubscriptionFilter!) {
  log(filter: $filter) { time message labels { key value } }
}`;
