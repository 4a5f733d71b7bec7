/**
 * The mark of what nais-etl has rendered: by it `cleanup` knows what it may delete.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels
 */
export const madeByUs = { "app.kubernetes.io/managed-by": "nais-etl" } as const;
