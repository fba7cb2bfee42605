//! One name and a number: `zhangwei123`, `Taobao@12345`, `Wang@2026061`. There are few names, and the numbers behind
//! them are days, telephones and runs, so guessers go through them all. And passwords that are nearly the old one.

/// The family names of nine in ten, in pinyin.
const FAMILY_NAMES: &str = "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng \
    liang xie song tang xu han feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lv lu \
    ding ren lu yao shen zhong jiang cui tan fan lu shi liao jia xia wei fu fang bai zou meng xiong qin qiu jiang yin \
    xue yan duan lei hou long tao li gu mao hao gong shao wan qian yan tan dai mo kong xiang chang tang wen kang \
    lai niu geng ouyang sima shangguan zhuge";

/// Sites and makers whose names stand before `@123456`.
const SITES: &str = "taobao tmall alipay zhifubao alibaba aliyun weixin wechat tencent baidu jingdong douyin kuaishou \
    weibo meituan pinduoduo xiaomi netease dingding dingtalk google facebook twitter microsoft windows office iphone \
    apple samsung oppo vivo unionpay icbc bilibili youku sina sohu tiktok github linux ubuntu redhat nginx tomcat";

/// More digits than a day has, or a telephone, are no longer gone through.
const MOST_DIGITS: usize = 8;
const TELEPHONE: usize = 11;

/// Whether a text in small letters is one name of a person or a site, and a number.
pub fn is_one_and_a_number(lower: &str) -> bool {
    let is_word = |c: char| c.is_alphabetic();
    let mut words = lower.split(|c| !is_word(c)).filter(|word| !word.is_empty());
    let (Some(word), None) = (words.next(), words.next()) else {
        return false;
    };
    let digits = lower.chars().filter(char::is_ascii_digit).count();
    (digits <= MOST_DIGITS || digits == TELEPHONE) && (is_site(word) || is_person(word))
}

fn is_site(word: &str) -> bool {
    SITES.split_whitespace().any(|site| site == word)
}

/// A family name with up to two syllables behind it, or before it.
fn is_person(word: &str) -> bool {
    word.is_ascii()
        && FAMILY_NAMES.split_whitespace().any(|family| {
            let given = [word.strip_prefix(family), word.strip_suffix(family)];
            given
                .into_iter()
                .flatten()
                .any(|given| are_syllables(given, 2))
        })
}

/// Whether a text is so many syllables of pinyin at most.
fn are_syllables(text: &str, most: usize) -> bool {
    text.is_empty()
        || (most > 0
            && (1..=text.len().min(6)).any(|length| {
                is_syllable(&text[..length]) && are_syllables(&text[length..], most - 1)
            }))
}

fn is_syllable(text: &str) -> bool {
    const INITIALS: [&str; 24] = [
        "", "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x",
        "r", "z", "c", "s", "y", "w",
    ];
    const FINALS: [&str; 36] = [
        "a", "o", "e", "i", "u", "v", "ai", "ei", "ui", "ao", "ou", "iu", "ie", "ue", "ve", "er",
        "an", "en", "in", "un", "vn", "ang", "eng", "ing", "ong", "ia", "iao", "ian", "iang",
        "iong", "ua", "uo", "uai", "uan", "uang", "ueng",
    ];
    INITIALS.iter().any(|initial| {
        text.strip_prefix(initial)
            .is_some_and(|end| FINALS.contains(&end))
    })
}

/// Whether a new password is the old one but for one character, blanks at its ends, case and width.
pub fn is_nearly(new: &str, old: &str) -> bool {
    let folded = |text: &str| -> Vec<char> {
        let plain = crate::typed::plain(&crate::typed::clean(text));
        plain.trim().to_lowercase().chars().collect()
    };
    let (new, old) = (folded(new), folded(old));
    let (shorter, longer) = (new.len().min(old.len()), new.len().max(old.len()));
    let pairs = || new.iter().zip(&old);
    let before = pairs().take_while(|(a, b)| a == b).count();
    let behind = new.iter().rev().zip(old.iter().rev());
    let behind = behind.take_while(|(a, b)| a == b).count();
    before.saturating_add(behind).min(shorter) + 1 >= longer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_and_a_number_is_found_and_more_than_that_is_not() {
        for weak in [
            "zhangwei123",
            "wang@2026061",
            "taobao@12345",
            "linchong13971238888",
            "1990.lixiaoming",
            "weizhang_88",
            "ouyangfeng!!19",
            "@@wang123456",
        ] {
            assert!(is_one_and_a_number(weak), "{weak}");
        }
        for good in [
            "correct horse battery",
            "willow-5512-harbour",
            "harbour 82 829",
            "zhang likes green tea 8",
            "linchong7391028465",
            "檀溪-fountain-7381-雨",
            "8391047265",
        ] {
            assert!(!is_one_and_a_number(good), "{good}");
        }
    }

    #[test]
    fn a_new_password_differs_by_more_than_one_character() {
        let old = "清泉-Willow-5512-雪";
        for same in [
            "清泉-Willow-5512-雪",
            " 清泉-Willow-5512-雪 ",
            "清泉-WILLOW-5512-雪",
            "清泉-Willow-5513-雪",
            "清泉-Willow-5512-雪1",
            "清泉-Willow-512-雪",
            "1清泉-Willow-5512-雪",
            "清泉－Willow-5512-雪",
        ] {
            assert!(is_nearly(same, old), "{same}");
        }
        for other in [
            "清泉-Willow-5521-雪",
            "檀溪-Fountain-7381-雨",
            "清泉-Willow-5512-雪12",
            "",
        ] {
            assert!(!is_nearly(other, old), "{other}");
        }
        assert!(is_nearly("aaaaaaaaaa", "aaaaaaaaaaa") && !is_nearly("aaaaaaaaaa", "aaaaaaaaaaaa"));
    }
}
