-- Deadlines that were running before there were reminders get theirs: each job looks at the state, reminds if it is time
-- and has itself called again. (Values of an enum cannot be used in the transaction that adds them.)
insert into jobs (id, kind, subject, run_at, created_at)
    select gen_random_uuid(), 'remind_requirement'::job_kind, id, now(), now() from requirements where state = 'choosing'
    union all
    select gen_random_uuid(), 'remind_award'::job_kind, id, now(), now() from awards where state in ('announced', 'issued')
    union all
    select gen_random_uuid(), 'remind_contract'::job_kind, id, now(), now() from contracts
        where state in ('pending_confirm', 'performing', 'delivered', 'completed')
    union all
    select gen_random_uuid(), 'remind_agency'::job_kind, id, now(), now() from agencies where state = 'settled';
