-- A credit code belongs to the registration that the operator has found in order, never to one that has only been
-- typed in: otherwise whoever types first keeps the true body out. Until then several may claim it, one a person.
alter table owners drop constraint owners_uscc_once;
create unique index owners_uscc_once on owners (uscc) where state = 'active';
create unique index owners_claim_once on owners (uscc, registered_by);
alter table agencies drop constraint agencies_uscc_once;
create unique index agencies_uscc_once on agencies (uscc) where state = 'settled';
create unique index agencies_claim_once on agencies (uscc, registered_by);
