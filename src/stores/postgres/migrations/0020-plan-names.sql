-- A plan's name in both languages: the desk speaks the operator's.
alter table venue_plans alter column name type jsonb using plan -> 'name';
