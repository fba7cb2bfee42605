-- What a person is told: a message is written in the transaction of the decision that it is about, to each person who
-- acts for the bodies concerned at that moment. Its words are made when it is read, from kind and variables. The kind is
-- text with a check of its form, because kinds grow; a test compares them with `market::message`.
create table messages (
    id uuid primary key,
    person_id uuid not null references persons,
    -- in which capacity the person is told
    mandate_id uuid not null references mandates,
    kind text not null constraint messages_kind_form check (kind ~ '^[a-z_]+$'),
    variables jsonb not null constraint messages_variables_versioned check (variables ? 'v'),
    -- nobody is told the same thing twice under one key
    once text,
    -- tells that the person's agency is signed up: until the deadline of this requirement nobody sees that it was sent
    entrants_of uuid references requirements,
    created_at timestamptz not null,
    read_at timestamptz,
    put_away_at timestamptz,
    -- it waits for the daily mail, or has gone with the one of this id
    waits_for_daily boolean not null default false,
    daily_id uuid,
    constraint messages_daily_once check (not waits_for_daily or daily_id is null)
);
create index messages_person on messages (person_id, created_at desc, id desc) where put_away_at is null;
create index messages_person_any on messages (person_id);
-- Every page of a signed-in person shows how many there are: the index holds no more than those.
create index messages_unread on messages (person_id) where read_at is null and put_away_at is null;
create unique index messages_once on messages (person_id, once) where once is not null;
create index messages_mandate on messages (mandate_id);
create index messages_entrants_of on messages (entrants_of);
create index messages_waiting_for_daily on messages (person_id) where waits_for_daily;
create index messages_daily on messages (daily_id) where daily_id is not null;

-- What a person prefers for a topic; who has chosen nothing has no row.
create table message_preferences (
    person_id uuid not null references persons,
    topic text not null constraint message_preferences_topic_form check (topic ~ '^[a-z_]+$'),
    mail text not null constraint message_preferences_mail check (mail in ('off', 'at_once', 'daily')),
    sms boolean not null,
    primary key (person_id, topic)
);

-- Where mail reaches a person, and when nothing is to be sent. An address is used only after its person has typed the
-- code that was sent to it. Addresses are sealed under the installation's key, as telephones are; masks are for reading.
create table message_settings (
    person_id uuid primary key references persons,
    mailbox_sealed bytea,
    mailbox_masked text not null default '',
    -- an address that waits for its code
    new_mailbox_sealed bytea,
    new_mailbox_masked text not null default '',
    code_digest bytea,
    code_sent_at timestamptz,
    code_attempts integer not null default 0 constraint message_settings_attempts check (code_attempts >= 0),
    -- whole hours of Shanghai
    quiet_from smallint,
    quiet_until smallint,
    constraint message_settings_quiet check (
        (quiet_from is null) = (quiet_until is null)
        and (quiet_from is null or (quiet_from between 0 and 23 and quiet_until between 0 and 23
                                    and quiet_from <> quiet_until))),
    constraint message_settings_code check ((new_mailbox_sealed is null) = (code_digest is null)
        and (code_digest is null or code_sent_at is not null))
);

-- Who acts for the operator is looked for by role.
create index mandates_of_the_operator on mandates (role) where ended_at is null and owner_id is null
    and agency_id is null and department_id is null;

alter type job_kind add value 'remind_requirement';
alter type job_kind add value 'remind_award';
alter type job_kind add value 'remind_contract';
alter type job_kind add value 'remind_agency';
alter type job_kind add value 'daily_mail';
