//! How a text is folded for finding, the same for documents and queries: letters and digits are all that counts.

pub use market::typed::squeeze;
use pinyin::ToPinyin;
use std::collections::BTreeSet;

/// Which folding a document was indexed by. Whoever changes what this file or [`squeeze`] answers counts it up: then the documents
/// are indexed anew by and by ([`super::renew`]).
pub const FOLDING: i32 = 1;

/// The words of a query, each squeezed: what blanks separate is looked for apart. Of a number with its label, the number.
pub fn words(query: &str, longest: usize, most: usize) -> Vec<String> {
    let number = market::number::labelled(query);
    let query = number.as_deref().unwrap_or(query);
    let mut left = longest;
    let mut words = Vec::new();
    for word in query.split_whitespace().map(squeeze) {
        let word: String = word.chars().take(left).collect();
        left -= word.chars().count();
        if !word.is_empty() && words.len() < most {
            words.push(word);
        }
    }
    words
}

/// The first letters of the pinyin of a title, letters and digits as they are: 环境影响评价 → hjyxpj.
pub fn initials(title: &str) -> String {
    squeeze(title)
        .chars()
        .filter_map(|c| match c.to_pinyin() {
            Some(pinyin) => pinyin.plain().chars().next(),
            None => c.is_ascii_alphanumeric().then_some(c),
        })
        .collect()
}

/// The pinyin of a text of Chinese characters alone, without tones: 林冲 → lin, chong. Empty for every other text.
pub fn syllables(text: &str) -> Vec<&'static str> {
    let pinyin = text
        .trim()
        .chars()
        .map(|c| c.to_pinyin().map(|pinyin| pinyin.plain()));
    pinyin.collect::<Option<_>>().unwrap_or_default()
}

/// Every character and every pair of neighbours of each word, with a prefix that keeps initials apart from text.
pub fn grams(text: &str, prefix: &str) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    for word in text.split(' ') {
        let letters: Vec<char> = word.chars().collect();
        grams.extend(letters.iter().map(|letter| format!("{prefix}{letter}")));
        grams.extend(
            pairs(word)
                .into_iter()
                .map(|pair| format!("{prefix}{pair}")),
        );
    }
    grams
}

/// What a word of a query needs: its pairs, or its one character.
pub fn query_grams(word: &str, prefix: &str) -> Vec<String> {
    let pairs = pairs(word);
    if pairs.is_empty() {
        return word.chars().map(|one| format!("{prefix}{one}")).collect();
    }
    pairs
        .into_iter()
        .map(|pair| format!("{prefix}{pair}"))
        .collect()
}

/// The characters of a word, each once: what a text has that contains them in any order.
pub fn letters(word: &str) -> Vec<String> {
    let letters: BTreeSet<char> = word.chars().collect();
    letters.into_iter().map(String::from).collect()
}

/// Whether a word is long enough, and a name rather than a code, to be found with parts of the name left out.
pub fn may_be_a_name(word: &str) -> bool {
    let letters = word.chars().filter(|c| !c.is_ascii()).count();
    letters >= 5
}

/// A pattern for texts that have the characters of a word in its order, whatever stands between.
pub fn in_order(word: &str) -> String {
    // Squeezed words have no sign that a pattern knows.
    let mut pattern = String::from("%");
    for letter in word.chars() {
        pattern.push(letter);
        pattern.push('%');
    }
    pattern
}

/// Every run of four characters of a query: parts of a name that are long enough to find it by. What every company is
/// called distinguishes none, and would be looked for among all of them.
pub fn windows(query: &str) -> Vec<String> {
    let letters: Vec<char> = query.chars().collect();
    let windows: BTreeSet<String> = letters
        .windows(4)
        .map(|four| four.iter().collect::<String>())
        .filter(|four| !four.contains("有限") && !four.contains("公司"))
        .collect();
    windows.into_iter().collect()
}

/// How much two squeezed texts share, of 100: the pairs that both have among all pairs (Dice).
pub fn likeness(one: &str, other: &str) -> usize {
    let (one, other): (BTreeSet<String>, BTreeSet<String>) = (
        pairs(one).into_iter().collect(),
        pairs(other).into_iter().collect(),
    );
    let all = one.len() + other.len();
    one.intersection(&other).count() * 200 / all.max(1)
}

fn pairs(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters
        .windows(2)
        .map(|pair| pair.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_follow_the_pinyin() {
        assert_eq!(syllables("林冲"), ["lin", "chong"]);
        assert!(syllables("lin 冲").is_empty());
        assert_eq!(initials("环境影响评价"), "hjyxpj");
        assert_eq!(initials("CMA 检验（检测）"), "cmajyjc");
    }

    #[test]
    fn signs_neither_separate_nor_distinguish() {
        for (typed, meant) in [
            ("会计师事务所（普通合伙）", "会计师事务所普通合伙"),
            ("ＺＪ－ＨＪ—001。", "zjhj001"),
            ("\u{202D}zj_hj·001\u{202C}", "zjhj001"),
            ("长虹路(雨污分流)改造", "长虹路雨污分流改造"),
        ] {
            assert_eq!(squeeze(typed), meant);
        }
        assert_eq!(words(" 汉江　（有限） — ", 40, 5), ["汉江", "有限"]);
        assert_eq!(words("一二三 四五六", 4, 5), ["一二三", "四"]);
        assert_eq!(words("公告编号：ZJXY-01", 40, 5), ["zjxy01"]);
    }

    #[test]
    fn every_query_gram_is_among_the_grams_of_a_text_that_contains_it() {
        let grams = grams(&squeeze("长虹路（雨污分流）改造 ＺＪ-01"), "");
        for query in ["雨污", "雨", "分流", "zj", "01", "长虹路", "路雨", "ZJ01"] {
            for gram in query_grams(&squeeze(query), "") {
                assert!(grams.contains(&gram), "{query}: {gram}");
            }
        }
    }

    #[test]
    fn a_name_is_more_like_itself_than_like_others() {
        let name = "楚天环保技术咨询有限公司";
        let typed = "楚天环保咨询公司";
        assert!(likeness(typed, name) > likeness(typed, "楚天造价咨询有限公司"));
        assert_eq!(likeness(name, name), 100);
        assert_eq!(likeness("", ""), 0);
        assert_eq!(
            windows(typed),
            ["保咨询公", "天环保咨", "楚天环保", "环保咨询"]
        );
        assert!(may_be_a_name(typed) && !may_be_a_name("测绘") && !may_be_a_name("zjhj001"));
    }
}
