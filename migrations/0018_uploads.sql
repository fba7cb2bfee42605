-- A received file is only waiting: its receipt is good for a day, and for the person who sent it. What becomes of it
-- is decided by the form that carries the receipt. The row is written before the bytes are, and goes only with them:
-- the sweep removes a content when its last row here is over and no row of `files` names it, and never touches a
-- content that this database has not known, so that a wrong database beside the right files loses nothing.
create table uploads (
    id uuid primary key,
    sha256 bytea not null constraint uploads_hash_length check (octet_length(sha256) = 32),
    size bigint not null constraint uploads_size_positive check (size > 0),
    person_id uuid not null references persons,
    -- the body that the person acted for: its quota counts too
    owner_id uuid references owners,
    agency_id uuid references agencies,
    received_at timestamptz not null,
    -- whether a form has taken it, so that it is counted once
    is_taken boolean not null default false
);
create index uploads_person on uploads (person_id, received_at);
create index uploads_owner on uploads (owner_id, received_at);
create index uploads_agency on uploads (agency_id, received_at);
create index uploads_oldest on uploads (received_at);
-- The sweep asks whether anything else names a content.
create index uploads_content on uploads (sha256);
create index files_content on files (sha256);

-- What each sweep removed, for the operator's desk.
create table upload_sweeps (
    swept_at timestamptz primary key,
    removed_files bigint not null,
    removed_bytes bigint not null
);
