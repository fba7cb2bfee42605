-- From the contract to the rating, and the credit events that follow.

create type side as enum ('owner', 'agency');
create type contract_state as enum ('pending_confirm', 'objected', 'performing', 'delivered', 'accepted', 'completed');
create type deliverable_state as enum ('submitted', 'accepted', 'returned');
create type credit_code as enum ('P01', 'M02', 'M03', 'M04', 'M04S');
create type severity as enum ('merit', 'minor', 'general', 'serious');

create table contracts (
    id uuid primary key,
    region_code text not null references regions,
    award_id uuid not null constraint contracts_one_per_award unique,
    requirement_id uuid not null references requirements,
    owner_id uuid not null references owners,
    agency_id uuid not null references agencies,
    name text not null,
    amount_fen bigint not null,
    signed_on date not null,
    content text not null,
    file_id uuid not null references files,
    service_workdays integer not null,
    state contract_state not null,
    recorded_side side not null,
    recorded_by uuid not null references persons,
    recorded_at timestamptz not null,
    confirm_due_at timestamptz not null,
    objection text,
    confirmed_by uuid references persons,
    -- the service clock
    started_at timestamptz,
    due_at timestamptz,
    paused_at timestamptz,
    stopped_at timestamptz,
    accept_due_at timestamptz,
    accepted_at timestamptz,
    overdue_workdays integer,
    completed_at timestamptz,
    rate_by_at timestamptz,
    policy_id uuid not null references policies,
    version integer not null default 1,
    constraint contracts_amount_is_award foreign key (award_id, amount_fen) references awards (id, amount_fen),
    constraint contracts_clock_runs check (state in ('pending_confirm', 'objected') or (started_at is not null and due_at is not null)),
    constraint contracts_stopped_when_accepted check (state not in ('accepted', 'completed') or (stopped_at is not null and overdue_workdays >= 0)),
    constraint contracts_completed_complete check ((state = 'completed') = (completed_at is not null))
);
create index contracts_award_amount on contracts (award_id, amount_fen);
create index contracts_region on contracts (region_code);
create index contracts_requirement on contracts (requirement_id);
create index contracts_owner on contracts (owner_id, recorded_at desc, id desc);
create index contracts_agency on contracts (agency_id, recorded_at desc, id desc);
create index contracts_file on contracts (file_id);
create index contracts_recorded_by on contracts (recorded_by);
create index contracts_confirmed_by on contracts (confirmed_by);
create index contracts_policy on contracts (policy_id);
create index contracts_newest on contracts (recorded_at desc, id desc)
    where state not in ('pending_confirm', 'objected');

-- No contract without an issued notice of award.
create function contracts_check_award() returns trigger language plpgsql as $$
begin
    if not exists (select from awards where id = new.award_id and state = 'issued') then
        raise exception using errcode = '23514', constraint = 'contracts_need_issued_award',
            message = 'the notice of award is not issued';
    end if;
    return new;
end $$;
create trigger contracts_need_issued_award before insert on contracts
    for each row execute function contracts_check_award();

create table deliverables (
    id uuid primary key,
    contract_id uuid not null references contracts,
    round integer not null constraint deliverables_from_one check (round >= 1),
    note text not null,
    file_id uuid not null references files,
    state deliverable_state not null,
    delivered_by uuid not null references persons,
    delivered_at timestamptz not null,
    answered_by uuid references persons,
    answered_at timestamptz,
    answer_note text not null default '',
    constraint deliverables_round_once unique (contract_id, round),
    constraint deliverables_return_has_reason check (state <> 'returned' or length(answer_note) > 0)
);
create unique index deliverables_one_open on deliverables (contract_id) where state = 'submitted';
create index deliverables_file on deliverables (file_id);
create index deliverables_delivered_by on deliverables (delivered_by);
create index deliverables_answered_by on deliverables (answered_by);

create table ratings (
    id uuid primary key,
    contract_id uuid not null constraint ratings_one_per_contract unique references contracts,
    owner_id uuid not null references owners,
    agency_id uuid not null references agencies,
    quality smallint not null constraint ratings_quality_in_scale check (quality between 1 and 5),
    timeliness smallint not null constraint ratings_timeliness_in_scale check (timeliness between 1 and 5),
    attitude smallint not null constraint ratings_attitude_in_scale check (attitude between 1 and 5),
    fee smallint not null constraint ratings_fee_in_scale check (fee between 1 and 5),
    conduct smallint not null constraint ratings_conduct_in_scale check (conduct between 1 and 5),
    mean integer not null,
    comment text not null,
    rated_by uuid not null references persons,
    rated_at timestamptz not null,
    reply text,
    replied_by uuid references persons,
    replied_at timestamptz
);
create index ratings_owner on ratings (owner_id);
create index ratings_agency on ratings (agency_id, rated_at desc, id desc);
create index ratings_rated_by on ratings (rated_by);
create index ratings_replied_by on ratings (replied_by);

create function ratings_check_contract() returns trigger language plpgsql as $$
begin
    if not exists (
        select from contracts
        where id = new.contract_id and state = 'completed'
          and owner_id = new.owner_id and agency_id = new.agency_id)
    then
        raise exception using errcode = '23514', constraint = 'ratings_need_completed_contract',
            message = 'only a completed contract of the two is rated';
    end if;
    return new;
end $$;
create trigger ratings_need_completed_contract before insert on ratings
    for each row execute function ratings_check_contract();

create table credit_events (
    id uuid primary key,
    agency_id uuid not null references agencies,
    code credit_code not null,
    -- hundredths of a point
    points integer not null,
    severity severity not null,
    basis text not null,
    award_id uuid references awards,
    contract_id uuid references contracts,
    occurred_at timestamptz not null,
    effective_at timestamptz not null,
    ends_at timestamptz not null,
    revoked_at timestamptz,
    -- when it went into the public ledger: not before it counts
    entered_at timestamptz,
    policy_id uuid not null references policies,
    constraint credit_events_end_after_start check (ends_at > effective_at),
    constraint credit_events_have_source check (num_nonnulls(award_id, contract_id) >= 1)
);
-- What happened once is counted once.
create unique index credit_events_once_per_award on credit_events (code, award_id) where award_id is not null;
create unique index credit_events_once_per_contract on credit_events (code, contract_id) where contract_id is not null;
create index credit_events_agency on credit_events (agency_id, occurred_at desc, id desc);
create index credit_events_award on credit_events (award_id);
create index credit_events_contract on credit_events (contract_id);
create index credit_events_policy on credit_events (policy_id);
create index credit_events_newest on credit_events (effective_at desc, id desc);
