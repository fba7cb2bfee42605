-- What the page after a form says ("已保存。"), once and to the session that sent the form. Were it only a word in the
-- address, a link could show anybody a success that never was.
create table arrivals (
    token uuid primary key,
    session_id uuid not null references sessions on delete cascade,
    path text not null,
    said text not null,
    at timestamptz not null
);
create index arrivals_session on arrivals (session_id);
create index arrivals_at on arrivals (at);
