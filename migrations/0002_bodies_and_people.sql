-- Who takes part: owners, agencies with their dossiers, persons and for whom they act.

create type owner_kind as enum
    ('gov_agency', 'public_institution', 'state_enterprise', 'private_enterprise', 'social_organisation');
create type fund_type as enum ('fiscal', 'state_owned', 'social');
create type owner_state as enum ('pending', 'active', 'returned');
create type agency_nature as enum ('enterprise', 'public_institution', 'social_organisation');
create type agency_state as enum ('draft', 'formal_check', 'returned', 'settled');
create type service_state as enum ('draft', 'formal_check', 'vetting', 'publicity', 'active', 'returned');
create type vetting_state as enum ('waiting', 'opined', 'approved', 'returned');
create type verdict as enum ('approve', 'return');
create type credit_grade as enum ('a_plus', 'a', 'b', 'c', 'd');
create type role as enum
    ('owner_admin', 'owner_trustee', 'agency_admin', 'department_clerk', 'department_checker',
     'operator_auditor', 'operator_publisher', 'supervisor');

create table persons (
    id uuid primary key,
    login text not null constraint persons_login_once unique
        constraint persons_login_folded check (login = lower(login)),
    name text not null,
    phone text not null,
    password_hash text not null,
    created_at timestamptz not null,
    disabled_at timestamptz
);

create table owners (
    id uuid primary key,
    region_code text not null references regions,
    uscc text not null constraint owners_uscc_once unique constraint owners_uscc_length check (length(uscc) = 18),
    name text not null,
    kind owner_kind not null,
    fund_type fund_type not null,
    legal_representative text not null,
    address text not null,
    contact_name text not null,
    contact_phone text not null,
    state owner_state not null,
    registered_by uuid not null references persons,
    registered_at timestamptz not null,
    check_due_at timestamptz not null,
    checked_by uuid references persons,
    checked_at timestamptz,
    check_note text not null default '',
    version integer not null default 1,
    constraint owners_checker_is_another check (checked_by is null or checked_by <> registered_by)
);
create index owners_region on owners (region_code);
create index owners_registered_by on owners (registered_by);
create index owners_checked_by on owners (checked_by);
create index owners_pending on owners (check_due_at, id) where state = 'pending';
create index owners_newest on owners (registered_at desc, id desc) where state = 'active';

create table files (
    id uuid primary key,
    sha256 bytea not null constraint files_hash_length check (octet_length(sha256) = 32),
    size bigint not null constraint files_size_positive check (size > 0),
    media_type text not null,
    name text not null,
    -- the body that uploaded it and may always see it again
    owner_id uuid references owners,
    agency_id uuid,
    is_public boolean not null default false,
    uploaded_by uuid not null references persons,
    uploaded_at timestamptz not null
);
create index files_owner on files (owner_id);
create index files_agency on files (agency_id);
create index files_uploaded_by on files (uploaded_by);

create table agencies (
    id uuid primary key,
    region_code text not null references regions,
    uscc text not null constraint agencies_uscc_once unique constraint agencies_uscc_length check (length(uscc) = 18),
    name text not null,
    nature agency_nature not null,
    legal_representative text not null,
    founded_on date not null,
    registered_capital_fen bigint,
    address text not null,
    contact_name text not null,
    contact_phone text not null,
    introduction text not null,
    state agency_state not null,
    registered_by uuid not null references persons,
    registered_at timestamptz not null,
    committed_by uuid references persons,
    committed_at timestamptz,
    commitment_file_id uuid references files,
    check_due_at timestamptz,
    checked_by uuid references persons,
    checked_at timestamptz,
    check_note text not null default '',
    settled_at timestamptz,
    -- derived from credit_events, ratings, awards and contracts in the transaction that changes them
    credit_score integer not null default 10000,
    credit_grade credit_grade not null default 'a',
    suspended_until timestamptz,
    rating_count integer not null default 0,
    rating_sum bigint not null default 0,
    rating_mean integer not null generated always as
        (case when rating_count = 0 then 0 else (rating_sum / rating_count)::integer end) stored,
    awards integer not null default 0,
    completed integer not null default 0,
    on_time integer not null default 0,
    active_services uuid[] not null default '{}',
    next_expiry_on date,
    version integer not null default 1,
    constraint agencies_settled_have_committed check (state <> 'settled' or committed_at is not null),
    constraint agencies_checker_is_another check (checked_by is null or checked_by <> registered_by)
);
create index agencies_region on agencies (region_code);
create index agencies_registered_by on agencies (registered_by);
create index agencies_committed_by on agencies (committed_by);
create index agencies_commitment_file on agencies (commitment_file_id);
create index agencies_checked_by on agencies (checked_by);
create index agencies_by_credit on agencies (credit_score desc, id desc) where state = 'settled';
create index agencies_by_rating on agencies (rating_mean desc, id desc) where state = 'settled';
create index agencies_by_completed on agencies (completed desc, id desc) where state = 'settled';
create index agencies_newest on agencies (settled_at desc, id desc) where state = 'settled';
create index agencies_grade on agencies (credit_grade, credit_score desc, id desc) where state = 'settled';
create index agencies_services on agencies using gin (active_services) where state = 'settled';
alter table files add constraint files_agency_id_fkey foreign key (agency_id) references agencies;

create table agency_services (
    agency_id uuid not null references agencies,
    service_type_id uuid not null references service_types,
    state service_state not null,
    promise text not null,
    fee_reference text not null,
    note text not null default '',
    submitted_at timestamptz,
    check_due_at timestamptz,
    activates_at timestamptz,
    activated_at timestamptz,
    version integer not null default 1,
    primary key (agency_id, service_type_id)
);
create index agency_services_type on agency_services (service_type_id) where state = 'active';
create index agency_services_type_any on agency_services (service_type_id);
create index agency_services_checks on agency_services (check_due_at) where state = 'formal_check';

create table qualifications (
    id uuid primary key,
    agency_id uuid not null references agencies,
    kind_id uuid not null references qualification_kinds,
    speciality text not null,
    grade qualification_grade not null,
    number text not null,
    issuer text not null,
    valid_from date not null,
    valid_until date,
    file_id uuid not null references files,
    added_at timestamptz not null,
    -- only what a department has vetted counts for eligibility
    vetted_at timestamptz,
    removed_at timestamptz,
    constraint qualifications_end_after_start check (valid_until is null or valid_until >= valid_from)
);
create index qualifications_agency on qualifications (agency_id) where removed_at is null;
create index qualifications_agency_any on qualifications (agency_id);
create index qualifications_kind on qualifications (kind_id);
create index qualifications_file on qualifications (file_id);
create unique index qualifications_number_once on qualifications (agency_id, kind_id, number, speciality)
    where removed_at is null;

create table practitioners (
    id uuid primary key,
    agency_id uuid not null references agencies,
    service_type_id uuid not null references service_types,
    name text not null,
    -- sealed under the installation's key; the digest (keyed) finds duplicates; the mask is for reading
    id_number_sealed bytea not null,
    id_number_digest bytea not null,
    id_number_masked text not null,
    certificate text not null,
    certificate_number text not null,
    valid_until date,
    practice_years integer not null,
    added_at timestamptz not null,
    vetted_at timestamptz,
    removed_at timestamptz
);
-- One person serves one agency and one service type only (domain.md 1.4).
create unique index practitioners_person_once on practitioners (id_number_digest) where removed_at is null;
create index practitioners_agency on practitioners (agency_id);
create index practitioners_type on practitioners (service_type_id);

create table vettings (
    id uuid primary key,
    agency_id uuid not null,
    service_type_id uuid not null,
    department_id uuid not null references departments,
    state vetting_state not null,
    requested_at timestamptz not null,
    due_at timestamptz not null,
    opinion verdict,
    opinion_note text not null default '',
    opined_by uuid references persons,
    opined_at timestamptz,
    decision verdict,
    decision_note text not null default '',
    decided_by uuid references persons,
    decided_at timestamptz,
    policy_id uuid not null references policies,
    version integer not null default 1,
    foreign key (agency_id, service_type_id) references agency_services,
    constraint vettings_two_persons check (decided_by is null or decided_by <> opined_by),
    constraint vettings_decided_after_opinion check (decision is null or opinion is not null)
);
create unique index vettings_one_open on vettings (agency_id, service_type_id) where state in ('waiting', 'opined');
create index vettings_service on vettings (agency_id, service_type_id);
create index vettings_desk on vettings (department_id, state, due_at, id);
create index vettings_policy on vettings (policy_id);
create index vettings_opined_by on vettings (opined_by);
create index vettings_decided_by on vettings (decided_by);

create table mandates (
    id uuid primary key,
    person_id uuid not null references persons,
    role role not null,
    owner_id uuid references owners,
    agency_id uuid references agencies,
    department_id uuid references departments,
    granted_by uuid references persons,
    granted_at timestamptz not null,
    ended_at timestamptz,
    constraint mandates_body_fits_role check (
        (role in ('owner_admin', 'owner_trustee')) = (owner_id is not null)
        and (role = 'agency_admin') = (agency_id is not null)
        and (role in ('department_clerk', 'department_checker')) = (department_id is not null))
);
create unique index mandates_once on mandates
    (person_id, role, coalesce(owner_id, agency_id, department_id)) nulls not distinct where ended_at is null;
create index mandates_person on mandates (person_id);
create index mandates_owner on mandates (owner_id);
create index mandates_agency on mandates (agency_id);
create index mandates_department on mandates (department_id);
create index mandates_granted_by on mandates (granted_by);

-- Nobody with an operator's role may belong to an agency (domain.md 1.6).
create function mandates_keep_operator_apart() returns trigger language plpgsql as $$
begin
    if new.ended_at is null and exists (
        select from mandates other
        where other.person_id = new.person_id and other.ended_at is null and other.id <> new.id
          and ((new.role = 'agency_admin' and other.role in ('operator_auditor', 'operator_publisher'))
            or (other.role = 'agency_admin' and new.role in ('operator_auditor', 'operator_publisher'))))
    then
        raise exception using errcode = '23514', constraint = 'mandates_operator_apart',
            message = 'an operator belongs to no agency';
    end if;
    return new;
end $$;
create trigger mandates_operator_apart before insert or update on mandates
    for each row execute function mandates_keep_operator_apart();

create table sessions (
    id uuid primary key,
    token_hash bytea not null constraint sessions_token_once unique,
    person_id uuid not null references persons,
    mandate_id uuid references mandates,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    address text not null,
    agent text not null
);
create index sessions_person on sessions (person_id, created_at desc);
create index sessions_mandate on sessions (mandate_id);
create index sessions_expiry on sessions (expires_at);

-- Failed attempts in a row, by account ("login:…") and by address ("address:…").
create table sign_in_failures (
    key text primary key,
    failures integer not null,
    last_at timestamptz not null,
    locked_until timestamptz
);
