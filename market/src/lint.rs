//! Unfair wording in a requirement's free text: a warning that needs a reason and is shown to the auditor.
//! Source: 公平竞争审查条例. It never refuses by itself.

use serde::{Deserialize, Serialize};

/// A phrase that often keeps others out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The field's label.
    pub field: String,
    /// The phrase as written, with a little of its surroundings.
    pub quote: String,
    pub why: String,
}

struct Rule {
    words: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        words: &[
            "本地企业",
            "本地机构",
            "本市注册",
            "本区注册",
            "本县注册",
            "注册地在",
            "当地注册",
            "在襄阳注册",
            "本地注册",
        ],
        why: "按注册地限制机构，属于不合理限制。",
    },
    Rule {
        words: &["分公司", "办事处", "分支机构", "本地设有", "常驻机构"],
        why: "要求设立本地分支机构，属于不合理限制。",
    },
    Rule {
        words: &[
            "本地业绩",
            "本市业绩",
            "本区业绩",
            "襄阳业绩",
            "同区域业绩",
            "本省业绩",
        ],
        why: "按地域限定业绩，属于不合理限制。",
    },
    Rule {
        words: &["协会会员", "会员单位", "学会会员", "理事单位"],
        why: "要求加入协会，属于不合理限制。",
    },
    Rule {
        words: &["入库", "备案证", "名录库", "备选库", "登记备案后"],
        why: "设置自建名录或备案作为门槛，清单之外不得设置。",
    },
    Rule {
        words: &[
            "鲁班奖",
            "国家级奖项",
            "省级奖项",
            "市级奖项",
            "获奖证书",
            "荣誉称号",
        ],
        why: "以特定奖项为条件，可能指向个别机构。",
    },
    Rule {
        words: &["指定品牌", "指定机构", "指定单位", "唯一", "仅限"],
        why: "可能指定或限定特定机构。",
    },
    Rule {
        words: &[
            "曾为本单位",
            "曾服务本单位",
            "与我单位合作",
            "熟悉我单位",
            "服务过我局",
        ],
        why: "要求与业主有过合作，排除新的竞争者。",
    },
    Rule {
        words: &[
            "注册资本不低于",
            "注册资金不低于",
            "成立满",
            "年营业额",
            "从业人数不少于",
        ],
        why: "以规模、年限限制机构，与服务能力无直接关系。",
    },
];

/// Looks through the texts, given as (label of the field, text).
pub fn lint(texts: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (field, text) in texts {
        for rule in RULES {
            let hit = rule
                .words
                .iter()
                .filter_map(|word| text.find(word).map(|at| (at, word)))
                .min();
            if let Some((at, word)) = hit {
                findings.push(finding(field, quote(text, at, word), rule.why));
            }
        }
        if let Some(at) = open_ended(text) {
            findings.push(finding(
                field,
                at,
                "“以上”“以下”没有具体数字，机构无法判断是否符合。",
            ));
        }
    }
    findings
}

fn finding(field: &str, quote: String, why: &str) -> Finding {
    Finding {
        field: field.to_string(),
        quote,
        why: why.to_string(),
    }
}

/// The phrase with up to six characters on either side.
fn quote(text: &str, at: usize, word: &str) -> String {
    let before: Vec<char> = text[..at].chars().rev().take(6).collect();
    let after = text[at + word.len()..].chars().take(6);
    before
        .into_iter()
        .rev()
        .chain(word.chars())
        .chain(after)
        .collect::<String>()
        .replace('\n', " ")
}

/// An 以上 or 以下 with neither a number nor a grade in the eight characters before it.
fn open_ended(text: &str) -> Option<String> {
    ["以上", "以下"].iter().find_map(|word| {
        text.match_indices(word).find_map(|(at, _)| {
            let before: Vec<char> = text[..at].chars().rev().take(8).collect();
            let counted = before
                .iter()
                .any(|c| c.is_numeric() || "一二三四五六七八九十百千万两甲乙丙丁级".contains(*c));
            (!counted).then(|| quote(text, at, word))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_finds_its_phrase() {
        for rule in RULES {
            for word in rule.words {
                let text = format!("投标人应当{word}，并提供证明。");
                let found = lint(&[("其他要求", &text)]);
                assert!(
                    found
                        .iter()
                        .any(|f| f.why == rule.why && f.quote.contains(word)),
                    "{word}"
                );
            }
        }
    }

    #[test]
    fn fair_wording_passes() {
        for text in [
            "编制环境影响报告表并配合技术评估修改，提供纸质成果 6 份。",
            "具有测绘乙级及以上资质，项目负责人具有三年以上经验。",
            "误差在 5 厘米以下。",
            "",
        ] {
            assert_eq!(lint(&[("服务内容", text)]), vec![], "{text}");
        }
    }

    #[test]
    fn bounds_without_numbers_are_found() {
        let found = lint(&[("其他要求", "具有丰富经验以上的团队")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].quote.contains("以上"));
    }
}
