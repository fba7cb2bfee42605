//! How much may be uploaded: by a person and by the body that the person acts for, in a day and in all. Bytes.

use crate::Refusal;

/// What is allowed, or what has been used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub person_day: u64,
    pub person_all: u64,
    pub body_day: u64,
    pub body_all: u64,
}

const MEGABYTE: u64 = 1024 * 1024;

impl Room {
    /// As much as can be counted: for what the program uploads itself.
    pub const ENDLESS: Room = Room {
        person_day: u64::MAX,
        person_all: u64::MAX,
        body_day: u64::MAX,
        body_all: u64::MAX,
    };

    /// Whether so many bytes more still fit. Errors: the first limit that they pass, with its size.
    pub fn admits(&self, used: &Room, size: u64) -> Result<(), Refusal> {
        let limits = [
            (self.person_day, used.person_day, "您一天内上传的文件", DAY),
            (self.body_day, used.body_day, "本单位一天内上传的文件", DAY),
            (self.person_all, used.person_all, "您上传的文件", ALL),
            (self.body_all, used.body_all, "本单位上传的文件", ALL),
        ];
        let full = limits
            .into_iter()
            .find(|(allowed, used, _, _)| used.saturating_add(size) > *allowed);
        match full {
            None => Ok(()),
            Some((allowed, _, what, then)) => Err(Refusal::File {
                sentence: format!("{what}合计不能超过 {} MB，{then}", allowed / MEGABYTE),
            }),
        }
    }
}

const DAY: &str = "这个文件没有收下。请明天再传，或者压缩后再传；急用的请联系运营机构。";
const ALL: &str = "这个文件没有收下。请联系运营机构。";

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Room = Room {
        person_day: 10 * MEGABYTE,
        person_all: 100 * MEGABYTE,
        body_day: 20 * MEGABYTE,
        body_all: 200 * MEGABYTE,
    };
    const NOTHING: Room = Room {
        person_day: 0,
        person_all: 0,
        body_day: 0,
        body_all: 0,
    };

    #[test]
    fn each_limit_is_kept_to_the_byte_and_told_by_its_name() {
        type Set = fn(&mut Room, u64);
        let limits: [(u64, &str, Set); 4] = [
            (10, "您一天内", |room, n| room.person_day = n),
            (100, "您上传", |room, n| room.person_all = n),
            (20, "本单位一天内", |room, n| room.body_day = n),
            (200, "本单位上传", |room, n| room.body_all = n),
        ];
        for (megabytes, name, set) in limits {
            let mut used = NOTHING;
            set(&mut used, megabytes * MEGABYTE - 5);
            assert_eq!(LIMITS.admits(&used, 5), Ok(()));
            let sentence = LIMITS.admits(&used, 6).expect_err("too much").sentence();
            assert!(
                sentence.contains(name) && sentence.contains(&format!(" {megabytes} MB")),
                "{sentence}"
            );
        }
        assert!(LIMITS.admits(&NOTHING, u64::MAX).is_err());
        assert_eq!(Room::ENDLESS.admits(&NOTHING, u64::MAX), Ok(()));
    }
}
