-- Numbers are printed on paper and typed from it: in any case, with blanks, dashes and punctuation in any place, O for 0.
-- `market::number::key` does the same to what is typed.
create function number_key(number text) returns text language sql immutable strict parallel safe as $$
    select translate(regexp_replace(upper(number), '[^0-9A-Z]', '', 'g'), 'OI', '01')
$$;
create index awards_number_key on awards (number_key(award_no));
create index requirements_number_key on requirements (number_key(notice_no));
create index service_items_number_key on service_items (number_key(code));
