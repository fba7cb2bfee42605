//! The draw: one public, repeatable computation (specs/draw.md). Everything by chance that decides something
//! between parties comes from here; anyone can repeat it with SHA-256 alone.

use crate::coded::coded;
use crate::hash::{Hex32, sha256};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

coded! {
    /// What a draw decides. Different purposes of one notice are independent.
    pub enum Purpose ("draw_purpose") {
        Winner = "winner", "抽取中选机构";
        Tie = "tie", "同价抽取";
        ReferenceK = "reference-k", "抽取参考价系数";
        Inspection = "inspection", "抽取检查对象";
    }
}

/// Which public chance enters a draw beside the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeaconRule {
    /// None.
    None,
    /// Numbers of witnesses, committed to before and opened after.
    Witness,
    /// A public beacon, after an instant that the notice names.
    DrandQuicknet,
}

impl BeaconRule {
    const ALL: [BeaconRule; 3] = [
        BeaconRule::None,
        BeaconRule::Witness,
        BeaconRule::DrandQuicknet,
    ];

    /// As it is published.
    pub const fn code(self) -> &'static str {
        match self {
            BeaconRule::None => "none",
            BeaconRule::Witness => "witness",
            BeaconRule::DrandQuicknet => "drand-quicknet",
        }
    }

    /// From how it was published. `None`: no rule of ours, and nothing to be trusted.
    pub fn parse(code: &str) -> Option<BeaconRule> {
        BeaconRule::ALL.into_iter().find(|rule| rule.code() == code)
    }

    /// What one must trust, in a sentence.
    pub const fn trust(self) -> &'static str {
        match self {
            BeaconRule::None => {
                "未使用外部随机源：只要平台的种子没有在截止前泄露给最后一家报名机构，结果就无法预知。"
            }
            BeaconRule::Witness => {
                "由公告中的见证人先承诺、后公开的随机数参与计算；见证人与平台串通之外，结果无法预知。"
            }
            BeaconRule::DrandQuicknet => {
                "由公告中约定时刻之后的公共随机信标参与计算；任何一方都无法预知结果。"
            }
        }
    }
}

/// One who takes part. `uscc` holds the factor instead of a code when a factor is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrant {
    /// 1..n in order of receipt.
    pub seq: u32,
    pub uscc: String,
    /// Tickets, at least 1.
    pub weight: u64,
    pub nonce: Hex32,
}

/// One who signed up and was not frozen into the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    pub uscc: String,
    pub reason: String,
}

/// One step of the draw: the word taken and the ticket it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    pub uscc: String,
    /// Which word of the stream was taken; rejected words are skipped numbers.
    pub counter: u32,
    #[serde(with = "word_text")]
    pub word: u64,
    /// From 0 to `total` − 1.
    pub ticket: u64,
    /// Tickets of those still in.
    pub total: u64,
}

/// Everything that anyone needs to repeat the draw. This is the published JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub notice_no: String,
    pub purpose: Purpose,
    pub server_seed: Hex32,
    pub seed_commitment: Hex32,
    pub beacon_rule: BeaconRule,
    pub beacon: String,
    pub entrants_hash: Hex32,
    pub entrants: Vec<Entrant>,
    pub excluded: Vec<Excluded>,
    pub picks: Vec<Pick>,
}

impl Evidence {
    /// The published JSON, which is kept to the byte: the ledger holds its hash. Numbers and strings can always be
    /// written.
    pub fn text(&self) -> String {
        crate::stored::write_text(self).unwrap_or_default()
    }
}

/// 64-bit words travel as strings: JSON numbers of other languages lose their last digits.
mod word_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(word: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&word.to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// What is fixed before the outcome can be known.
#[derive(Debug, Clone)]
pub struct Setup {
    pub notice_no: String,
    pub server_seed: Hex32,
    pub beacon_rule: BeaconRule,
    pub beacon: String,
}

/// The hash of the frozen list: lines `seq|uscc|weight|nonce` joined by `\n`.
pub fn entrants_hash(entrants: &[Entrant]) -> Hex32 {
    let lines: Vec<String> = entrants
        .iter()
        .map(|e| format!("{}|{}|{}|{}", e.seq, e.uscc, e.weight, e.nonce))
        .collect();
    sha256(lines.join("\n").as_bytes())
}

/// The value from which all words of this draw come.
pub fn final_value(setup: &Setup, purpose: Purpose, entrants_hash: Hex32) -> Hex32 {
    let message = format!(
        "{}|{}|{}|{}",
        setup.notice_no,
        purpose.code(),
        entrants_hash,
        setup.beacon
    );
    Hex32(hmac_sha256(&setup.server_seed.0, message.as_bytes()))
}

/// Draws `count` of the entrants without replacement (all of them when there are fewer).
pub fn draw(
    setup: &Setup,
    purpose: Purpose,
    entrants: Vec<Entrant>,
    excluded: Vec<Excluded>,
    count: usize,
) -> Evidence {
    let hash = entrants_hash(&entrants);
    let picks = picks(final_value(setup, purpose, hash), &entrants, count);
    Evidence {
        notice_no: setup.notice_no.clone(),
        purpose,
        server_seed: setup.server_seed,
        seed_commitment: sha256(&setup.server_seed.0),
        beacon_rule: setup.beacon_rule,
        beacon: setup.beacon.clone(),
        entrants_hash: hash,
        entrants,
        excluded,
        picks,
    }
}

fn picks(final_value: Hex32, entrants: &[Entrant], count: usize) -> Vec<Pick> {
    let mut remaining: Vec<&Entrant> = entrants.iter().collect();
    let mut counter = 0;
    let mut picks = Vec::new();
    while picks.len() < count && !remaining.is_empty() {
        let total: u64 = remaining.iter().map(|e| e.weight).sum();
        let (at, word) = next_fair_word(final_value, counter, total);
        counter = at + 1;
        let ticket = word % total;
        let mut running = 0;
        let position = remaining
            .iter()
            .position(|e| {
                running += e.weight;
                running > ticket
            })
            .unwrap_or(remaining.len() - 1);
        let entrant = remaining.remove(position);
        picks.push(Pick {
            uscc: entrant.uscc.clone(),
            counter: at,
            word,
            ticket,
            total,
        });
    }
    picks
}

/// The first word from `counter` on that lies below the largest multiple of `total` (no modulo bias).
fn next_fair_word(final_value: Hex32, counter: u32, total: u64) -> (u32, u64) {
    let total = u128::from(total.max(1));
    let fair_below = (1u128 << 64) / total * total;
    let mut counter = counter;
    loop {
        let word = word(final_value, counter);
        if u128::from(word) < fair_below {
            return (counter, word);
        }
        counter += 1;
    }
}

/// The first 8 bytes, big-endian, of HMAC-SHA256(final, counter as u32 big-endian).
pub fn word(final_value: Hex32, counter: u32) -> u64 {
    let mac = hmac_sha256(&final_value.0, &counter.to_be_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&mac[..8]);
    u64::from_be_bytes(first)
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// One comparison of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub what: &'static str,
    pub published: String,
    pub computed: String,
}

impl Comparison {
    /// Whether published and computed agree.
    pub fn agrees(&self) -> bool {
        self.published == self.computed
    }
}

impl Evidence {
    /// Repeats the draw from the evidence. The draw is right if and only if every comparison agrees.
    pub fn replay(&self) -> Vec<Comparison> {
        let setup = Setup {
            notice_no: self.notice_no.clone(),
            server_seed: self.server_seed,
            beacon_rule: self.beacon_rule,
            beacon: self.beacon.clone(),
        };
        let numbering: Vec<String> = (1..=self.entrants.len()).map(|n| n.to_string()).collect();
        let numbered: Vec<String> = self.entrants.iter().map(|e| e.seq.to_string()).collect();
        let mut codes: Vec<&str> = self.entrants.iter().map(|e| e.uscc.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        // A weight over a billion is no weight of ours, and the sum of such could overflow.
        let weightless = self
            .entrants
            .iter()
            .filter(|e| e.weight == 0 || e.weight > 1_000_000_000)
            .count();
        let mut found = vec![
            compare(
                "种子承诺",
                self.seed_commitment,
                sha256(&self.server_seed.0),
            ),
            compare("名单序号", numbered.join(" "), numbering.join(" ")),
            compare("名单家数", self.entrants.len(), codes.len()),
            compare("无效签数", weightless, 0),
            compare(
                "名单摘要",
                self.entrants_hash,
                entrants_hash(&self.entrants),
            ),
        ];
        if self.picks.is_empty() {
            found.push(compare("抽取结果", "没有", "至少一家"));
        } else if found.iter().all(Comparison::agrees) {
            let picks = picks(
                final_value(&setup, self.purpose, self.entrants_hash),
                &self.entrants,
                self.picks.len(),
            );
            let words = |picks: &[Pick]| picks.iter().map(pick_text).collect::<Vec<_>>().join("；");
            found.push(compare("抽取结果", words(&self.picks), words(&picks)));
        }
        found
    }

    /// Whether every comparison of the replay agrees.
    pub fn is_right(&self) -> bool {
        self.replay().iter().all(Comparison::agrees)
    }

    /// The value from which the words come, for the page.
    pub fn final_value(&self) -> Hex32 {
        let setup = Setup {
            notice_no: self.notice_no.clone(),
            server_seed: self.server_seed,
            beacon_rule: self.beacon_rule,
            beacon: self.beacon.clone(),
        };
        final_value(&setup, self.purpose, self.entrants_hash)
    }
}

fn compare(what: &'static str, published: impl ToString, computed: impl ToString) -> Comparison {
    Comparison {
        what,
        published: published.to_string(),
        computed: computed.to_string(),
    }
}

fn pick_text(pick: &Pick) -> String {
    format!(
        "{} 第{}字 {} 签 {}/{}",
        pick.uscc, pick.counter, pick.word, pick.ticket, pick.total
    )
}

#[cfg(test)]
mod tests;
