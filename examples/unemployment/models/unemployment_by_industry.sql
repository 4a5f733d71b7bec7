SELECT
  industry,
  year(month) AS year,
  count(*) AS months,
  sum(unemployed) AS person_months,
  round(avg(rate), 2) AS mean_rate,
  max(rate) AS max_rate
FROM stg_unemployment
GROUP BY industry, year(month)
