-- Answers overlap: each brings seven days. Of an hour that came more than once, the newest answer is right.
-- Hours that are not measured yet come without a temperature.
SELECT
  time AS hour,
  CAST(timezone('Europe/Oslo', time) AS DATE) AS date,
  temperature_2m AS temperature,
  precipitation,
  wind_speed_10m AS wind
FROM hours
WHERE temperature_2m IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY time ORDER BY _file DESC) = 1
