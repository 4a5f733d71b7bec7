SELECT
  id,
  'name_' || (id * 7919) % 5000 AS name,
  DATE '2020-01-01' + CAST(id % 1000 AS INTEGER) AS day,
  id / 7 AS value,
  TIMESTAMPTZ '2022-01-20 07:00:00+00' + to_seconds(id) AS seen
FROM range(1, $rows + 1) AS r(id)
