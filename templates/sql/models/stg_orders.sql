-- Orders that count: cancelled ones are left out.
SELECT
  order_id,
  CAST(date_trunc('month', ordered_at) AS DATE) AS month,
  amount
FROM orders
WHERE status <> 'cancelled'
