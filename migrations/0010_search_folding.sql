-- Documents of the search say by which folding they were indexed, and keep the words that find them without being
-- shown, so that they can be indexed anew when the folding changes. Of documents written before, those words are only
-- left in what they are matched against.
alter table search_documents
    add column also text not null default '',
    add column folding integer not null default 0;
update search_documents set also = replace(haystack, ' ', '');
create index search_documents_folding on search_documents (folding);
