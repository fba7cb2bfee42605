-- The frozen list, selections with their draws, awards.

create type draw_purpose as enum ('winner', 'tie', 'reference-k', 'inspection');
create type award_state as enum ('announced', 'confirmed', 'issued', 'declined', 'lapsed');

-- What is written here is written once.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception using errcode = '23514', constraint = tg_table_name || '_are_final',
        message = tg_table_name || ' do not change';
end $$;

create table entrants (
    requirement_id uuid not null references requirements,
    seq integer not null constraint entrants_from_one check (seq >= 1),
    sign_up_id uuid not null constraint entrants_sign_up_once unique references sign_ups,
    agency_id uuid not null references agencies,
    uscc text not null,
    nonce bytea not null,
    amount_fen bigint,
    primary key (requirement_id, seq),
    constraint entrants_agency_once unique (requirement_id, agency_id)
);
create index entrants_agency on entrants (agency_id);
create trigger entrants_are_final before update or delete on entrants
    for each row execute function refuse_change();

create table exclusions (
    requirement_id uuid not null references requirements,
    sign_up_id uuid not null references sign_ups,
    agency_id uuid not null references agencies,
    uscc text not null,
    reasons jsonb not null,
    excluded_at timestamptz not null,
    primary key (requirement_id, sign_up_id)
);
create index exclusions_sign_up on exclusions (sign_up_id);
create index exclusions_agency on exclusions (agency_id);
create trigger exclusions_are_final before update or delete on exclusions
    for each row execute function refuse_change();

create table selections (
    id uuid primary key,
    requirement_id uuid not null references requirements,
    ordinal integer not null,
    method method not null,
    ranking jsonb not null,
    reason text,
    decided_by uuid references persons,
    decided_at timestamptz not null,
    policy_id uuid not null references policies,
    constraint selections_once unique (requirement_id, ordinal),
    constraint selections_only_choices_repeat check (ordinal = 1 or method = 'direct'),
    constraint selections_choice_has_reason check (
        (method = 'direct') = (decided_by is not null) and (method <> 'direct' or length(reason) >= 10))
);
create index selections_decided_by on selections (decided_by);
create index selections_policy on selections (policy_id);
create trigger selections_are_final before update or delete on selections
    for each row execute function refuse_change();

-- The evidence keeps its bytes: `json`, not `jsonb`.
create table draws (
    id uuid primary key,
    selection_id uuid not null references selections,
    requirement_id uuid not null references requirements,
    ordinal integer not null,
    purpose draw_purpose not null,
    evidence json not null,
    drawn_at timestamptz not null,
    constraint draws_once unique (selection_id, ordinal)
);
create index draws_requirement on draws (requirement_id);
create index draws_newest on draws (drawn_at desc, id desc);
create trigger draws_are_final before update or delete on draws
    for each row execute function refuse_change();

-- A random selection without its draw cannot be committed.
create function selections_check_draw() returns trigger language plpgsql as $$
begin
    if new.method = 'random' and not exists (select from draws where selection_id = new.id) then
        raise exception using errcode = '23514', constraint = 'selections_random_needs_draw',
            message = 'a random selection needs its draw';
    end if;
    return null;
end $$;
create constraint trigger selections_random_needs_draw after insert on selections
    deferrable initially deferred for each row execute function selections_check_draw();

create table awards (
    id uuid primary key,
    region_code text not null references regions,
    requirement_id uuid not null references requirements,
    selection_id uuid not null references selections,
    owner_id uuid not null references owners,
    agency_id uuid not null references agencies,
    sign_up_id uuid not null references sign_ups,
    -- 1 for the first winner of the requirement, counting on with each replacement
    ordinal integer not null,
    award_no text not null constraint awards_no_once unique,
    amount_fen bigint not null constraint awards_amount_positive check (amount_fen > 0),
    state award_state not null,
    announced_at timestamptz not null,
    publicity_ends_at timestamptz not null,
    confirm_by_at timestamptz not null,
    answered_by uuid references persons,
    answered_at timestamptz,
    decline_reason text,
    issued_at timestamptz,
    -- the contract is signed before this, by the rules of the award
    sign_by_at timestamptz,
    policy_id uuid not null references policies,
    version integer not null default 1,
    constraint awards_ordinal_once unique (requirement_id, ordinal),
    constraint awards_agency_once unique (requirement_id, agency_id),
    constraint awards_amount_key unique (id, amount_fen),
    constraint awards_issued_complete check (state <> 'issued' or (issued_at is not null and sign_by_at is not null)),
    constraint awards_issued_after_publicity check (state <> 'issued' or issued_at >= publicity_ends_at)
);
-- One award of a requirement stands at a time.
create unique index awards_one_live on awards (requirement_id) where state in ('announced', 'confirmed', 'issued');
create index awards_region on awards (region_code);
create index awards_selection on awards (selection_id);
create index awards_owner on awards (owner_id);
create index awards_agency on awards (agency_id, announced_at desc);
create index awards_sign_up on awards (sign_up_id);
create index awards_answered_by on awards (answered_by);
create index awards_policy on awards (policy_id);
create index awards_newest on awards (announced_at desc, id desc);
