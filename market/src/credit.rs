//! 信用: events with points, severity and life; the score is always recomputed from them.
//! Points are hundredths, so that +0.25 is exact.

use crate::coded::coded;
use crate::decision::Follows;
use crate::journal::{Deed, Subject};
use crate::message::{self, Audience};
use crate::time::{Duration, Timestamp};
use crate::{AgencyId, AwardId, ContractId, Rules};
use ::time::Month;
use serde::{Deserialize, Serialize};

coded! {
    /// The events that the path from award to rating produces. The other codes come with the full credit system.
    pub enum EventCode ("credit_code") {
        P01 = "P01", "按时完成合同且评价不低于 4.5";
        M02 = "M02", "中选后放弃或逾期不确认";
        M03 = "M03", "逾期签订合同";
        M04 = "M04", "服务超期";
        M04S = "M04S", "服务严重超期";
    }
}

coded! {
    /// How grave an event is; it decides how long it is shown.
    pub enum Severity ("severity") {
        Merit = "merit", "加分";
        Minor = "minor", "轻微";
        General = "general", "一般";
        Serious = "serious", "严重";
    }
}

coded! {
    /// The grade of a score.
    pub enum Grade ("credit_grade") {
        APlus = "a_plus", "A+";
        A = "a", "A";
        B = "b", "B";
        C = "c", "C";
        D = "d", "D";
    }
}

impl Grade {
    /// Whether this is `least` or better.
    pub fn reaches(self, least: Grade) -> bool {
        self <= least
    }
}

/// Points, severity and life of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRule {
    pub code: EventCode,
    /// Hundredths of a point; negative takes away.
    pub points: i32,
    pub severity: Severity,
    /// Months from becoming effective to the end.
    pub months: u32,
    /// For merits: the most that count within 12 months, in hundredths.
    pub yearly_most: Option<i32>,
}

/// Everything that makes a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditRules {
    /// Hundredths of a point, as all scores here.
    pub base: i32,
    pub lowest: i32,
    pub highest: i32,
    /// Lower bounds of A+, A, B and C.
    pub bounds: [i32; 4],
    pub events: Vec<EventRule>,
    /// A demerit becomes effective after the agency had so many workdays to state its case.
    pub state_case_workdays: u32,
    pub give_up_limit: u32,
    pub give_up_suspend_months: u32,
    pub red_list_score: i32,
    pub red_list_clean_months: u32,
    pub red_list_contracts: u32,
    /// The mean rating, in hundredths, from which P01 is given.
    pub merit_rating: i32,
}

impl CreditRules {
    /// The defaults.
    pub fn standard() -> CreditRules {
        let rule = |code, points, severity, months, yearly_most| EventRule {
            code,
            points,
            severity,
            months,
            yearly_most,
        };
        CreditRules {
            base: 10_000,
            lowest: 0,
            highest: 15_000,
            bounds: [12_000, 10_000, 8_000, 6_000],
            events: vec![
                rule(EventCode::P01, 100, Severity::Merit, 12, Some(1_000)),
                rule(EventCode::M02, -800, Severity::General, 12, None),
                rule(EventCode::M03, -300, Severity::Minor, 3, None),
                rule(EventCode::M04, -200, Severity::Minor, 6, None),
                rule(EventCode::M04S, -600, Severity::General, 12, None),
            ],
            state_case_workdays: 5,
            give_up_limit: 3,
            give_up_suspend_months: 3,
            red_list_score: 10_300,
            red_list_clean_months: 12,
            red_list_contracts: 3,
            merit_rating: 450,
        }
    }

    /// The rule of a code, if this version has one.
    pub fn rule(&self, code: EventCode) -> Option<&EventRule> {
        self.events.iter().find(|rule| rule.code == code)
    }

    /// The grade of a score.
    pub fn grade(&self, score: i32) -> Grade {
        let grades = [Grade::APlus, Grade::A, Grade::B, Grade::C];
        let reached = self
            .bounds
            .iter()
            .zip(grades)
            .find(|(bound, _)| score >= **bound);
        reached.map_or(Grade::D, |(_, grade)| grade)
    }

    /// The lowest score of a grade; 0 for D.
    pub fn lower_bound(&self, grade: Grade) -> i32 {
        match grade {
            Grade::APlus => self.bounds[0],
            Grade::A => self.bounds[1],
            Grade::B => self.bounds[2],
            Grade::C => self.bounds[3],
            Grade::D => self.lowest,
        }
    }
}

/// What makes a credit event, before the rules in force say what it is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    pub agency: AgencyId,
    pub code: EventCode,
    /// What happened, in one sentence that the agency and, while it counts, the public read.
    pub basis: String,
    pub award: Option<AwardId>,
    pub contract: Option<ContractId>,
}

impl Incident {
    /// What follows when it is recorded: the agency is told at once, long before a demerit counts.
    pub fn recorded(&self, worth: Worth) -> Follows {
        let note = format!("{} {}", self.code.code(), self.basis);
        let told = message::CreditRecorded {
            code: self.code,
            basis: self.basis.clone(),
            points: worth.points,
            effective_at: worth.effective_at,
            ends_at: worth.ends_at,
        };
        Follows::new()
            .line(Deed::Credit, Subject::Agency(self.agency), note)
            .tell(Audience::Agency(self.agency), told)
    }
}

/// What follows when an agency is suspended, or for longer than before; of what is over by now nobody is told.
pub fn suspended(agency: AgencyId, until: Timestamp, now: Timestamp) -> Follows {
    match until > now {
        true => Follows::new().tell(Audience::Agency(agency), message::Suspended { until }),
        false => Follows::new(),
    }
}

/// What an incident is worth under the rules in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// Hundredths of a point; negative takes away.
    pub points: i32,
    pub severity: Severity,
    pub effective_at: Timestamp,
    pub ends_at: Timestamp,
}

impl Worth {
    /// A demerit begins after the agency had time to state its case. `None`: these rules do not know the code.
    pub fn of(code: EventCode, rules: &Rules, now: Timestamp) -> Option<Worth> {
        let credit = &rules.policy.credit;
        let rule = credit.rule(code)?;
        let delay = match rule.points {
            ..0 => credit.state_case_workdays,
            _ => 0,
        };
        let effective_at = rules.clock().after(now, delay);
        Some(Worth {
            points: rule.points,
            severity: rule.severity,
            effective_at,
            ends_at: months_later(effective_at, rule.months),
        })
    }
}

/// An event as far as a score needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub code: EventCode,
    /// Hundredths.
    pub points: i32,
    pub effective_at: Timestamp,
    pub ends_at: Timestamp,
    pub revoked: bool,
}

impl Counted {
    /// Whether it counts at an instant: from becoming effective until its end, which is excluded.
    pub fn is_active(&self, at: Timestamp) -> bool {
        !self.revoked && self.effective_at <= at && at < self.ends_at
    }
}

/// The score at an instant, in hundredths: base, plus merits up to their yearly most, minus demerits, clamped.
pub fn score(rules: &CreditRules, events: &[Counted], at: Timestamp) -> i32 {
    let active = || events.iter().filter(|event| event.is_active(at));
    let mut merits = 0;
    for rule in rules.events.iter().filter(|rule| rule.points > 0) {
        let sum: i32 = active()
            .filter(|event| event.code == rule.code)
            .map(|event| event.points)
            .sum();
        merits += rule.yearly_most.map_or(sum, |most| sum.min(most));
    }
    let demerits: i32 = active()
        .filter(|event| event.points < 0)
        .map(|event| event.points)
        .sum();
    (rules.base + merits + demerits).clamp(rules.lowest, rules.highest)
}

/// The instants after `now` at which the score may change by itself, soonest first.
pub fn turning_points(events: &[Counted], now: Timestamp) -> Vec<Timestamp> {
    let mut instants: Vec<Timestamp> = events
        .iter()
        .filter(|event| !event.revoked)
        .flat_map(|event| [event.effective_at, event.ends_at])
        .filter(|at| *at > now)
        .collect();
    instants.sort_unstable();
    instants.dedup();
    instants
}

/// Which event a finished contract's lateness is, if any.
pub fn lateness(overdue_workdays: u32, serious_workdays: u32) -> Option<EventCode> {
    match overdue_workdays {
        0 => None,
        late if late > serious_workdays => Some(EventCode::M04S),
        _ => Some(EventCode::M04),
    }
}

/// Whether a finished and rated contract earns P01.
pub fn earns_merit(rules: &CreditRules, overdue_workdays: u32, mean_hundredths: i32) -> bool {
    overdue_workdays == 0 && mean_hundredths >= rules.merit_rating
}

/// Until when its give-ups suspend an agency, if there are too many that count now.
pub fn suspended_until(
    rules: &CreditRules,
    events: &[Counted],
    now: Timestamp,
) -> Option<Timestamp> {
    let give_ups = || {
        let counts = |event: &&Counted| event.code == EventCode::M02 && event.is_active(now);
        events.iter().filter(counts)
    };
    let latest = give_ups().map(|event| event.effective_at).max()?;
    let too_many = crate::count::of(give_ups().count()) >= rules.give_up_limit;
    too_many.then(|| months_later(latest, rules.give_up_suspend_months))
}

/// Hundredths as points: `100`, `-8`, `99.75`.
pub fn points_text(hundredths: i32) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
    match part {
        0 => format!("{sign}{whole}"),
        part if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        part => format!("{sign}{whole}.{part:02}"),
    }
}

/// The same instant so many months later; the last day of a shorter month where needed.
pub fn months_later(at: Timestamp, months: u32) -> Timestamp {
    by_months(at, crate::count::column(months))
}

/// The same instant so many months ago: since when "the last twelve months" are.
pub fn months_earlier(at: Timestamp, months: u32) -> Timestamp {
    by_months(at, -crate::count::column(months))
}

fn by_months(at: Timestamp, months: i32) -> Timestamp {
    let local = at.to_offset(crate::time::SHANGHAI);
    let index = local.year() * 12 + i32::from(u8::from(local.month())) - 1 + months;
    let (year, month) = (
        index.div_euclid(12),
        Month::January.nth_next(u8::try_from(index.rem_euclid(12)).unwrap_or(0)),
    );
    let day = local.day().min(month.length(year));
    local
        .replace_day(1)
        .and_then(|first| first.replace_year(year))
        .and_then(|first| first.replace_month(month))
        .and_then(|first| first.replace_day(day))
        .unwrap_or(at + Duration::days(i64::from(months) * 30))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::time::macros::datetime;
    use proptest::prelude::*;

    const NOW: Timestamp = datetime!(2026-06-01 10:00 +8);

    fn event(code: EventCode, days_ago: i64) -> Counted {
        let rules = CreditRules::standard();
        let rule = rules.rule(code).expect("standard");
        let effective_at = NOW - Duration::days(days_ago);
        Counted {
            code,
            points: rule.points,
            effective_at,
            ends_at: months_later(effective_at, rule.months),
            revoked: false,
        }
    }

    #[test]
    fn the_score_is_base_plus_active_events() {
        let rules = CreditRules::standard();
        assert_eq!(score(&rules, &[], NOW), 10_000);
        assert_eq!(score(&rules, &[event(EventCode::P01, 5)], NOW), 10_100);
        assert_eq!(
            score(
                &rules,
                &[event(EventCode::P01, 5), event(EventCode::M02, 5)],
                NOW
            ),
            9_300
        );
        assert_eq!(
            score(&rules, &[event(EventCode::M03, 100)], NOW),
            10_000,
            "three months are over"
        );
        assert_eq!(
            score(&rules, &[event(EventCode::M04, -1)], NOW),
            10_000,
            "not effective yet"
        );
        let revoked = Counted {
            revoked: true,
            ..event(EventCode::M02, 5)
        };
        assert_eq!(score(&rules, &[revoked], NOW), 10_000);
    }

    #[test]
    fn merits_are_capped_and_demerits_are_not() {
        let rules = CreditRules::standard();
        let many = vec![event(EventCode::P01, 5); 14];
        assert_eq!(score(&rules, &many, NOW), 11_000);
        let bad = vec![event(EventCode::M02, 5); 14];
        assert_eq!(score(&rules, &bad, NOW), 0);
    }

    #[test]
    fn grades_have_their_bounds_inside() {
        let rules = CreditRules::standard();
        let grades = [12_000, 11_999, 10_000, 9_999, 8_000, 7_999, 6_000, 5_999, 0]
            .map(|s| rules.grade(s).label());
        assert_eq!(grades, ["A+", "A", "A", "B", "B", "C", "C", "D", "D"]);
        assert!(
            Grade::A.reaches(Grade::B) && !Grade::C.reaches(Grade::B) && Grade::B.reaches(Grade::B)
        );
    }

    #[test]
    fn an_event_counts_from_its_first_instant_and_not_at_its_end() {
        let event = event(EventCode::M04, 5);
        let moment = Duration::seconds(1);
        for (at, counts) in [
            (event.effective_at - moment, false),
            (event.effective_at, true),
            (event.ends_at - moment, true),
            (event.ends_at, false),
        ] {
            assert_eq!(event.is_active(at), counts, "{at}");
        }
    }

    #[test]
    fn a_merit_needs_the_mean_itself_and_no_day_more() {
        let rules = CreditRules::standard();
        let mean = rules.merit_rating;
        assert!(earns_merit(&rules, 0, mean));
        assert!(!earns_merit(&rules, 0, mean - 1));
        assert!(!earns_merit(&rules, 1, mean));
    }

    #[test]
    fn the_give_up_that_reaches_the_limit_suspends() {
        let rules = CreditRules::standard();
        let limit = usize::try_from(rules.give_up_limit).expect("a few");
        let given_up = vec![event(EventCode::M02, 5); limit];
        let until = months_later(given_up[0].effective_at, rules.give_up_suspend_months);
        assert_eq!(suspended_until(&rules, &given_up, NOW), Some(until));
        assert_eq!(suspended_until(&rules, &given_up[1..], NOW), None);
    }

    #[test]
    fn lateness_has_two_steps() {
        assert_eq!(
            [0, 1, 10, 11].map(|late| lateness(late, 10)),
            [
                None,
                Some(EventCode::M04),
                Some(EventCode::M04),
                Some(EventCode::M04S)
            ]
        );
    }

    #[test]
    fn months_end_on_days_that_exist() {
        assert_eq!(
            months_later(datetime!(2026-01-31 10:00 +8), 1),
            datetime!(2026-02-28 10:00 +8)
        );
        assert_eq!(
            months_later(datetime!(2026-11-15 10:00 +8), 3),
            datetime!(2027-02-15 10:00 +8)
        );
        assert_eq!(
            months_later(datetime!(2024-02-29 10:00 +8), 12),
            datetime!(2025-02-28 10:00 +8)
        );
        assert_eq!(
            months_earlier(datetime!(2026-06-01 10:00 +8), 12),
            datetime!(2025-06-01 10:00 +8)
        );
        assert_eq!(
            months_earlier(datetime!(2024-02-29 10:00 +8), 12),
            datetime!(2023-02-28 10:00 +8)
        );
        assert_eq!(
            months_earlier(datetime!(2026-01-15 10:00 +8), 3),
            datetime!(2025-10-15 10:00 +8)
        );
        assert_eq!(points_text(-800), "-8");
        assert_eq!(points_text(9_975), "99.75");
        assert_eq!(points_text(10_050), "100.5");
    }

    proptest! {
        #[test]
        fn the_score_changes_only_at_turning_points(offsets in proptest::collection::vec((0usize..5, -400i64..400), 0..12), minutes in 1i64..600_000) {
            let rules = CreditRules::standard();
            let events: Vec<_> = offsets.iter().map(|(code, days)| event(EventCode::ALL[*code], *days)).collect();
            let later = NOW + Duration::minutes(minutes);
            let turns = turning_points(&events, NOW);
            if turns.first().is_none_or(|first| *first > later) {
                prop_assert_eq!(score(&rules, &events, NOW), score(&rules, &events, later));
            }
            prop_assert!((rules.lowest..=rules.highest).contains(&score(&rules, &events, later)));
        }
    }
}
