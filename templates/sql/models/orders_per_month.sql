SELECT
  month,
  count(*) AS orders,
  sum(amount) AS revenue
FROM stg_orders
GROUP BY month
