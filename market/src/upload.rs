//! How much may be uploaded: by a person and by the body that the person acts for, in a day and in all; and by all
//! together, as long as no form has taken it. Bytes.

use crate::Refusal;

/// What is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub person_day: u64,
    pub person_all: u64,
    pub body_day: u64,
    pub body_all: u64,
    /// In all, by a person none of whose bodies has been confirmed yet: anybody can open an account.
    pub newcomer_all: u64,
    /// By everybody together, of what no form has taken yet. Newcomers may fill half of it, so that strangers cannot
    /// shut out those who are known.
    pub waiting: u64,
}

/// What has been used of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    pub person_day: u64,
    pub person_all: u64,
    pub body_day: u64,
    pub body_all: u64,
    /// By everybody together.
    pub waiting: u64,
    /// None of the person's bodies has been confirmed yet.
    pub is_newcomer: bool,
}

const MEGABYTE: u64 = 1024 * 1024;

/// The sweep of what no form has taken comes once an hour.
const SECONDS_TO_THE_SWEEP: u32 = 3_600;

impl Room {
    /// As much as can be counted: for what the program uploads itself.
    pub const ENDLESS: Room = Room {
        person_day: u64::MAX,
        person_all: u64::MAX,
        body_day: u64::MAX,
        body_all: u64::MAX,
        newcomer_all: u64::MAX,
        waiting: u64::MAX,
    };

    /// Whether so many bytes more still fit. Errors: the first limit that they pass, with its size; and
    /// [`Refusal::Later`] when all together have filled what may wait.
    pub fn admits(&self, used: &Used, size: u64) -> Result<(), Refusal> {
        let newcomer_all = if used.is_newcomer {
            self.newcomer_all
        } else {
            u64::MAX
        };
        let limits = [
            (self.person_day, used.person_day, "您一天内上传的文件", DAY),
            (self.body_day, used.body_day, "本单位一天内上传的文件", DAY),
            (
                newcomer_all,
                used.person_all,
                "单位通过核对以前，您上传的文件",
                NEWCOMER,
            ),
            (self.person_all, used.person_all, "您上传的文件", ALL),
            (self.body_all, used.body_all, "本单位上传的文件", ALL),
        ];
        let full = limits
            .into_iter()
            .find(|(allowed, used, _, _)| used.saturating_add(size) > *allowed);
        if let Some((allowed, _, what, then)) = full {
            return Err(Refusal::File {
                sentence: format!("{what}合计不能超过 {} MB，{then}", allowed / MEGABYTE),
            });
        }
        let waiting = if used.is_newcomer {
            self.waiting / 2
        } else {
            self.waiting
        };
        if used.waiting.saturating_add(size) > waiting {
            return Err(Refusal::Later {
                sentence: WAITING.into(),
                seconds: SECONDS_TO_THE_SWEEP,
            });
        }
        Ok(())
    }
}

const DAY: &str = "这个文件没有收下。请明天再传，或者压缩后再传；急用的请联系运营机构。";
const ALL: &str = "这个文件没有收下。请联系运营机构。";
const NEWCOMER: &str = "这个文件没有收下。请压缩后再传，或者联系运营机构。";
const WAITING: &str =
    "全站等待随表单提交的文件已经存满，这个文件没有收下。请过一小时再传；急用的请联系运营机构。";

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Room = Room {
        person_day: 10 * MEGABYTE,
        person_all: 100 * MEGABYTE,
        body_day: 20 * MEGABYTE,
        body_all: 200 * MEGABYTE,
        newcomer_all: 50 * MEGABYTE,
        waiting: 1_000 * MEGABYTE,
    };

    #[test]
    fn each_limit_is_kept_to_the_byte_and_told_by_its_name() {
        type Set = fn(&mut Used, u64);
        let limits: [(u64, &str, Set); 5] = [
            (10, "您一天内", |used, n| used.person_day = n),
            (100, "您上传", |used, n| used.person_all = n),
            (20, "本单位一天内", |used, n| used.body_day = n),
            (200, "本单位上传", |used, n| used.body_all = n),
            (50, "通过核对以前", |used, n| {
                used.person_all = n;
                used.is_newcomer = true;
            }),
        ];
        for (megabytes, name, set) in limits {
            let mut used = Used::default();
            set(&mut used, megabytes * MEGABYTE - 5);
            assert_eq!(LIMITS.admits(&used, 5), Ok(()));
            let sentence = LIMITS.admits(&used, 6).expect_err("too much").sentence();
            assert!(
                sentence.contains(name) && sentence.contains(&format!(" {megabytes} MB")),
                "{sentence}"
            );
        }
        assert!(LIMITS.admits(&Used::default(), u64::MAX).is_err());
        assert_eq!(Room::ENDLESS.admits(&Used::default(), u64::MAX), Ok(()));
    }

    #[test]
    fn what_waits_has_one_ceiling_and_newcomers_reach_theirs_first() {
        for (is_newcomer, ceiling) in [(false, 1_000), (true, 500)] {
            let used = Used {
                waiting: ceiling * MEGABYTE - 5,
                is_newcomer,
                ..Used::default()
            };
            assert_eq!(LIMITS.admits(&used, 5), Ok(()));
            let refusal = LIMITS.admits(&used, 6).expect_err("too much");
            assert_eq!(refusal.retry_after(), Some(SECONDS_TO_THE_SWEEP));
            assert!(refusal.sentence().contains("一小时"), "{refusal}");
        }
    }
}
