//! States as tags, amounts and times as people read them.

use super::{Html, Tone, html, tag};
use leptos::prelude::*;
use market::agency::{AgencyState, ServiceState};
use market::award::AwardState;
use market::contract::{ContractState, Light};
use market::credit::Grade;
use market::owner::OwnerState;
use market::rating::mean_text;
use market::requirement::{EditionState, RequirementState};
use market::sign_up::SignUpState;
use market::time::{span, stamp_end};
use market::vetting::VettingState;
use market::{Fen, Timestamp};
use store::policy::Rules;

/// A state as a tag.
pub trait Status {
    fn tone(&self) -> Tone;
    fn word(&self) -> &'static str;
    fn tag(&self) -> AnyView {
        tag(self.tone(), self.word())
    }
}

macro_rules! status {
    ($( $state:ty { $( $($variant:ident)|+ => $tone:ident ),+ $(,)? } )+) => { $(
        impl Status for $state {
            fn tone(&self) -> Tone {
                match self { $( $( <$state>::$variant )|+ => Tone::$tone ),+ }
            }
            fn word(&self) -> &'static str { self.label() }
        }
    )+ };
}

status! {
    RequirementState {
        Preparing => Plain, Published => Ok, Frozen | Choosing => Go, Selected => Go, Awarded => Ok, Failed | Voided => Bad,
    }
    EditionState { Draft => Plain, Submitted | Audited => Go, Returned => Warn, Published => Ok, Dropped => Plain }
    AgencyState { Draft => Plain, FormalCheck => Go, Returned => Warn, Settled => Ok }
    ServiceState { Draft => Plain, FormalCheck | Vetting | Publicity => Go, Active => Ok, Returned => Warn }
    OwnerState { Pending => Go, Active => Ok, Returned => Warn }
    VettingState { Waiting | Opined => Go, Approved => Ok, Returned => Warn }
    AwardState { Announced => Go, Confirmed => Go, Issued => Ok, Declined | Lapsed => Bad }
    ContractState {
        PendingConfirm => Go, Objected => Warn, Performing => Go, Delivered => Warn, Accepted => Go, Completed => Ok,
    }
    SignUpState { Live => Ok, Replaced => Plain, Withdrawn => Plain }
}

impl Html {
    /// A clock's light with its word.
    pub fn light(&mut self, light: Light) -> &mut Html {
        let class = match light {
            Light::Green => "tag ok light",
            Light::Yellow => "tag warn light",
            Light::Red => "tag bad light",
            Light::Black => "tag black light",
        };
        self.span(class, |to| {
            to.text(light.label());
        })
    }

    /// A state as a tag.
    pub fn state(&mut self, state: &impl Status) -> &mut Html {
        self.tag(state.tone(), state.word())
    }

    /// `A 103`
    pub fn credit(&mut self, grade: Grade, score: i32) -> &mut Html {
        let tone = match grade {
            Grade::APlus | Grade::A => Tone::Ok,
            Grade::B => Tone::Warn,
            Grade::C | Grade::D => Tone::Bad,
        };
        let points = market::credit::points_text(score);
        self.tag(tone, format_args!("{} {points}", grade.label()))
    }

    /// `★ 4.7 (63)`, or that nobody has rated yet.
    pub fn stars(&mut self, mean: i32, count: i32) -> &mut Html {
        if count == 0 {
            return self.small("暂无评价");
        }
        self.span("stars", |to| {
            to.text(format_args!("★ {}", mean_text(mean)));
        });
        self.small(format_args!(" ({count})"))
    }

    /// The instant at which a period ends, as the rules say it.
    pub fn until(&mut self, at: Timestamp) -> &mut Html {
        self.time(at, stamp_end(at))
    }

    /// A due instant: the date, and beside it how much is left or how late it is.
    pub fn due(&mut self, due_at: Timestamp, now: Timestamp, rules: &Rules) -> &mut Html {
        self.until(due_at).raw(" ");
        let late = rules.clock().overdue(due_at, now);
        if rules.policy.is_demo() && now >= due_at {
            // What began before the demo's pace would count thousands of its workdays.
            return self.tag(Tone::Bad, format_args!("已超 {}", span(now - due_at)));
        }
        if late > 0 {
            return self.tag(Tone::Bad, format_args!("已超 {late} 个工作日"));
        }
        let left = due_at - now;
        let tone = if left < market::time::Duration::days(1) {
            Tone::Warn
        } else {
            Tone::Plain
        };
        self.tag(tone, format_args!("还剩 {}", span(left)))
    }
}

/// A clock's light with its word.
pub fn light(light: Light) -> AnyView {
    html(|to| {
        to.light(light);
    })
}

/// `A 103`
pub fn credit(grade: Grade, score: i32) -> AnyView {
    html(|to| {
        to.credit(grade, score);
    })
}

/// `★ 4.7 (63)`, or that nobody has rated yet.
pub fn stars(mean: i32, count: i32) -> AnyView {
    html(|to| {
        to.stars(mean, count);
    })
}

/// An instant as a `time` element.
pub fn instant(at: Timestamp) -> AnyView {
    html(|to| {
        to.instant(at);
    })
}

/// The instant at which a period ends, as the rules say it.
pub fn until(at: Timestamp) -> AnyView {
    html(|to| {
        to.until(at);
    })
}

/// An instant that may be missing.
pub fn maybe_instant(at: Option<Timestamp>) -> AnyView {
    html(|to| {
        to.maybe_instant(at);
    })
}

/// A due instant: the date, and beside it how much is left or how late it is.
pub fn due(due_at: Timestamp, now: Timestamp, rules: &Rules) -> AnyView {
    html(|to| {
        to.due(due_at, now, rules);
    })
}

/// `86,000.00 元`
pub fn money(amount: Fen) -> AnyView {
    view! { <span class="nowrap">{amount.yuan()}" 元"</span> }.into_any()
}
