-- What does not change cannot be emptied either: row triggers do not see TRUNCATE. Notices and versions of the policy
-- are of that kind too; a decision points at the one it used.
create trigger entrants_no_truncate before truncate on entrants
    for each statement execute function refuse_change();
create trigger exclusions_no_truncate before truncate on exclusions
    for each statement execute function refuse_change();
create trigger selections_no_truncate before truncate on selections
    for each statement execute function refuse_change();
create trigger draws_no_truncate before truncate on draws
    for each statement execute function refuse_change();
create trigger journal_no_truncate before truncate on journal
    for each statement execute function refuse_change();
create trigger notices_are_final before update or delete on notices
    for each row execute function refuse_change();
create trigger notices_no_truncate before truncate on notices
    for each statement execute function refuse_change();
create trigger policies_are_final before update or delete on policies
    for each row execute function refuse_change();
create trigger policies_no_truncate before truncate on policies
    for each statement execute function refuse_change();
