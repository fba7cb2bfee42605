//! What was handed in is what is audited, and what was audited is what is published: one hash over the document, its
//! files and what is printed of its owner, made when it is handed in and made again before each later step.

use crate::Refusal;
use crate::hash::{Hex32, sha256};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version of the list of what is hashed. Whoever adds to the list counts on.
const VERSION: u32 = 1;

/// A file that belongs to the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedFile {
    pub name: String,
    pub sha256: Hex32,
}

impl HandedFile {
    /// As data, for the hash and for the ledger.
    pub fn facts(&self) -> Value {
        json!({ "name": self.name, "sha256": self.sha256 })
    }
}

/// What is printed with a document and is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    pub owner_uscc: String,
    pub owner_name: String,
    pub item_code: String,
    /// In the order of their ids.
    pub files: Vec<HandedFile>,
}

/// Everything that an edition hands in. Document and changes are data as they are stored, so that the hash is of what
/// lies there and not of what this build reads into it.
#[derive(Debug, Clone)]
pub struct HandIn<'a> {
    pub printed: &'a Printed,
    pub edition: i32,
    pub document: &'a Value,
    pub correction_reason: Option<&'a str>,
    pub changes: Option<&'a Value>,
}

impl HandIn<'_> {
    /// SHA-256 of JSON with sorted keys and no white space.
    pub fn hash(&self) -> Hex32 {
        let files: Vec<Value> = self.printed.files.iter().map(HandedFile::facts).collect();
        let all = json!({
            "v": VERSION,
            "owner_uscc": self.printed.owner_uscc,
            "owner_name": self.printed.owner_name,
            "item": self.printed.item_code,
            "edition": self.edition,
            "document": self.document,
            "correction_reason": self.correction_reason,
            "changes": self.changes,
            "files": files,
        });
        sha256(all.to_string().as_bytes())
    }

    /// That nothing has changed since it was handed in; what an earlier build took in has no hash yet. Returns the
    /// hash. Errors: [`Refusal::Changed`].
    pub fn unchanged(&self, handed_in: Option<Hex32>) -> Result<Hex32, Refusal> {
        let now = self.hash();
        match handed_in {
            Some(then) if then != now => Err(Refusal::Changed),
            _ => Ok(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed() -> Printed {
        Printed {
            owner_uscc: "11420606DEM000110X".into(),
            owner_name: "区水利局".into(),
            item_code: "ZJ-ZR-008".into(),
            files: vec![HandedFile {
                name: "要求.pdf".into(),
                sha256: Hex32([0xab; 32]),
            }],
        }
    }

    fn hash(
        change: impl FnOnce(&mut Printed, &mut Value, &mut Option<&'static str>, &mut i32),
    ) -> Hex32 {
        let (mut printed, mut document) = (printed(), json!({ "amount": 1, "method": "random" }));
        let (mut correction_reason, mut edition) = (Some("金额有误"), 2);
        change(
            &mut printed,
            &mut document,
            &mut correction_reason,
            &mut edition,
        );
        let changes = json!([{ "label": "金额" }]);
        HandIn {
            printed: &printed,
            edition,
            document: &document,
            correction_reason,
            changes: Some(&changes),
        }
        .hash()
    }

    #[test]
    fn every_part_is_in_the_hash() {
        let whole = hash(|_, _, _, _| ());
        let others = [
            hash(|p, _, _, _| p.owner_name.push('局')),
            hash(|p, _, _, _| p.owner_uscc.push('X')),
            hash(|p, _, _, _| p.item_code.push('9')),
            hash(|p, _, _, _| p.files.clear()),
            hash(|p, _, _, _| p.files.push(p.files[0].clone())),
            hash(|p, _, _, _| p.files[0].name.push('x')),
            hash(|p, _, _, _| p.files[0].sha256 = Hex32([0xcd; 32])),
            hash(|_, d, _, _| d["amount"] = json!(2)),
            hash(|_, d, _, _| d["new"] = json!(null)),
            hash(|_, _, reason, _| *reason = None),
            hash(|_, _, _, edition| *edition = 3),
        ];
        for (n, other) in others.iter().enumerate() {
            assert_ne!(*other, whole, "change {n}");
        }
        assert_eq!(hash(|_, _, _, _| ()), whole);
    }

    #[test]
    fn the_hash_of_a_frozen_sample_never_changes() {
        assert_eq!(
            hash(|_, _, _, _| ()).to_string(),
            "22fda1f76f748875a1dc9e2a4222c6d94d06123274e1542a6cb8da734f8e794a"
        );
    }

    #[test]
    fn what_changed_is_refused_and_what_has_no_hash_yet_gets_one() {
        let (printed, document) = (printed(), json!({}));
        let hand_in = HandIn {
            printed: &printed,
            edition: 1,
            document: &document,
            correction_reason: None,
            changes: None,
        };
        let hash = hand_in.hash();
        assert_eq!(hand_in.unchanged(Some(hash)), Ok(hash));
        assert_eq!(hand_in.unchanged(None), Ok(hash));
        assert_eq!(
            hand_in.unchanged(Some(Hex32([0; 32]))),
            Err(Refusal::Changed)
        );
    }
}
