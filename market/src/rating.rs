//! 评价: five dimensions, one rating a contract, by the owner after completion.

use crate::coded::coded;
use crate::form::{Reader, number, public};
use crate::owner::FundType;
use crate::time::Duration;
use crate::{Form, Problems, Refusal, Rules, Timestamp};

coded! {
    /// What is rated.
    pub enum Dimension ("rating_dimension") {
        Quality = "quality", "服务质量";
        Timeliness = "timeliness", "服务时效";
        Attitude = "attitude", "服务态度";
        Fee = "fee", "服务收费";
        Conduct = "conduct", "服务规范";
    }
}

/// The words of the five levels (GB/T 39734 and its portals).
pub const LEVELS: [&str; 5] = ["非常不满意", "不满意", "基本满意", "满意", "非常满意"];

/// Five scores from 1 to 5 and a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scores {
    pub quality: u8,
    pub timeliness: u8,
    pub attitude: u8,
    pub fee: u8,
    pub conduct: u8,
    pub comment: String,
}

impl Scores {
    /// Reads the form. A score of 2 or less needs a reason of ten characters.
    pub fn read(form: &Form) -> Result<Scores, Problems> {
        let mut read = Reader::new(form);
        let mut score = |field| {
            let stars = read.choose(field, number(1, 5, &["分"]))?;
            u8::try_from(stars).ok()
        };
        let (quality, timeliness) = (score("quality"), score("timeliness"));
        let (attitude, fee, conduct) = (score("attitude"), score("fee"), score("conduct"));
        let comment = read.maybe("comment", public(1, 500));
        let low = [quality, timeliness, attitude, fee, conduct]
            .iter()
            .flatten()
            .any(|&n| n <= 2);
        let told = comment
            .as_ref()
            .is_some_and(|c| c.as_ref().is_some_and(|c| c.chars().count() >= 10));
        if low && comment.is_some() && !told {
            read.wrong(
                "comment",
                "有 2 分及以下的评价，请写明事实和理由，至少十个字。",
            );
        }
        read.finish(|| {
            Some(Scores {
                quality: quality?,
                timeliness: timeliness?,
                attitude: attitude?,
                fee: fee?,
                conduct: conduct?,
                comment: comment?.unwrap_or_default(),
            })
        })
    }

    /// The mean in hundredths: 460 is 4.60.
    pub fn mean_hundredths(&self) -> i32 {
        let sum: i32 = self.values().iter().map(|&n| i32::from(n)).sum();
        sum * 100 / 5
    }

    /// In the order of [`Dimension::ALL`].
    pub fn values(&self) -> [u8; 5] {
        [
            self.quality,
            self.timeliness,
            self.attitude,
            self.fee,
            self.conduct,
        ]
    }
}

/// An agency's answer to its rating.
pub fn read_reply(form: &Form) -> Result<String, Problems> {
    let mut read = Reader::new(form);
    let reply = read.need("reply", public(4, 500));
    read.finish(|| reply)
}

/// A mean in hundredths as shown: `4.6`, rounded half up to one decimal.
pub fn mean_text(hundredths: i32) -> String {
    let tenths = (hundredths + 5) / 10;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Which of five bars a mean belongs to: 450 and more is 5 stars, and so on. Bars never overlap.
pub fn stars(hundredths: i32) -> usize {
    crate::count::place(crate::count::unsigned((hundredths + 50) / 100)).clamp(1, 5)
}

/// Finished work of before this instant should have been rated by now.
pub fn owed_before(rules: &Rules, now: Timestamp) -> Timestamp {
    now - Duration::days(i64::from(rules.policy.rating.block_days))
}

/// Whether an owner that has left so many finished contracts unrated may ask for new work. Social money always may.
/// Errors: [`Refusal::RatingOwed`].
pub fn may_ask_for_more(fund: FundType, owed: u32) -> Result<(), Refusal> {
    match owed {
        count if count > 0 && fund.is_public() => Err(Refusal::RatingOwed { count }),
        _ => Ok(()),
    }
}

/// A rating as the agency's answer to it finds it.
#[derive(Debug, Clone, Copy)]
pub struct Rated {
    pub at: Timestamp,
    pub is_answered: bool,
}

/// The agency answers once, within its time. Errors: [`Refusal::NotNow`] when it has, and at and after the last instant.
pub fn may_reply(rules: &Rules, rated: Rated, now: Timestamp) -> Result<(), Refusal> {
    if rated.is_answered {
        return Err(Refusal::not_now("再次回复", "已回复"));
    }
    let workdays = rules.policy.rating.reply_workdays;
    if now >= rules.clock().after(rated.at, workdays) {
        return Err(Refusal::not_now("回复评价", "回复期已过"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicyId;
    use crate::calendar::Calendar;
    use crate::policy::Policy;

    #[test]
    fn public_owners_rate_before_they_ask_again() {
        for (fund, owed, may) in [
            (FundType::Fiscal, 0, true),
            (FundType::Fiscal, 1, false),
            (FundType::StateOwned, 2, false),
            (FundType::Social, 5, true),
        ] {
            assert_eq!(may_ask_for_more(fund, owed).is_ok(), may, "{fund} {owed}");
        }
    }

    #[test]
    fn the_agency_answers_once_and_in_time() {
        use crate::procurement::{Stage, tests::procurement};
        let rules = procurement(crate::selection::Method::Random, Stage::Open).rules;
        let at = ::time::macros::datetime!(2026-03-16 09:00 +8);
        let rated = |is_answered| Rated { at, is_answered };
        let end = rules.clock().after(at, rules.policy.rating.reply_workdays);
        assert_eq!(
            may_reply(&rules, rated(false), end - Duration::SECOND),
            Ok(())
        );
        assert!(may_reply(&rules, rated(false), end).is_err());
        assert!(may_reply(&rules, rated(true), at).is_err());
    }

    fn form(scores: [&str; 5], comment: &str) -> Form {
        ["quality", "timeliness", "attitude", "fee", "conduct"]
            .into_iter()
            .zip(scores)
            .chain([("comment", comment)])
            .collect()
    }

    #[test]
    fn a_low_score_needs_its_reason() {
        assert!(
            Scores::read(&form(["5", "5", "4", "5", "4"], ""))
                .is_ok_and(|s| s.mean_hundredths() == 460)
        );
        assert!(
            Scores::read(&form(["5", "2", "4", "5", "4"], "慢"))
                .is_err_and(|p| p.of("comment").is_some())
        );
        assert!(
            Scores::read(&form(
                ["5", "2", "4", "5", "4"],
                "比约定时间晚了两周才提交初稿"
            ))
            .is_ok()
        );
        assert!(Scores::read(&form(["5", "0", "4", "6", ""], "")).is_err_and(|p| p.0.len() == 3));
    }

    #[test]
    fn ten_characters_are_a_reason_and_nine_are_none() {
        let told = |comment| Scores::read(&form(["5", "2", "4", "5", "4"], comment)).is_ok();
        assert!(told("比约定晚了两周才交稿"));
        assert!(!told("比约定晚两周才交稿"));
    }

    #[test]
    fn a_reply_comes_before_its_last_instant() {
        let rules = Rules {
            policy_id: PolicyId(uuid::Uuid::nil()),
            policy: Policy::standard(),
            calendar: Calendar::default(),
        };
        let rated_at = ::time::macros::datetime!(2026-03-16 09:00 +8);
        let last = rules
            .clock()
            .after(rated_at, rules.policy.rating.reply_workdays);
        let may = |is_answered, now| {
            let rated = Rated {
                at: rated_at,
                is_answered,
            };
            may_reply(&rules, rated, now).is_ok()
        };
        assert!(may(false, last - Duration::seconds(1)));
        assert!(!may(false, last));
        assert!(!may(true, last - Duration::seconds(1)));
    }

    #[test]
    fn means_fall_into_exactly_one_bar() {
        assert_eq!(
            [100, 149, 150, 250, 449, 450, 500].map(stars),
            [1, 1, 2, 3, 4, 5, 5]
        );
        assert_eq!(mean_text(460), "4.6");
        assert_eq!(mean_text(455), "4.6");
        assert_eq!(mean_text(500), "5.0");
    }
}
