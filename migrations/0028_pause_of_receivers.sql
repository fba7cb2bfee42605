-- Every claim asks to whom something has just been sent: the instant comes first, so that what was sent long ago is not
-- passed by each time.
drop index effects_pause;
create index effects_pause on effects (kind, finished_at, receiver) where state = 'done';
