-- Requirements, their editions and notices; sign-ups and sealed bids.

create type requirement_state as enum
    ('preparing', 'published', 'frozen', 'choosing', 'selected', 'awarded', 'failed', 'voided');
create type edition_state as enum ('draft', 'submitted', 'returned', 'audited', 'published', 'dropped');
create type method as enum ('random', 'lowest_price', 'direct');
create type price_kind as enum ('fixed', 'ceiling');
create type notice_kind as enum ('requirement', 'correction', 'extension', 'result', 'award_notice', 'failure', 'contract');
create type sign_up_state as enum ('live', 'replaced', 'withdrawn');
create type made_by as enum ('browser', 'server');

create table requirements (
    id uuid primary key,
    region_code text not null references regions,
    owner_id uuid not null references owners,
    item_id uuid not null references service_items,
    state requirement_state not null,
    created_by uuid not null references persons,
    created_at timestamptz not null,
    republished_from uuid references requirements,
    -- earlier failed attempts of the same requirement
    failures integer not null default 0,
    version integer not null default 1,
    -- of the published edition; the document itself is in requirement_editions.spec
    notice_no text constraint requirements_notice_no_once unique,
    edition integer,
    project_name text not null default '',
    method method,
    fund fund_type,
    price_kind price_kind,
    amount_fen bigint,
    floor_fen bigint,
    service_types uuid[] not null default '{}',
    policy_id uuid references policies,
    published_at timestamptz,
    deadline_at timestamptz,
    draw_at timestamptz,
    extensions integer not null default 0,
    backups integer not null default 0,
    -- chance and secrets, fixed at publication; the sealed ones open only with the installation's key
    seed_commitment bytea,
    seed_sealed bytea,
    bid_public_key bytea,
    bid_secret_sealed bytea,
    bids_opened_at timestamptz,
    -- of the frozen list
    frozen_at timestamptz,
    entrants_hash bytea,
    entrant_count integer,
    choice_due_at timestamptz,
    failed_at timestamptz,
    fail_reason text,
    constraint requirements_published_complete check (
        state in ('preparing', 'voided')
        or (notice_no is not null and edition is not null and method is not null and fund is not null
            and amount_fen > 0 and policy_id is not null and published_at is not null
            and deadline_at > published_at and draw_at > deadline_at
            and seed_commitment is not null and seed_sealed is not null)),
    constraint requirements_price_has_key check (
        method is distinct from 'lowest_price' or (bid_public_key is not null and bid_secret_sealed is not null)),
    constraint requirements_frozen_complete check (
        state not in ('frozen', 'choosing', 'selected', 'awarded')
        or (frozen_at >= deadline_at and entrants_hash is not null and entrant_count > 0))
);
create index requirements_region on requirements (region_code);
create index requirements_owner on requirements (owner_id, created_at desc, id desc);
create index requirements_item on requirements (item_id);
create index requirements_created_by on requirements (created_by);
create index requirements_policy on requirements (policy_id);
create index requirements_republished_from on requirements (republished_from);
create index requirements_newest on requirements (published_at desc, id desc) where notice_no is not null;
create index requirements_by_state on requirements (state, published_at desc, id desc) where notice_no is not null;
create index requirements_by_method on requirements (method, published_at desc, id desc) where notice_no is not null;
create index requirements_by_deadline on requirements (deadline_at, id) where state = 'published';
create index requirements_services on requirements using gin (service_types) where notice_no is not null;

create table requirement_editions (
    requirement_id uuid not null references requirements,
    edition integer not null constraint requirement_editions_from_one check (edition >= 1),
    state edition_state not null,
    -- what was typed, mistakes and all; and what it became when it was submitted
    form jsonb not null,
    spec jsonb,
    correction_reason text,
    changes jsonb,
    created_at timestamptz not null,
    saved_at timestamptz not null,
    saved_by uuid not null references persons,
    submitted_by uuid references persons,
    submitted_at timestamptz,
    audit_due_at timestamptz,
    audited_by uuid references persons,
    audited_at timestamptz,
    audit_note text not null default '',
    publish_due_at timestamptz,
    published_by uuid references persons,
    published_at timestamptz,
    version integer not null default 1,
    primary key (requirement_id, edition),
    constraint requirement_editions_two_operators check (published_by is null or published_by <> audited_by),
    constraint requirement_editions_audited_before_published check (state <> 'published' or audited_by is not null),
    constraint requirement_editions_read_before_submitted check (state in ('draft', 'returned', 'dropped') or spec is not null)
);
create unique index requirement_editions_one_open on requirement_editions (requirement_id)
    where state in ('draft', 'submitted', 'returned', 'audited');
create index requirement_editions_audit on requirement_editions (audit_due_at) where state = 'submitted';
create index requirement_editions_publish on requirement_editions (publish_due_at) where state = 'audited';
create index requirement_editions_saved_by on requirement_editions (saved_by);
create index requirement_editions_submitted_by on requirement_editions (submitted_by);
create index requirement_editions_audited_by on requirement_editions (audited_by);
create index requirement_editions_published_by on requirement_editions (published_by);

-- Files that belong to a requirement's document and are published with it.
create table requirement_files (
    requirement_id uuid not null references requirements,
    file_id uuid not null references files,
    primary key (requirement_id, file_id)
);
create index requirement_files_file on requirement_files (file_id);

-- Notice numbers count within a region and a day.
create table notice_serials (
    region_code text not null references regions,
    day date not null,
    last integer not null,
    primary key (region_code, day)
);

create table notices (
    id uuid primary key,
    requirement_id uuid not null references requirements,
    kind notice_kind not null,
    title text not null,
    body jsonb not null,
    published_at timestamptz not null
);
create index notices_requirement on notices (requirement_id, published_at);
create index notices_newest on notices (published_at desc, id desc);
create index notices_by_kind on notices (kind, published_at desc, id desc);

create table sign_ups (
    id uuid primary key,
    region_code text not null references regions,
    requirement_id uuid not null references requirements,
    agency_id uuid not null references agencies,
    edition integer not null,
    state sign_up_state not null,
    nonce bytea not null constraint sign_ups_nonce_length check (octet_length(nonce) = 32),
    nonce_by made_by not null,
    receipt bytea not null constraint sign_ups_receipt_length check (octet_length(receipt) = 32),
    signed_by uuid not null references persons,
    received_at timestamptz not null,
    ended_at timestamptz,
    constraint sign_ups_end_with_state check ((state = 'live') = (ended_at is null))
);
create unique index sign_ups_one_live on sign_ups (requirement_id, agency_id) where state = 'live';
create index sign_ups_requirement on sign_ups (requirement_id, received_at, id);
create index sign_ups_agency on sign_ups (agency_id, received_at desc, id desc);
create index sign_ups_region on sign_ups (region_code);
create index sign_ups_signed_by on sign_ups (signed_by);

-- The ciphertext is there from the moment of receipt; the amount only after the opening.
create table bids (
    sign_up_id uuid primary key constraint bids_one_per_sign_up references sign_ups,
    sealed bytea not null constraint bids_sealed_length check (octet_length(sealed) = 64),
    sealed_by made_by not null,
    amount_fen bigint,
    fault text,
    opened_at timestamptz,
    constraint bids_opened_complete check ((opened_at is null) = (amount_fen is null and fault is null))
);

-- Nothing arrives, is replaced or withdrawn at or after the deadline, whatever the program thinks.
create function sign_ups_keep_deadline() returns trigger language plpgsql as $$
declare
    requirement record;
    at timestamptz := coalesce(new.ended_at, new.received_at);
begin
    select state, deadline_at into requirement from requirements where id = new.requirement_id;
    if requirement.state <> 'published' or at >= requirement.deadline_at then
        raise exception using errcode = '23514', constraint = 'sign_ups_before_deadline',
            message = 'the deadline has passed';
    end if;
    return new;
end $$;
create trigger sign_ups_before_deadline before insert or update on sign_ups
    for each row execute function sign_ups_keep_deadline();

-- A ciphertext never changes, and an amount appears only once the opening is recorded.
create function bids_keep_sealed() returns trigger language plpgsql as $$
begin
    if new.sealed <> old.sealed or new.sign_up_id <> old.sign_up_id or old.opened_at is not null then
        raise exception using errcode = '23514', constraint = 'bids_are_sealed', message = 'a bid does not change';
    end if;
    if not exists (
        select from sign_ups join requirements on requirements.id = sign_ups.requirement_id
        where sign_ups.id = new.sign_up_id and requirements.bids_opened_at is not null)
    then
        raise exception using errcode = '23514', constraint = 'bids_open_at_the_deadline',
            message = 'the opening is not recorded';
    end if;
    return new;
end $$;
create trigger bids_are_sealed before update on bids for each row execute function bids_keep_sealed();

create function bids_arrive_sealed() returns trigger language plpgsql as $$
begin
    if new.opened_at is not null then
        raise exception using errcode = '23514', constraint = 'bids_open_at_the_deadline',
            message = 'a bid arrives sealed';
    end if;
    return new;
end $$;
create trigger bids_arrive_sealed before insert on bids for each row execute function bids_arrive_sealed();
