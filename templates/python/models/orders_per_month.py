import pandas as pd


def orders_per_month(stg_orders: pd.DataFrame) -> pd.DataFrame:
    months = stg_orders.groupby("month", as_index=False)
    return months.agg(orders=("order_id", "count"), revenue=("amount", "sum"))
