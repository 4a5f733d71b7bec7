-- Artists and songs are many to many: a song has several singers, and several who wrote it.
WITH parts AS (
  SELECT song, released, unnest(singers).name AS artist, 'sings' AS part FROM songs
  UNION ALL
  SELECT song, released, unnest(lyricists), 'writes' FROM songs
)
SELECT
  artist,
  count(DISTINCT song) FILTER (part = 'sings') AS sings,
  count(DISTINCT song) FILTER (part = 'writes') AS writes,
  min(released) AS first_release
FROM parts
GROUP BY artist
ORDER BY artist
