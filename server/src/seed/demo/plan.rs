//! The plan of the year: which requirements there are, how each goes, and when it begins.

use super::cast::{OWNERS, PLACES, PROJECTS, Project};
use super::people::People;
use crate::installation::Trouble;
use app::desk::Actor;
use market::calendar::Calendar;
use market::owner::FundType;
use market::selection::Method;
use market::time::{Date, Duration, at_clock, day};
use market::{RequirementId, Timestamp};

/// How a story goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// All the way, in time, rated well.
    Smooth,
    /// Delivered late.
    Late,
    /// Signed late.
    SignedLate,
    /// The winner declines and the backup takes over.
    Declined,
    /// The deliverable is returned once, the rating is middling.
    Returned,
    /// Too few sign up: extended, then failed, then published again.
    Failed,
    /// The auditor sends the document back, and there it lies.
    SentBack,
    /// The owner drops the draft.
    Dropped,
    /// Stops after a step, for the states of the present.
    StopAfter(Step),
}

/// What is done next in a story.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    Draft,
    Submit,
    Audit,
    Publish,
    SignUp,
    Choose,
    Confirm,
    Record,
    Agree,
    Deliver,
    Accept,
    Complete,
    Rate,
    Reply,
    Republish,
}

/// A requirement with its plan.
pub struct Story {
    pub project: &'static Project,
    pub place: &'static str,
    pub owner: usize,
    pub method: Method,
    pub turn: Turn,
    pub begins_at: Timestamp,
    /// The id of the requirement, once there is one.
    pub requirement: String,
    /// How often the work has been handed in.
    pub delivered: u32,
}

/// How old a story of the present is, in workdays.
enum Age {
    /// It was published so long ago.
    Published(u32),
    /// Its deadline was so long ago.
    Closed(u32),
}
use Age::{Closed, Published};

/// The stories of the present: how each goes, its method, and its age.
const PRESENT: [(Turn, Method, Age); 23] = [
    (Turn::StopAfter(Step::Draft), Method::Random, Published(2)),
    (
        Turn::StopAfter(Step::Draft),
        Method::LowestPrice,
        Published(1),
    ),
    (Turn::Dropped, Method::Random, Published(4)),
    (Turn::StopAfter(Step::Submit), Method::Random, Published(1)),
    (
        Turn::StopAfter(Step::Submit),
        Method::LowestPrice,
        Published(1),
    ),
    (Turn::SentBack, Method::Random, Published(2)),
    (Turn::StopAfter(Step::Audit), Method::Random, Published(2)),
    (Turn::StopAfter(Step::SignUp), Method::Random, Published(2)),
    (
        Turn::StopAfter(Step::SignUp),
        Method::LowestPrice,
        Published(2),
    ),
    (Turn::StopAfter(Step::SignUp), Method::Random, Published(2)),
    (
        Turn::StopAfter(Step::SignUp),
        Method::LowestPrice,
        Published(1),
    ),
    (Turn::StopAfter(Step::SignUp), Method::Direct, Published(2)),
    (Turn::StopAfter(Step::SignUp), Method::Direct, Closed(1)),
    (Turn::StopAfter(Step::SignUp), Method::Random, Closed(1)),
    (
        Turn::StopAfter(Step::SignUp),
        Method::LowestPrice,
        Closed(1),
    ),
    (Turn::StopAfter(Step::Confirm), Method::Random, Closed(2)),
    (
        Turn::StopAfter(Step::Confirm),
        Method::AveragePrice,
        Closed(6),
    ),
    (
        Turn::StopAfter(Step::Record),
        Method::LowestPrice,
        Closed(7),
    ),
    (Turn::StopAfter(Step::Agree), Method::Random, Closed(9)),
    (
        Turn::StopAfter(Step::Agree),
        Method::LowestPrice,
        Closed(24),
    ),
    (Turn::StopAfter(Step::Deliver), Method::Random, Closed(19)),
    (
        Turn::StopAfter(Step::Accept),
        Method::LowestPrice,
        Closed(24),
    ),
    (Turn::StopAfter(Step::Complete), Method::Random, Closed(26)),
];

/// Requirements that began in the past year and have come to their end.
const PAST: usize = 64;

/// The last days of the year belong to the stories of the present.
const PAST_ENDS_BEFORE: Duration = Duration::days(45);

/// The stories between two instants, unsorted.
pub fn stories(began: Timestamp, until: Timestamp, calendar: &Calendar) -> Vec<Story> {
    let span = until - began - PAST_ENDS_BEFORE;
    let past = (0..PAST).map(|n| {
        let method = match n % 9 {
            0 | 2 | 4 | 6 => Method::Random,
            8 => Method::Direct,
            _ => Method::LowestPrice,
        };
        let turn = match n {
            11 | 37 => Turn::Late,
            23 => Turn::SignedLate,
            18 | 42 | 57 => Turn::Declined,
            7 | 29 | 50 => Turn::Returned,
            15 | 45 => Turn::Failed,
            _ => Turn::Smooth,
        };
        let begins_at = began + span * n as f64 / PAST as f64;
        Story::new(n, method, turn, begins_at)
    });
    let present = PRESENT.iter().enumerate().map(|(n, (turn, method, age))| {
        let mut story = Story::new(PAST + n, *method, *turn, until);
        let workdays = match age {
            Published(workdays) => *workdays,
            Closed(workdays) => workdays + story.sign_up_workdays() + 1,
        };
        story.begins_at = at_clock(workdays_before(calendar, day(until), workdays), 9, 5);
        story
    });
    past.chain(present).collect()
}

fn workdays_before(calendar: &Calendar, date: Date, n: u32) -> Date {
    let mut date = date;
    let mut left = n;
    while left > 0 {
        date = date.saturating_sub(Duration::days(1));
        left -= u32::from(calendar.is_workday(date));
    }
    date
}

/// People act on workdays between nine and four: the first such instant from `at` on.
pub fn office_hours(calendar: &Calendar, at: Timestamp) -> Timestamp {
    let mut date = day(at);
    let mut at = at;
    if at < at_clock(date, 9, 5) {
        at = at_clock(date, 9, 5);
    } else if at >= at_clock(date, 16, 0) {
        date = date.saturating_add(Duration::days(1));
        at = at_clock(date, 9, 10);
    }
    while !calendar.is_workday(date) {
        date = date.saturating_add(Duration::days(1));
        at = at_clock(date, 9, 15);
    }
    at
}

impl Story {
    /// The `n`th story. Project and place repeat with periods that have no common multiple below 144.
    fn new(n: usize, method: Method, turn: Turn, begins_at: Timestamp) -> Story {
        Story {
            project: &PROJECTS[(n * 5) % PROJECTS.len()],
            place: PLACES[(n * 7) % PLACES.len()],
            // The demo's own owner has more to do than the others.
            owner: if n.is_multiple_of(5) {
                0
            } else {
                n % OWNERS.len()
            },
            method,
            turn,
            begins_at,
            requirement: String::new(),
            delivered: 0,
        }
    }

    /// Who acts for the owner: every fourth requirement of the demo's owner is its trustee's.
    pub fn actor<'p>(&self, people: &'p People) -> &'p Actor {
        if self.owner == 0 && self.project.amount % 4_000 == 0 {
            &people.trustee
        } else {
            &people.owners[self.owner]
        }
    }

    /// The requirement. Errors: before it has begun.
    pub fn id(&self) -> Result<RequirementId, Trouble> {
        Ok(self.requirement.parse()?)
    }

    /// 长虹路安全预评价
    pub fn name(&self) -> String {
        format!("{}{}", self.place, self.project.name)
    }

    /// In yuan. Direct selections must fit under the cap.
    pub fn amount(&self) -> i64 {
        if self.method.is_chosen_by_owner() {
            self.project.amount.min(30_000)
        } else {
            self.project.amount
        }
    }

    /// How long agencies may sign up.
    pub fn sign_up_workdays(&self) -> u32 {
        if OWNERS[self.owner].fund == FundType::Social {
            2
        } else {
            3
        }
    }

    /// How long the work may take.
    pub fn service_workdays(&self) -> usize {
        10 + self.project.name.chars().count() % 3 * 5
    }

    /// A number that varies from story to story.
    pub fn variety(&self) -> usize {
        self.place.len() + self.project.name.len()
    }
}
