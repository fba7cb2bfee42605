-- One person stands on one side of the market (market/src/duty.rs): the table of roles that exclude each other, and of
-- acts that exclude each other on one object. Held here too, because two grants at once, or a statement past the
-- program, would otherwise slip through.

create function role_side(held role) returns text language sql immutable as $$
    select case
        when held in ('owner_admin', 'owner_trustee') then 'buyer'
        when held = 'agency_admin' then 'bidder'
        when held in ('department_clerk', 'department_checker') then 'department'
        when held in ('operator_auditor', 'operator_publisher') then 'operator'
        else 'supervisor'
    end
$$;

-- Buyer and bidder are kept apart requirement by requirement: a company may buy and offer.
create function roles_exclude(one role, other role) returns boolean language sql immutable as $$
    select role_side(one) <> role_side(other)
        and not (role_side(one) in ('buyer', 'bidder') and role_side(other) in ('buyer', 'bidder'))
$$;

drop trigger mandates_operator_apart on mandates;
drop function mandates_keep_operator_apart();

create function mandates_keep_roles_apart() returns trigger language plpgsql as $$
begin
    if new.ended_at is not null then
        return new;
    end if;
    -- Two grants to one person wait for each other here, and a grant waits for an act of that person.
    perform from persons where id = new.person_id for no key update;
    if exists (
        select from mandates other
        where other.person_id = new.person_id and other.ended_at is null and other.id <> new.id
          and roles_exclude(new.role, other.role))
    then
        raise exception using errcode = '23514', constraint = 'mandates_roles_apart',
            message = 'one person holds roles that exclude each other';
    end if;
    return new;
end $$;
create trigger mandates_roles_apart before insert or update on mandates
    for each row execute function mandates_keep_roles_apart();

-- Whether a person acts or ever acted for a body; a grant that is being made is waited for.
create function belonged(person uuid, owner uuid, agency uuid) returns boolean language plpgsql as $$
begin
    perform from persons where id = person for share;
    return exists (
        select from mandates m
        where m.person_id = person and (m.owner_id = owner or m.agency_id = agency));
end $$;

-- Nobody audits or publishes what the own body, present or former, asks for; nor what they handed in themselves.
create function requirement_editions_keep_apart() returns trigger language plpgsql as $$
declare
    body uuid;
    actor uuid;
begin
    select owner_id into body from requirements where id = new.requirement_id;
    foreach actor in array array[
        case when new.audit_begun_by is distinct from old.audit_begun_by then new.audit_begun_by end,
        case when new.audited_by is distinct from old.audited_by then new.audited_by end,
        case when new.published_by is distinct from old.published_by then new.published_by end]
    loop
        if actor is null then
            continue;
        end if;
        if actor = new.submitted_by or actor = new.saved_by then
            raise exception using errcode = '23514', constraint = 'requirement_editions_author_apart',
                message = 'who writes neither audits nor publishes';
        end if;
        if belonged(actor, body, null) then
            raise exception using errcode = '23514', constraint = 'requirement_editions_not_own_body',
                message = 'nobody audits or publishes for the own body';
        end if;
    end loop;
    return new;
end $$;
create trigger requirement_editions_keep_apart before update on requirement_editions
    for each row execute function requirement_editions_keep_apart();

create function owners_keep_apart() returns trigger language plpgsql as $$
begin
    if new.checked_by is distinct from old.checked_by and new.checked_by is not null
        and belonged(new.checked_by, new.id, null)
    then
        raise exception using errcode = '23514', constraint = 'checks_not_own_body',
            message = 'nobody checks the own body';
    end if;
    return new;
end $$;
create trigger checks_not_own_body before update on owners
    for each row execute function owners_keep_apart();

create function agencies_keep_apart() returns trigger language plpgsql as $$
begin
    if new.checked_by is distinct from old.checked_by and new.checked_by is not null
        and belonged(new.checked_by, null, new.id)
    then
        raise exception using errcode = '23514', constraint = 'checks_not_own_body',
            message = 'nobody checks the own body';
    end if;
    return new;
end $$;
create trigger checks_not_own_body before update on agencies
    for each row execute function agencies_keep_apart();

create function vettings_keep_apart() returns trigger language plpgsql as $$
declare
    actor uuid;
begin
    foreach actor in array array[
        case when new.opined_by is distinct from old.opined_by then new.opined_by end,
        case when new.decided_by is distinct from old.decided_by then new.decided_by end]
    loop
        if actor is null then
            continue;
        end if;
        if exists (
            select from agencies where id = new.agency_id and actor in (registered_by, committed_by, checked_by))
        then
            raise exception using errcode = '23514', constraint = 'vettings_author_apart',
                message = 'who hands in or checks a dossier does not vet it';
        end if;
        if belonged(actor, null, new.agency_id) then
            raise exception using errcode = '23514', constraint = 'vettings_not_own_body',
                message = 'nobody vets the own agency';
        end if;
    end loop;
    return new;
end $$;
create trigger vettings_keep_apart before update on vettings
    for each row execute function vettings_keep_apart();

-- Nobody stands on both sides of one requirement: whoever acted for the buyer at any time since it was begun is not
-- of an agency that signs up. The people of both are held, so that a grant that is being made is waited for.
create function sign_ups_keep_sides_apart() returns trigger language plpgsql as $$
declare
    buyer uuid;
    begun timestamptz;
begin
    select owner_id, created_at into buyer, begun from requirements where id = new.requirement_id;
    perform from persons
        where id in (select person_id from mandates where owner_id = buyer or agency_id = new.agency_id)
        order by id for share;
    if exists (
        select from mandates b join mandates a on a.person_id = b.person_id
        where b.owner_id = buyer and coalesce(b.ended_at, begun) >= begun
          and a.agency_id = new.agency_id and coalesce(a.ended_at, begun) >= begun)
    then
        raise exception using errcode = '23514', constraint = 'sign_ups_sides_apart',
            message = 'buyer and bidder are one person';
    end if;
    return new;
end $$;
create trigger sign_ups_sides_apart before insert on sign_ups
    for each row execute function sign_ups_keep_sides_apart();

-- The two sides of a contract are two persons. Judged when either name is written: a contract of before, whose two
-- sides may be one person, goes on to its end.
create function contracts_keep_apart() returns trigger language plpgsql as $$
begin
    if new.confirmed_by = new.recorded_by then
        raise exception using errcode = '23514', constraint = 'contracts_two_persons',
            message = 'who records a contract does not confirm it';
    end if;
    return new;
end $$;
create trigger contracts_two_persons before insert or update of confirmed_by, recorded_by on contracts
    for each row execute function contracts_keep_apart();

-- Rows of before are left as they are; they are not written again.
alter table deliverables add constraint deliverables_two_persons
    check (answered_by is null or answered_by <> delivered_by) not valid;
alter table ratings add constraint ratings_two_persons
    check (replied_by is null or replied_by <> rated_by) not valid;
