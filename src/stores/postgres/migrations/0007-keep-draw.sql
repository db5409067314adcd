-- What was promised when an on-sale was created, and what was fixed at its opening, never changes
-- again, whoever asks: an operator, a migration of data, a mistake at a prompt. A draw that could be
-- made anew would be no draw.
create function keep_draw() returns trigger language plpgsql as $$
begin
  if new.commitment is distinct from old.commitment or new.seed is distinct from old.seed then
    raise exception 'on-sale %: the seed and its commitment were fixed when it was created', old.on_sale_id
      using errcode = 'integrity_constraint_violation';
  end if;
  if old.cohort is not null
     and (new.cohort is distinct from old.cohort or new.opened_at is distinct from old.opened_at) then
    raise exception 'on-sale %: its cohort was fixed at the opening', old.on_sale_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger on_sales_keep_draw before update of commitment, seed, cohort, opened_at on on_sales
  for each row execute function keep_draw();

-- And the promise is one: the commitment is the seed's SHA-256 from the first row on.
alter table on_sales add constraint on_sales_commitment_of_seed
  check (commitment = encode(sha256(decode(seed, 'hex')), 'hex'));
