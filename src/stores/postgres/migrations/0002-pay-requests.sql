-- Which requests to pay an order again have been taken (M1): a repeat of one that was declined must not
-- charge the card a second time. The first payment of an order is told by the order's own key.

create table pay_requests (
  order_id        text not null references orders,
  idempotency_key text not null,
  body_hash       text not null,
  at              bigint not null default now_ms(),
  primary key (order_id, idempotency_key)
);
