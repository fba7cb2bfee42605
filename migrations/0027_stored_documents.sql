-- What is stored as JSON says the version of its shape; lists stand in an object for it, bare ones are of before.
-- Why a requirement failed is data now; `fail_reason` keeps the sentences of before.
alter table requirements add column failure jsonb;

-- The places of a ranking of any version. A ranking that no version explains has none, and spoils no list.
create function ranking_places(ranking jsonb) returns jsonb language sql immutable as $$
    select case
        when jsonb_typeof(ranking) = 'array' then ranking
        when jsonb_typeof(ranking -> 'places') = 'array' then ranking -> 'places'
        else '[]'
    end
$$;

create type stored_kind as enum (
    'form', 'document', 'changes', 'notice', 'reasons', 'ranking', 'failure', 'evidence', 'policy');

-- Stored documents that a page or the clock met and could not read, until they can be read again. The subject is the
-- requirement, the notice, the draw or the policy that the document belongs to.
create table unreadable_documents (
    kind stored_kind not null,
    subject uuid not null,
    why text not null,
    found_at timestamptz not null,
    primary key (kind, subject)
);
create index unreadable_documents_newest on unreadable_documents (found_at desc);
