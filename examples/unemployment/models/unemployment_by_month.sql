SELECT
  month,
  count(*) AS industries,
  sum(unemployed) AS unemployed,
  -- Where two industries are hit equally hard, the first in the alphabet stands for both.
  first(industry ORDER BY rate DESC, industry) AS hardest_hit,
  max(rate) AS hardest_hit_rate
FROM stg_unemployment
GROUP BY month
