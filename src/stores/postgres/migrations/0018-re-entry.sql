-- Going out and in again, where a gate allows it. A scan out is a row like the others, only ever added; who
-- is inside follows from the passes of a ticket in the order of time, so that scans which are merged late
-- find their place among the others.

alter table gates add column re_entry boolean not null default false;

alter table check_ins drop constraint check_ins_result_check;
alter table check_ins add constraint check_ins_result_check
  check (result in ('let-in', 'already-in', 'let-out', 'not-in', 'revoked', 'other-performance'));

-- How many scans of the ticket had let its holder in before this one. Scans of a ticket come one after the
-- other by the lock on its row; should two ever judge at once, they say the same number and one is refused.
alter table check_ins add column turn integer not null default 0;
create unique index check_ins_one_a_turn on check_ins (ticket_id, turn) where result = 'let-in';
drop index check_ins_one;
create index check_ins_out on check_ins (ticket_id) where result = 'let-out';
drop index check_ins_conflicts;
