-- 均价选取, and what the database asks of a method. It asks for a trait, never for a name, and each trait is a function:
-- a new method is a new value of the enum and stands in the functions of its traits (`market::selection::Kind` says the
-- same in Rust, and a test compares them). The functions compare text, because a value of an enum cannot be used in the
-- transaction that adds it.
alter type method add value 'average_price' before 'direct';

create function method_has_bid(method) returns boolean language sql stable strict as
    $$ select $1::text in ('lowest_price', 'average_price') $$;
create function method_is_chosen_by_owner(method) returns boolean language sql stable strict as
    $$ select $1::text in ('direct') $$;
create function method_always_draws(method) returns boolean language sql stable strict as
    $$ select $1::text in ('random') $$;

alter table requirements drop constraint requirements_price_has_key;
alter table requirements add constraint requirements_price_has_key check (
    method is null or not method_has_bid(method) or (bid_public_key is not null and bid_secret_sealed is not null));

alter table selections drop constraint selections_only_choices_repeat;
alter table selections add constraint selections_only_choices_repeat check (
    ordinal = 1 or method_is_chosen_by_owner(method));
alter table selections drop constraint selections_choice_has_reason;
alter table selections add constraint selections_choice_has_reason check (
    method_is_chosen_by_owner(method) = (decided_by is not null)
    and (not method_is_chosen_by_owner(method) or coalesce(length(reason) >= 10, false)));

create or replace function selections_check_draw() returns trigger language plpgsql as $$
begin
    if method_always_draws(new.method) and not exists (select from draws where selection_id = new.id) then
        raise exception using errcode = '23514', constraint = 'selections_random_needs_draw',
            message = 'a random selection needs its draw';
    end if;
    return null;
end $$;
