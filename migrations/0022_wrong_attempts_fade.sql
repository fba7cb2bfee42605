-- Wrong attempts at a password fade from the last wrong one on, whatever else comes meanwhile. `last_at` moves with every
-- attempt, right ones included, and says only how long judging has taken.
alter table attempts add column wrong_at timestamptz;
update attempts set wrong_at = last_at;
alter table attempts alter column wrong_at set not null;
