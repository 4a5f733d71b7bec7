-- One row for each industry and month, with names that say what is meant.
SELECT
  make_date(year, month, 1) AS month,
  series AS industry,
  count AS unemployed,
  rate
FROM unemployment
