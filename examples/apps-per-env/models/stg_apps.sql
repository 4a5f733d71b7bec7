-- An app in production is one whose cluster's name begins with prod: `nonprod-gcp` merely contains the word.
SELECT
  dato,
  name,
  team,
  cluster,
  CASE WHEN cluster LIKE 'prod-%' THEN 'prod' WHEN cluster IS NOT NULL THEN 'dev' END AS env,
  CASE WHEN cluster LIKE '%-gcp' THEN 'gcp' WHEN cluster IS NOT NULL THEN 'on_prem' END AS datacenter
FROM apps
