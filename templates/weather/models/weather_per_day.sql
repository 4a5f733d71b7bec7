-- Only whole days: the first and the last one of an answer lack hours. A day has 24, but for two in the year.
SELECT
  date,
  count(*) AS hours,
  round(min(temperature), 1) AS temperature_min,
  round(max(temperature), 1) AS temperature_max,
  round(avg(temperature), 1) AS temperature_avg,
  round(sum(precipitation), 1) AS precipitation,
  round(avg(wind), 1) AS wind_avg
FROM stg_hours
GROUP BY date
HAVING count(*) = date_diff('hour',
  timezone('Europe/Oslo', CAST(date AS TIMESTAMP)),
  timezone('Europe/Oslo', CAST(date + 1 AS TIMESTAMP)))
ORDER BY date DESC
