-- The tokens of a search document begin with the letter of its kind, so that a word of one kind is one list of the index
-- each. (The kind as a token of its own made every search meet the list of all documents of the kind.) Documents written
-- before have theirs from here.
drop index search_documents_tokens;
update search_documents
set tokens = array(select left(kind, 1) || token from unnest(tokens) token where token not like '#%' order by 1);

-- One document in thirty-two, by the last byte of its identifier, which is random: enough of them to answer words that
-- are in very many, from lists that are short.
alter table search_documents
    add column sampled boolean not null generated always as (get_byte(uuid_send(subject), 15) < 8) stored;

-- Without a list of what is still to be entered, which every search would read through until it is flushed.
create index search_documents_tokens on search_documents using gin (tokens) with (fastupdate = off);
create index search_documents_sample on search_documents using gin (tokens) with (fastupdate = off) where sampled;
-- By hash, because titles are longer than a page of another index would take.
create index search_documents_title on search_documents using hash (split_part(haystack, ' ', 1));
