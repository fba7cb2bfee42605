-- Whoever names a practitioner shows the certificate. Rows of before have none.
alter table practitioners add column certificate_file_id uuid references files;
create index practitioners_file on practitioners (certificate_file_id);
