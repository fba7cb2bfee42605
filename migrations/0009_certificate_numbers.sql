-- Numbers of certificates have one spelling since forms give them one: half width, no blanks, capital letters. Numbers
-- from before get it too, so that the same certificate is not entered twice; where it would be, the row stays.

update qualifications q set number = upper(regexp_replace(normalize(q.number, nfkc), '\s', '', 'g'))
where q.removed_at is null and not exists (
    select from qualifications other
    where other.id <> q.id and other.agency_id = q.agency_id and other.kind_id = q.kind_id
      and other.speciality = q.speciality and other.removed_at is null
      and upper(regexp_replace(normalize(other.number, nfkc), '\s', '', 'g'))
          = upper(regexp_replace(normalize(q.number, nfkc), '\s', '', 'g')));
