-- What was handed in is what is audited and what is published (market/src/requirement/hand_in.rs): the hash of document,
-- files and what is printed of the owner, made at hand-in; until the document goes back to its owner, neither the
-- document nor its files change. Documents that are under way without a hash get theirs at the next step.
alter table requirement_editions
    add column handed_in_sha256 bytea
        constraint requirement_editions_hash_length check (octet_length(handed_in_sha256) = 32);

create function requirement_editions_keep_as_handed_in() returns trigger language plpgsql as $$
begin
    if old.state in ('draft', 'returned') and new.state = 'submitted' and new.handed_in_sha256 is null then
        raise exception using errcode = '23514', constraint = 'requirement_editions_as_handed_in',
            message = 'what is handed in has its hash';
    end if;
    if old.state in ('submitted', 'audited', 'published') and new.state in ('submitted', 'audited', 'published')
        and ((new.form, new.spec, new.correction_reason, new.changes, new.submitted_by)
                is distinct from (old.form, old.spec, old.correction_reason, old.changes, old.submitted_by)
            or (old.handed_in_sha256 is not null and new.handed_in_sha256 is distinct from old.handed_in_sha256))
    then
        raise exception using errcode = '23514', constraint = 'requirement_editions_as_handed_in',
            message = 'what was handed in does not change';
    end if;
    return new;
end $$;
create trigger requirement_editions_as_handed_in before update on requirement_editions
    for each row execute function requirement_editions_keep_as_handed_in();

-- Files come and go only while their document is being written; a hand-in at the same time is waited for.
create function requirement_files_keep_as_handed_in() returns trigger language plpgsql as $$
declare
    requirement uuid := case when tg_op = 'DELETE' then old.requirement_id else new.requirement_id end;
begin
    perform from requirement_editions
        where requirement_id = requirement and state in ('draft', 'returned', 'submitted', 'audited') for share;
    if tg_op = 'UPDATE' or not exists (
        select from requirement_editions where requirement_id = requirement and state in ('draft', 'returned'))
    then
        raise exception using errcode = '23514', constraint = 'requirement_files_as_handed_in',
            message = 'the document is not being written';
    end if;
    if tg_op = 'DELETE' then
        if exists (select from files where id = old.file_id and is_public) then
            raise exception using errcode = '23514', constraint = 'requirement_files_published_stay',
                message = 'a published file stays';
        end if;
        return old;
    end if;
    return new;
end $$;
create trigger requirement_files_as_handed_in before insert or update or delete on requirement_files
    for each row execute function requirement_files_keep_as_handed_in();

-- A file is what it was when it came; only that it becomes public is added.
create function files_keep_content() returns trigger language plpgsql as $$
begin
    if (new.sha256, new.size, new.media_type, new.name, new.uploaded_by, new.uploaded_at)
        is distinct from (old.sha256, old.size, old.media_type, old.name, old.uploaded_by, old.uploaded_at)
        or (old.is_public and not new.is_public)
    then
        raise exception using errcode = '23514', constraint = 'files_keep_content',
            message = 'a file does not change';
    end if;
    return new;
end $$;
create trigger files_keep_content before update on files for each row execute function files_keep_content();
