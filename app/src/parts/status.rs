//! States as tags, amounts and times as people read them.

use super::{Tone, tag};
use leptos::prelude::*;
use market::agency::{AgencyState, ServiceState};
use market::award::AwardState;
use market::contract::{ContractState, Light};
use market::credit::Grade;
use market::owner::OwnerState;
use market::rating::mean_text;
use market::requirement::{EditionState, RequirementState};
use market::sign_up::SignUpState;
use market::time::{span, stamp, stamp_end};
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

/// A clock's light with its word.
pub fn light(light: Light) -> AnyView {
    let class = match light {
        Light::Green => "tag ok light",
        Light::Yellow => "tag warn light",
        Light::Red => "tag bad light",
        Light::Black => "tag black light",
    };
    view! { <span class=class>{light.label()}</span> }.into_any()
}

/// `A 103`
pub fn credit(grade: Grade, score: i32) -> AnyView {
    let tone = match grade {
        Grade::APlus | Grade::A => Tone::Ok,
        Grade::B => Tone::Warn,
        Grade::C | Grade::D => Tone::Bad,
    };
    tag(
        tone,
        format!("{} {}", grade.label(), market::credit::points_text(score)),
    )
}

/// `★ 4.7 (63)`, or that nobody has rated yet.
pub fn stars(mean: i32, count: i32) -> AnyView {
    if count == 0 {
        return view! { <span class="muted small">"暂无评价"</span> }.into_any();
    }
    view! {
        <span class="stars">"★ "{mean_text(mean)}</span>
        <span class="small muted">" ("{count}")"</span>
    }
    .into_any()
}

/// An instant as a `time` element.
pub fn instant(at: Timestamp) -> AnyView {
    view! { <time datetime=market::time::rfc3339(at)>{stamp(at)}</time> }.into_any()
}

/// The instant at which a period ends, as the rules say it.
pub fn until(at: Timestamp) -> AnyView {
    view! { <time datetime=market::time::rfc3339(at)>{stamp_end(at)}</time> }.into_any()
}

/// An instant that may be missing.
pub fn maybe_instant(at: Option<Timestamp>) -> AnyView {
    at.map_or_else(
        || view! { <span class="muted">"—"</span> }.into_any(),
        instant,
    )
}

/// A due instant: the date, and beside it how much is left or how late it is.
pub fn due(due_at: Timestamp, now: Timestamp, rules: &Rules) -> AnyView {
    let late = rules.clock().overdue(due_at, now);
    let left = if rules.policy.is_demo() && now >= due_at {
        // What began before the demo's pace would count thousands of its workdays.
        tag(Tone::Bad, format!("已超 {}", span(now - due_at)))
    } else if late > 0 {
        tag(Tone::Bad, format!("已超 {late} 个工作日"))
    } else {
        let left = due_at - now;
        let tone = if left < market::time::Duration::days(1) {
            Tone::Warn
        } else {
            Tone::Plain
        };
        tag(tone, format!("还剩 {}", span(left)))
    };
    view! {
        {until(due_at)}
        " "
        {left}
    }
    .into_any()
}

/// `86,000.00 元`
pub fn money(amount: Fen) -> AnyView {
    view! { <span class="nowrap">{amount.yuan()}" 元"</span> }.into_any()
}
