-- Some credit codes were printed with a wrong last character (in Xiamen before 2016, for one). They are taken together
-- with a scan of the licence, which the operator compares; without it nobody can have such a code.

alter table owners
    add column code_is_irregular boolean not null default false,
    add column licence_file_id uuid constraint owners_licence_file_fkey references files,
    add constraint owners_irregular_code_has_licence check (not code_is_irregular or licence_file_id is not null);
create index owners_licence_file on owners (licence_file_id);

alter table agencies
    add column code_is_irregular boolean not null default false,
    add column licence_file_id uuid constraint agencies_licence_file_fkey references files,
    add constraint agencies_irregular_code_has_licence check (not code_is_irregular or licence_file_id is not null);
create index agencies_licence_file on agencies (licence_file_id);
