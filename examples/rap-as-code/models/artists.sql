-- Artists and songs are many to many: a song has several singers, and several who wrote it.
-- Who is named twice in one song counts once: UNION, without ALL.
WITH parts AS (
  SELECT song, released, unnest(singers).name AS artist, 'sings' AS part FROM songs
  UNION
  SELECT song, released, unnest(lyricists), 'writes' FROM songs
)
SELECT
  artist,
  count(*) FILTER (part = 'sings') AS sings,
  count(*) FILTER (part = 'writes') AS writes,
  min(released) AS first_release
FROM parts
GROUP BY artist
ORDER BY artist
