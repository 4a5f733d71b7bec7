SELECT
  CAST(date_trunc('month', date) AS DATE) AS month,
  count(*) AS days,
  round(sum(precipitation), 1) AS precipitation,
  max(temp_max) AS temp_max,
  min(temp_min) AS temp_min,
  count(*) FILTER (precipitation > 0) AS rainy_days
FROM days
GROUP BY month
ORDER BY month DESC
