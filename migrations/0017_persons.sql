-- Telephones of persons are sealed under the installation's key, as identity numbers are; the mask is for reading. The
-- server seals what is still plain when it starts (`seal_phones`), because the key is not here: from the first start on
-- persons.phone, the readable one, is null in every row.
alter table persons
    alter column phone drop not null,
    add column phone_sealed bytea,
    add column phone_masked text not null default '',
    -- a first password that somebody else has set is changed before anything else
    add column must_change_password boolean not null default false,
    -- closed by its person; what it did stays on record
    add column closed_at timestamptz,
    add constraint persons_phone_once_only check (phone is null or phone_sealed is null),
    add constraint persons_closed_are_disabled check (closed_at is null or disabled_at is not null);
create index persons_phone_plain on persons (id) where phone is not null;
