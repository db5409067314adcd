-- The last twelve characters of a code are printed under it: typed at a gate where no camera reads it.
create index tickets_by_end on tickets (performance_id, right(code, 12));
