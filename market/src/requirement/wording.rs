//! Unfair wording in the texts of a requirement's form, told at the field that has it.

use crate::Form;
use crate::form::{Reader, public};
use crate::lint::{Finding, lint};

/// What the field of the owner's reason for keeping such words is called.
pub const REASON: &str = "保留的理由";

/// The fields that are read for it, and what they are called.
const TEXTS: [(&str, &str); 4] = [
    ("project_name", "项目名称"),
    ("content", "服务内容"),
    ("other_terms", "其他要求"),
    ("price_note", "金额说明"),
];

/// What is found, in the order of the fields.
pub fn findings(form: &Form) -> Vec<Finding> {
    lint(&TEXTS.map(|(field, label)| (label, form.get(field))))
}

/// Reads the reason, which has to be given where something is found. Without it every field that has something is
/// wrong, and so is the reason.
pub(super) fn read(read: &mut Reader<'_>, form: &Form) -> (Vec<Finding>, Option<Option<String>>) {
    let findings = findings(form);
    let reason = read.maybe("findings_reason", public(10, 500));
    if !findings.is_empty() && reason == Some(None) {
        let mut labels = Vec::new();
        for (field, label) in TEXTS {
            let own: Vec<String> = findings
                .iter()
                .filter(|finding| finding.field == label)
                .map(|finding| format!("“{}”：{}", finding.quote, finding.why))
                .collect();
            if !own.is_empty() {
                labels.push(format!("“{label}”"));
                read.wrong(
                    field,
                    format!(
                        "{}请修改；必须保留的，在“{REASON}”里写明理由。",
                        own.concat()
                    ),
                );
            }
        }
        read.wrong(
            "findings_reason",
            format!(
                "{}里有可能不公平的表述，请修改，或者在这里写明必须保留的理由，至少十个字。",
                labels.join("、")
            ),
        );
    }
    (findings, reason)
}
