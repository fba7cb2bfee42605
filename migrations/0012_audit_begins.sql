-- A document that was handed in can be taken back by its owner until somebody has begun to audit it. That somebody has
-- begun is therefore a fact of its own, with its instant; it ends when the document is handed in again.
alter table requirement_editions
    add column audit_begun_by uuid references persons,
    add column audit_begun_at timestamptz;

update requirement_editions set audit_begun_by = audited_by, audit_begun_at = audited_at where audited_by is not null;

alter table requirement_editions
    add constraint requirement_editions_begun_complete check ((audit_begun_by is null) = (audit_begun_at is null)),
    -- What lies with its writer is under nobody's audit: a taken back document has none that was begun.
    add constraint requirement_editions_taken_back_unaudited check (state <> 'draft' or audit_begun_at is null),
    add constraint requirement_editions_begun_before_audited check (state not in ('audited', 'published') or audit_begun_at is not null);

create index requirement_editions_audit_begun_by on requirement_editions (audit_begun_by);
