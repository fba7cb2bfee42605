//! 存证账本: its kinds of entry, and the RFC 6962 hashes that make the list tamper-evident. What an entry says is in
//! [`crate::fact`].

use crate::coded::coded;
use crate::hash::Hex32;
use sha2::{Digest, Sha256};

coded! {
    /// What happened.
    pub enum EntryKind ("entry_kind") {
        Publication = "publication", "公告发布";
        Correction = "correction", "更正公告";
        Extension = "extension", "报名延期";
        Freezing = "freezing", "名单冻结";
        Opening = "opening", "统一开标";
        Draw = "draw", "抽取";
        Selection = "selection", "选取结果";
        Award = "award", "中选结果";
        AwardNotice = "award_notice", "中选通知书";
        Failure = "failure", "流标";
        Contract = "contract", "合同备案";
        Completion = "completion", "办结";
        Rating = "rating", "评价";
        Credit = "credit", "信用事项";
    }
}

/// RFC 6962, 2.1: SHA-256(0x00 | entry).
pub fn leaf_hash(entry: &str) -> Hex32 {
    Hex32(
        Sha256::new()
            .chain_update([0])
            .chain_update(entry.as_bytes())
            .finalize()
            .into(),
    )
}

fn node_hash(left: Hex32, right: Hex32) -> Hex32 {
    Hex32(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The peaks of a growing tree: one hash for each binary digit of its size, largest subtree first.
/// Enough to append and to give the root without reading older leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peaks {
    pub size: u64,
    pub hashes: Vec<Hex32>,
}

impl Peaks {
    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hex32) {
        let mut hash = leaf;
        let mut carry = self.size;
        while carry & 1 == 1 {
            let Some(left) = self.hashes.pop() else { break };
            hash = node_hash(left, hash);
            carry >>= 1;
        }
        self.hashes.push(hash);
        self.size += 1;
    }

    /// The root of RFC 6962; of no leaves, the hash of nothing.
    pub fn root(&self) -> Hex32 {
        let mut hashes = self.hashes.iter().rev().copied();
        match hashes.next() {
            None => Hex32(Sha256::digest([]).into()),
            Some(last) => hashes.fold(last, |right, left| node_hash(left, right)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition of RFC 6962, word for word.
    fn defined(leaves: &[Hex32]) -> Hex32 {
        match leaves {
            [] => Hex32(Sha256::digest([]).into()),
            [one] => *one,
            many => {
                let k = many.len().next_power_of_two() / 2;
                node_hash(defined(&many[..k]), defined(&many[k..]))
            }
        }
    }

    #[test]
    fn the_published_vectors_of_rfc_6962_hold() {
        assert_eq!(
            leaf_hash("").to_string(),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            Peaks::default().root().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    proptest! {
        #[test]
        fn peaks_give_the_defined_root(count in 0usize..70) {
            let leaves: Vec<Hex32> = (0..count).map(|n| leaf_hash(&n.to_string())).collect();
            let mut peaks = Peaks::default();
            for leaf in &leaves {
                peaks.push(*leaf);
            }
            prop_assert_eq!(peaks.root(), defined(&leaves));
            prop_assert_eq!(peaks.hashes.len() as u32, (count as u64).count_ones());
        }
    }
}
