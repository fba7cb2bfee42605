-- Attempts at a password are counted before they are judged, so that many at once are judged no more often than one
-- after another. What was counted under the old keys says nothing under the new ones ("pair:…", "login:…",
-- "address:…", "browser:…", "person:…").
delete from sign_in_failures;
alter table sign_in_failures rename to attempts;
alter table attempts rename column failures to wrong;
alter table attempts rename constraint sign_in_failures_pkey to attempts_pkey;
alter table attempts
    add column judging integer not null default 0,
    add constraint attempts_not_negative check (wrong >= 0 and judging >= 0);
create index attempts_age on attempts (last_at);

-- Browsers that have signed a person in before: no lock that strangers bring about holds them up. The token of the
-- cookie is not kept, only its hash.
create table known_browsers (
    browser bytea not null constraint known_browsers_hash_length check (octet_length(browser) = 32),
    person_id uuid not null references persons,
    seen_at timestamptz not null,
    primary key (browser, person_id)
);
create index known_browsers_person on known_browsers (person_id);
create index known_browsers_age on known_browsers (seen_at);
