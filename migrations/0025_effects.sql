-- What is to leave the house: mails, text messages and what joins them. Written by the deciding transaction, carried out
-- afterwards by workers of their own, at least once. Kinds and states are text with a check, because kinds grow.
create table effects (
    id uuid primary key,
    kind text not null constraint effects_kind check (kind in ('mail', 'sms')),
    -- who receives, as a key that tells nothing; what is for one receiver leaves in order, one at a time
    receiver text not null constraint effects_receiver_named check (receiver <> ''),
    -- the receiver as the desk shows it: never a readable address of a person
    receiver_masked text not null,
    -- the same key is written once, and goes with every attempt so that the other side can tell a repetition
    idempotency_key text not null constraint effects_key_once unique,
    title text not null,
    payload jsonb not null constraint effects_payload_versioned check (payload ? 'v'),
    -- address and code under the installation's key, until it is over
    envelope_sealed bytea,
    -- what it is for
    subject_kind text not null,
    subject uuid not null,
    created_at timestamptz not null,
    -- when it is to leave: this gives the order
    due_at timestamptz not null,
    -- when it may be claimed: when due, later after a failure; while it runs, the end of the lease
    next_at timestamptz not null,
    state text not null default 'waiting'
        constraint effects_state check (state in ('waiting', 'running', 'done', 'dead', 'put_away')),
    -- attempts since it was written or started again, and in all
    attempts integer not null default 0 constraint effects_attempts_natural check (attempts >= 0),
    attempts_in_all integer not null default 0 constraint effects_attempts_in_all check (attempts_in_all >= attempts),
    last_error text,
    result text,
    finished_at timestamptz,
    constraint effects_finished check ((finished_at is null) = (state in ('waiting', 'running'))),
    constraint effects_sealed_while_it_may_leave
        check ((envelope_sealed is null) = (state in ('done', 'put_away')))
);
create index effects_claim on effects (kind, next_at, id) where state in ('waiting', 'running');
create index effects_order on effects (kind, receiver, due_at, id) where state in ('waiting', 'running');
create index effects_pause on effects (kind, receiver, finished_at) where state = 'done';
create index effects_subject on effects (subject);
create index effects_receiver on effects (receiver, created_at, id);
create index effects_newest on effects (created_at, id);
create index effects_by_state on effects (state, created_at, id) where state <> 'done';

-- How each attempt ended; one without an end belongs to a worker that works or has died.
create table effect_attempts (
    effect_id uuid not null references effects on delete cascade,
    attempt integer not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    -- what the other side said, or why it failed; without addresses
    said text not null default '',
    primary key (effect_id, attempt)
);

create function effects_wake() returns trigger language plpgsql as $$
begin
    perform pg_notify('effects', '');
    return null;
end $$;
create trigger effects_wake after insert on effects for each statement execute function effects_wake();
