-- What every noun uses: jobs, ledger, journal, counters, search, double submissions.

create type job_kind as enum
    ('close', 'draw', 'choice_timeout', 'publicity_end', 'confirm_timeout', 'overdue', 'accept_timeout',
     'activate_service', 'recompute_credit');
create type job_state as enum ('waiting', 'done', 'dead');
create type entry_kind as enum
    ('publication', 'correction', 'extension', 'freezing', 'opening', 'draw', 'selection', 'award', 'award_notice',
     'failure', 'contract', 'completion', 'rating', 'credit');

-- A job is done in the transaction that claims it; one that fails waits longer each time and dies in the end.
create table jobs (
    id uuid primary key,
    kind job_kind not null,
    subject uuid not null,
    run_at timestamptz not null,
    state job_state not null default 'waiting',
    attempts integer not null default 0,
    last_error text,
    created_at timestamptz not null,
    finished_at timestamptz
);
create unique index jobs_one_waiting on jobs (kind, subject, run_at) where state = 'waiting';
create index jobs_due on jobs (run_at, id) where state = 'waiting';
create index jobs_dead on jobs (finished_at desc) where state = 'dead';
create index jobs_subject on jobs (subject);

create function jobs_wake() returns trigger language plpgsql as $$
begin
    perform pg_notify('jobs', '');
    return null;
end $$;
create trigger jobs_wake after insert on jobs for each statement execute function jobs_wake();

-- Entries are written by the deciding transaction; positions are given by one sequencer, in order, without gaps.
create table ledger_entries (
    id uuid primary key,
    kind entry_kind not null,
    subject text not null,
    requirement_id uuid references requirements,
    agency_id uuid references agencies,
    text text not null,
    created_at timestamptz not null
);
create index ledger_entries_requirement on ledger_entries (requirement_id);
create index ledger_entries_agency on ledger_entries (agency_id);
create index ledger_entries_kind on ledger_entries (kind, id desc);

-- Entries without a position, so that the sequencer need not look for them among all.
create table ledger_waiting (
    -- the order of writing; ids of one millisecond are in no order
    ordinal bigint primary key generated always as identity,
    entry_id uuid not null constraint ledger_waiting_once unique references ledger_entries
);

create table ledger_positions (
    position bigint primary key constraint ledger_positions_from_zero check (position >= 0),
    entry_id uuid not null constraint ledger_positions_entry_once unique references ledger_entries,
    leaf_hash bytea not null,
    sequenced_at timestamptz not null
);

-- The tree's head after each batch: root and peaks, enough to append without reading older leaves.
create table ledger_heads (
    size bigint primary key,
    root bytea not null,
    peaks bytea not null,
    sequenced_at timestamptz not null
);

create function ledger_refuses_change() returns trigger language plpgsql as $$
begin
    raise exception using errcode = '23514', constraint = 'ledger_is_append_only', message = 'the ledger does not change';
end $$;
create trigger ledger_entries_append_only before update or delete on ledger_entries
    for each row execute function ledger_refuses_change();
create trigger ledger_positions_append_only before update or delete on ledger_positions
    for each row execute function ledger_refuses_change();
create trigger ledger_heads_append_only before update or delete on ledger_heads
    for each row execute function ledger_refuses_change();
create trigger ledger_entries_no_truncate before truncate on ledger_entries
    for each statement execute function ledger_refuses_change();
create trigger ledger_positions_no_truncate before truncate on ledger_positions
    for each statement execute function ledger_refuses_change();
create trigger ledger_heads_no_truncate before truncate on ledger_heads
    for each statement execute function ledger_refuses_change();

-- Who did what, for supervisors: every decision of every desk.
create table journal (
    id uuid primary key,
    at timestamptz not null,
    person_id uuid references persons,
    mandate_id uuid references mandates,
    action text not null,
    subject_kind text not null,
    subject uuid not null,
    note text not null default ''
);
create index journal_newest on journal (at desc, id desc);
create index journal_subject on journal (subject, at);
create index journal_person on journal (person_id, at desc);
create index journal_mandate on journal (mandate_id);
create trigger journal_is_final before update or delete on journal
    for each row execute function refuse_change();

-- A form carries a key; the second arrival of the same key gets the answer of the first.
create table submissions (
    key uuid primary key,
    person_id uuid not null references persons,
    location text not null,
    at timestamptz not null
);
create index submissions_person on submissions (person_id);
create index submissions_age on submissions (at);

-- Chinese search: unigrams, bigrams and pinyin initials, computed in Rust when something is written.
create table search_documents (
    kind text not null,
    subject uuid not null,
    title text not null,
    subtitle text not null,
    path text not null,
    tokens text[] not null,
    -- what a hit is checked against: lower-case text, and the pinyin initials of the title
    haystack text not null,
    initials text not null,
    -- lower ranks come first among equal hits
    rank integer not null,
    updated_at timestamptz not null,
    primary key (kind, subject)
);
create index search_documents_tokens on search_documents using gin (tokens);

-- Exact counts that pages show without counting: kept by statement triggers, so that bulk writes stay cheap.
create table counters (
    name text primary key,
    value bigint not null
);

create function counters_add(deltas jsonb) returns void language sql as $$
    insert into counters (name, value)
    select key, value::bigint from jsonb_each_text(deltas) where value::bigint <> 0 order by key
    on conflict (name) do update set value = counters.value + excluded.value
$$;

create function agencies_count() returns trigger language plpgsql as $$
declare
    deltas jsonb;
begin
    if tg_op = 'INSERT' then
        select jsonb_object_agg(name, n) into deltas from (
            select k.name, count(*) as n from new_rows r
            cross join lateral (
                select 'agencies' as name union all select 'agencies:grade:' || r.credit_grade
                union all select 'agencies:type:' || t from unnest(r.active_services) t) k
            where r.state = 'settled' group by k.name) d;
    else
        select jsonb_object_agg(name, n) into deltas from (
            select k.name, sum(r.sign) as n from (
                select 1 as sign, state, credit_grade, active_services from new_rows
                union all select -1, state, credit_grade, active_services from old_rows) r
            cross join lateral (
                select 'agencies' as name union all select 'agencies:grade:' || r.credit_grade
                union all select 'agencies:type:' || t from unnest(r.active_services) t) k
            where r.state = 'settled' group by k.name having sum(r.sign) <> 0) d;
    end if;
    if deltas is not null then
        perform counters_add(deltas);
    end if;
    return null;
end $$;
create trigger agencies_count_insert after insert on agencies
    referencing new table as new_rows for each statement execute function agencies_count();
create trigger agencies_count_update after update on agencies
    referencing old table as old_rows new table as new_rows for each statement execute function agencies_count();

create function requirements_count() returns trigger language plpgsql as $$
declare
    deltas jsonb;
begin
    if tg_op = 'INSERT' then
        select jsonb_object_agg(name, n) into deltas from (
            select k.name, count(*) as n from new_rows r
            cross join lateral (select 'requirements' as name union all select 'requirements:state:' || r.state) k
            where r.notice_no is not null group by k.name) d;
    else
        select jsonb_object_agg(name, n) into deltas from (
            select k.name, sum(r.sign) as n from (
                select 1 as sign, state, notice_no from new_rows
                union all select -1, state, notice_no from old_rows) r
            cross join lateral (select 'requirements' as name union all select 'requirements:state:' || r.state) k
            where r.notice_no is not null group by k.name having sum(r.sign) <> 0) d;
    end if;
    if deltas is not null then
        perform counters_add(deltas);
    end if;
    return null;
end $$;
create trigger requirements_count_insert after insert on requirements
    referencing new table as new_rows for each statement execute function requirements_count();
create trigger requirements_count_update after update on requirements
    referencing old table as old_rows new table as new_rows for each statement execute function requirements_count();

-- Tables whose rows are only added, or counted by one state.
create function rows_count() returns trigger language plpgsql as $$
begin
    perform counters_add(jsonb_build_object(tg_argv[0], (select count(*) from new_rows)));
    return null;
end $$;
create trigger notices_count after insert on notices
    referencing new table as new_rows for each statement execute function rows_count('notices');
create trigger draws_count after insert on draws
    referencing new table as new_rows for each statement execute function rows_count('draws');
create trigger awards_count after insert on awards
    referencing new table as new_rows for each statement execute function rows_count('awards');
create trigger ledger_positions_count after insert on ledger_positions
    referencing new table as new_rows for each statement execute function rows_count('ledger');
create trigger credit_events_count after insert on credit_events
    referencing new table as new_rows for each statement execute function rows_count('credit_events');

create function owners_count() returns trigger language plpgsql as $$
begin
    perform counters_add(jsonb_build_object('owners',
        (select count(*) from new_rows where state = 'active')
        - (select count(*) from old_rows where state = 'active')));
    return null;
end $$;
create trigger owners_count_update after update on owners
    referencing old table as old_rows new table as new_rows for each statement execute function owners_count();

create function contracts_count() returns trigger language plpgsql as $$
begin
    perform counters_add(jsonb_build_object(
        'contracts',
        (select count(*) from new_rows where started_at is not null) - (select count(*) from old_rows where started_at is not null),
        'contracts:completed',
        (select count(*) from new_rows where state = 'completed') - (select count(*) from old_rows where state = 'completed')));
    return null;
end $$;
create trigger contracts_count_update after update on contracts
    referencing old table as old_rows new table as new_rows for each statement execute function contracts_count();
