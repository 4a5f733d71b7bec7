SELECT
  concat_ws(': ', singer, song_name) AS song,
  song_name AS name,
  album,
  date_of_release AS released,
  list_concat(
    [{ 'name': singer, 'role': 'main' }],
    list_transform(collaborated_artists, lambda artist: { 'name': artist, 'role': 'featured' })
  ) AS singers,
  coalesce(lyrics_by, []) AS lyricists,
  lyrics,
  length(regexp_extract_all(coalesce(lyrics, ''), '[^\n]+')) AS lines,
  link,
  _file AS file
FROM files
ORDER BY released NULLS LAST, song
