-- A form that arrived after its session had ended: kept for an hour, sealed, under a key of the browser that sent it
-- (the hash of a cookie), until somebody has signed in there again.
create table kept_forms (
    id uuid primary key,
    browser bytea not null constraint kept_forms_hash_length check (octet_length(browser) = 32),
    -- whose session had ended, and for whom it acted: only the same person gets the form back
    person_id uuid references persons,
    mandate_id uuid references mandates,
    path text not null,
    sealed bytea not null,
    -- for the bound on how many one address may leave
    place text not null,
    kept_at timestamptz not null
);
create index kept_forms_browser on kept_forms (browser, kept_at);
create index kept_forms_person on kept_forms (person_id);
create index kept_forms_mandate on kept_forms (mandate_id);
create index kept_forms_place on kept_forms (place, kept_at);
create index kept_forms_age on kept_forms (kept_at);

-- Records say from where, and how it ended. What was written before has no address and was done.
alter table journal
    add column address text not null default '',
    add column result text not null default 'done'
        constraint journal_result_known check (result in ('done', 'failed', 'refused'));
create index journal_not_done on journal (at desc, id desc) where result <> 'done';
create index journal_action on journal (action, at desc, id desc);
create index journal_address on journal (address, at desc, id desc) where address <> '';
