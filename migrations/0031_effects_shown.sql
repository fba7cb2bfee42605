-- What tells that somebody is signed up is shown to nobody as long as sign-up goes on: neither who, nor how many. The
-- lists, the page and the figures of the desk ask this one function.
create function effect_is_shown(subject uuid) returns boolean language sql stable as $$
    select not exists (
        select from messages m join requirements r on r.id = m.entrants_of
        where (m.id = effect_is_shown.subject or m.daily_id = effect_is_shown.subject) and r.state = 'published')
$$;
