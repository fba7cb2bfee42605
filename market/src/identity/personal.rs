//! Numbers of persons in a text that others will read: found however they are written, and other numbers left alone.

use super::phone::is_mobile;
use super::{is_province, parse_id_number};
use crate::time::parse_date;
use crate::typed::{clean, digits_of, is_dash};

/// What kind of personal number a text holds, if any: `手机号码`, `身份证号码` or `银行卡号`. Full width, Chinese
/// numerals, groups and separators make no difference; letters in front make a number a code of something else.
/// A Chinese numeral beside a number may belong to it or to a word (李四139…, 139…三日内), so both are tried.
pub fn personal_number(text: &str) -> Option<&'static str> {
    let clean = clean(text);
    // 一 is a digit to some and a dash to others.
    [false, true].into_iter().find_map(|one_is_dash| {
        let groups = groups(&clean, one_is_dash);
        (0..groups.len()).find_map(|first| kind_from(&groups, first))
    })
}

/// A run of digits (and a last X) or a single Chinese numeral, and what connects it with the one behind it.
struct Group {
    digits: String,
    is_numeral: bool,
    /// What the letters are that stand in front, directly or with a dash between.
    letters: Letters,
    /// A letter stands directly behind, as in a code.
    goes_on: bool,
    /// What stands between this run and the next, when that is nothing or a few separators.
    joint: Option<Joint>,
    /// A comma stands behind, as between thousands.
    has_comma: bool,
}

/// What letters in front make of a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    None,
    /// They announce a telephone number.
    Telephone,
    /// Somebody's name or account, as in `微信zhang139…`.
    Name,
    Code,
}

/// What stands between two groups.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Nothing,
    /// Blanks, dashes and brackets, which may stand anywhere in a number.
    Loose,
    Point,
    /// What stands between measures as well, `1500*2000*300`.
    Other,
}

/// What may stand between the parts of one number. Marks that end a phrase may not.
fn is_separator(c: char) -> bool {
    !c.is_alphanumeric()
        && !matches!(
            c,
            ':' | ';'
                | '、'
                | '。'
                | '?'
                | '!'
                | '='
                | '%'
                | '"'
                | '“'
                | '”'
                | '《'
                | '》'
                | '¥'
                | '￥'
        )
}

fn groups(text: &str, one_is_dash: bool) -> Vec<Group> {
    let original: Vec<char> = crate::typed::compatible(text).chars().collect();
    let chars: Vec<char> = digits_of(text, one_is_dash).chars().collect();
    // Arabic digits of any keyboard make runs; Chinese ones stand alone.
    let is_numeral = |at: usize| {
        original
            .get(at)
            .is_some_and(|c| c.is_alphabetic() || "○◯〇".contains(*c))
    };
    let is_run = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit) && !is_numeral(at);
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while is_run(start) && is_run(at) {
            at += 1;
        }
        let mut digits: String = chars[start..at].iter().collect();
        if let Some(length) = last_x(&original[at..]) {
            digits.push('X');
            at += length;
        }
        groups.push(Group {
            digits,
            is_numeral: is_numeral(start),
            letters: letters_before(&chars[..start]),
            goes_on: is_code_behind(&chars[at..]),
            joint: joint(&chars[at..]),
            has_comma: chars.get(at) == Some(&','),
        });
    }
    groups
}

/// How long the last X of an identity number is, which may stand apart.
fn last_x(behind: &[char]) -> Option<usize> {
    let gap = usize::from(matches!(behind.first(), Some(' ' | '-')));
    let is_end = !behind.get(gap + 1).is_some_and(char::is_ascii_alphanumeric);
    (matches!(behind.get(gap), Some('x' | 'X' | '×')) && is_end).then_some(gap + 1)
}

/// Letters that stand before a telephone number.
const TELEPHONE: &[&str] = &[
    "tel", "phone", "mobile", "mob", "cell", "call", "vx", "wx", "weixin", "wechat", "sj", "dh",
];
/// Words that stand before somebody's account.
const ACCOUNTS: &[&str] = &["微信", "微信号", "电话", "手机", "手机号", "联系", "联系人"];

fn letters_before(before: &[char]) -> Letters {
    let before = before.strip_suffix(&['-']).unwrap_or(before);
    let count = before
        .iter()
        .rev()
        .take_while(|c| c.is_ascii_alphabetic())
        .count();
    let (words, letters) = before.split_at(before.len() - count);
    let small: String = letters.iter().map(char::to_ascii_lowercase).collect();
    let words = words.iter().rev().filter(|c| c.is_alphanumeric());
    let words: Vec<&char> = words.take(3).collect();
    let words: String = words.into_iter().rev().collect();
    match small.as_str() {
        "" => Letters::None,
        small if TELEPHONE.contains(&small) => Letters::Telephone,
        _ if ACCOUNTS.iter().any(|account| words.ends_with(account)) => Letters::Name,
        // Codes have capitals, or few letters.
        _ if count > 2 && letters.iter().all(char::is_ascii_lowercase) => Letters::Name,
        _ => Letters::Code,
    }
}

fn is_code_behind(behind: &[char]) -> bool {
    let letters = behind.iter().take_while(|c| c.is_ascii_alphanumeric());
    let letters: Vec<&char> = letters.collect();
    let is_name = letters.len() > 1 && letters.iter().all(|c| c.is_ascii_lowercase());
    !letters.is_empty() && !letters[0].is_ascii_digit() && !is_name
}

fn joint(behind: &[char]) -> Option<Joint> {
    let gap = behind.iter().take_while(|&&c| is_separator(c)).count();
    let is_followed = behind.get(gap).is_some_and(char::is_ascii_digit);
    if gap > 3 || !is_followed {
        return None;
    }
    let is_loose = |&c: &char| c.is_whitespace() || is_dash(c) || matches!(c, '(' | ')' | '_');
    Some(match &behind[..gap] {
        [] => Joint::Nothing,
        ['.' | '·'] => Joint::Point,
        signs if signs.iter().all(is_loose) => Joint::Loose,
        _ => Joint::Other,
    })
}

/// How people group a mobile number, whatever stands between.
const MOBILE_GROUPS: &[&[usize]] = &[
    &[11],
    &[3, 4, 4],
    &[3, 8],
    &[7, 4],
    &[4, 3, 4],
    &[3, 3, 5],
    &[5, 6],
    &[6, 5],
    &[3, 2, 2, 2, 2],
    &[2, 3, 3, 3],
];

/// What starts with the first of these groups.
fn kind_from(all: &[Group], from: usize) -> Option<&'static str> {
    let groups = &all[from..];
    let first = groups.first()?;
    if first.letters == Letters::Code {
        return None;
    }
    let is_apart = match from.checked_sub(1).map(|before| &all[before]) {
        Some(before) => before.is_numeral || !is_chained(before),
        None => true,
    };
    let mut number = Number::default();
    for (i, group) in groups.iter().enumerate() {
        number.push(
            group,
            i.checked_sub(1).and_then(|before| groups[before].joint),
        );
        if number.digits.len() > 19 {
            return None;
        }
        // 13,800,000,000 is an amount.
        let is_amount = i > 0
            && groups[..i].iter().all(|g| g.has_comma)
            && number.parts[1..].iter().all(|part| part.len() == 3);
        let next_is_numeral = groups.get(i + 1).is_some_and(|next| next.is_numeral);
        let is_whole = is_apart && (next_is_numeral || !is_chained(group));
        let is_named = first.letters != Letters::Name || number.parts.len() == 1;
        if !group.goes_on
            && !is_amount
            && is_named
            && let Some(kind) = number.kind(is_whole)
        {
            return Some(kind);
        }
        if group.joint.is_none() || group.goes_on {
            return None;
        }
    }
    None
}

/// Whether the number may go on behind a group in any grouping.
fn is_chained(group: &Group) -> bool {
    group.joint.is_some_and(|joint| joint != Joint::Other)
}

/// Digits with what separates them.
#[derive(Default)]
struct Number {
    digits: String,
    parts: Vec<String>,
    joints: Vec<Joint>,
    has_numeral: bool,
}

impl Number {
    fn push(&mut self, group: &Group, joint: Option<Joint>) {
        self.digits.push_str(&group.digits);
        self.has_numeral |= group.is_numeral;
        match (joint, self.parts.last_mut()) {
            (Some(Joint::Nothing), Some(part)) => part.push_str(&group.digits),
            (joint, _) => {
                self.joints.extend(joint);
                self.parts.push(group.digits.clone());
            }
        }
    }

    fn kind(&self, is_whole: bool) -> Option<&'static str> {
        kind_of(&self.digits, &self.parts, |parts| {
            is_whole && !self.has_numeral && is_grouping(parts, &self.joints)
        })
    }
}

/// Whether parts that together are as long as a mobile number are one, in whatever grouping: not measures
/// (`1500 2000 300`), a number with a year (`1301-2024-001`), a decimal or an address of the network.
fn is_grouping(parts: &[String], joints: &[Joint]) -> bool {
    let is_year = |part: &String| part.len() == 4 && ("1990".."2036").contains(&part.as_str());
    let are_measures = parts.iter().all(|part| part.ends_with('0'));
    let points = joints
        .iter()
        .filter(|&&joint| joint == Joint::Point)
        .count();
    let is_pointed = points == 0
        || (points == joints.len() && parts.len() > 2 && parts.iter().any(|part| part.len() > 3));
    !joints.contains(&Joint::Other) && !parts.iter().any(is_year) && !are_measures && is_pointed
}

fn kind_of(
    digits: &str,
    parts: &[String],
    is_grouping: impl Fn(&[String]) -> bool,
) -> Option<&'static str> {
    let lengths: Vec<usize> = parts.iter().map(String::len).collect();
    let lengths = lengths.as_slice();
    let single =
        lengths.iter().all(|&n| n == 1) || (lengths.len() > 4 && lengths.iter().all(|&n| n <= 2));
    let mobile = match digits.len() {
        // With the country or a zero in front, written in one.
        12 => digits.strip_prefix('0'),
        13 => digits.strip_prefix("86"),
        15 => digits.strip_prefix("0086"),
        _ => Some(digits),
    };
    let behind = digits.len() - mobile.map_or(0, str::len);
    let is_grouped = |parts: &[String], lengths: &[usize]| {
        MOBILE_GROUPS.contains(&lengths) || is_grouping(parts)
    };
    let grouped = is_grouped(parts, lengths)
        || single
        || (behind > 0
            && (lengths[0] > 11
                || (lengths[0] == behind && is_grouped(&parts[1..], &lengths[1..]))));
    if mobile.is_some_and(is_mobile) && grouped {
        return Some("手机号码");
    }
    let is_identity = match digits.len() {
        // The numbers of this market's documents have dates too, but none as early as a birth.
        18 => parse_id_number(digits).is_ok() && is_province(digits) && digits[6..10] < *"2020",
        15 => is_old_identity(digits) && (single || matches!(lengths, [15] | [6, 6, 3] | [6, 9])),
        _ => false,
    };
    if is_identity {
        return Some("身份证号码");
    }
    is_card(digits).then_some("银行卡号")
}

/// The 15 digits of before 1999: region, date of birth with two digits for the year, serial number.
fn is_old_identity(digits: &str) -> bool {
    let birth = format!("19{}-{}-{}", &digits[6..8], &digits[8..10], &digits[10..12]);
    digits.bytes().all(|c| c.is_ascii_digit()) && is_province(digits) && parse_date(&birth).is_ok()
}

/// 16 to 19 digits of an issuer whose last one is Luhn's; not a number that begins with region and date.
fn is_card(digits: &str) -> bool {
    let length = digits.len();
    let issuer = match length {
        16 => {
            digits.starts_with(['4', '5']) || digits.starts_with("62") || digits.starts_with("35")
        }
        17..=19 => {
            digits.starts_with("62") || digits.starts_with("9558") || digits.starts_with("60")
        }
        _ => false,
    };
    if !issuer || digits.contains('X') {
        return false;
    }
    let dated = format!("{}-{}-{}", &digits[6..10], &digits[10..12], &digits[12..14]);
    if is_province(digits) && parse_date(&dated).is_ok() {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(c, weight)| {
            let digit = u32::from(c - b'0') * weight;
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn telephones_are_found_however_they_are_written() {
        for text in [
            "请打13900001111联系",
            "１３９００００１１１１",
            "139 0000 1111",
            "139-0000-1111",
            "139.0000.1111",
            "139(0000)1111",
            "+86 13900001111",
            "8613900001111",
            "一三九零零零零一一一一",
            "壹叁玖〇〇〇〇壹壹壹壹",
            "139一0000一1111",
            "1 3 9 0 0 0 0 1 1 1 1",
            "1️⃣3️⃣9️⃣0️⃣0️⃣0️⃣0️⃣1️⃣1️⃣1️⃣1️⃣",
            "13\u{200B}900001111",
            "微信VX13900001111",
            "③ 13900001111",
            "一三九〇〇〇〇一一一一",
            "幺叁玖零零零零幺幺幺幺",
            "١٣٩٠٠٠٠١١١١",
            "１３９ ００００ １１１１",
            "联系李四13900001111",
            "第三13900001111",
            "陆13900001111",
            "一13900001111",
            "13900001111五楼",
            "拨打13900001111三日内",
            "13900001111两个工作日内",
            "李四139一0000一1111",
            "李四一三九零零零零一一一一",
            "1390-0001-111",
            "13900-001-111",
            "139-00001-111",
            "1-390-000-1111",
            "138 12 345678",
            "13812 345 678",
            "+86 13812 345 678",
            "1390.0001.111",
            "三 1390 0001 111、五",
            "微信zhang13900001111",
            "微信号：ZHANG13900001111",
            "13900001111zhang",
        ] {
            assert_eq!(personal_number(text), Some("手机号码"), "{text}");
        }
    }

    #[test]
    fn numbers_of_identity_and_bank_cards_are_found_however_they_are_written() {
        for text in [
            "身份证 11010519491231002X。",
            "110105 19491231 002x",
            "110105-19491231-002X",
            "１１０１０５１９４９１２３１００２Ｘ",
            "一一零一零五一九四九一二三一零零二X",
            "110105491231002",
            "110105 491231 002",
            "身份证号11010519491231002X",
            "11010519491231002 X",
            "110105 19491231 002 x。",
            "张三11010519491231002X",
            "11010519491231002X五楼",
            "11010519491231002×",
            "身份证号码：１１０１０５－１９４９１２３１－００２Ｘ",
        ] {
            assert_eq!(personal_number(text), Some("身份证号码"), "{text}");
        }
        for text in [
            "卡号6222020000000000000",
            "6222 0200 0000 0000 000",
            "4111 1111 1111 1111",
            "张三6222020000000000000",
            "6222020000000000000两张",
            "６２２２０２０００００００００００００",
        ] {
            assert_eq!(personal_number(text), Some("银行卡号"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_found_in_any_chinese_text(
            before in "[联系人李张第层〇一二三四五六七八九十两壹陆，：年]{0,6}",
            after in "[联系人李张第层〇一二三四五六七八九十两壹陆，：年]{0,6}",
            tail in "[0-9]{7}[1-9]",
            cuts in proptest::collection::btree_set(1_usize..11, 0..3),
            sign in "[ -]",
        ) {
            for (number, kind) in [
                (format!("138{tail}"), "手机号码"),
                ("11010519491231002X".into(), "身份证号码"),
                ("6222020000000000000".into(), "银行卡号"),
            ] {
                let text = format!("{before}{number}{after}");
                prop_assert!(personal_number(&text).is_some(), "{text}: {kind}");
            }
            let mut number = format!("138{}", tail.replace('2', "3"));
            for cut in cuts.iter().rev() {
                number.insert_str(*cut, &sign);
            }
            prop_assume!(!number.split(&*sign).any(|part| part.starts_with("19")));
            let text = format!("{before}{number}{after}");
            prop_assert!(personal_number(&text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "公告 ZJXY420606202603150001",
            "电话 0710-3456789，027-12345678转801，400-123-4567",
            "合同价 12800000000 元",
            "金额 13,800,000,000.00 元",
            "91420606MATET0019T",
            "914403001922038216",
            "项目代码 2603-420606-04-01-123456",
            "合同编号 HT-138-2024-0001、XY13912345678",
            "长 1500 宽 2000 高 300，共 1500、2000、300",
            "1500 2000 300",
            "1500 x 2000 x 300，长 3 × 宽 4",
            "尺寸 1390 × 000 × 1111",
            "尺寸 1390*0001*111、1525*2040*305",
            "河北 1301-2024-001 号",
            "1998-05-12 100 份，19 2026-03-15 8 时",
            "第三 4 分册，共五 12 页，李四 2026 年",
            "服务器 139.196.12.111",
            "单价 1380.50 1420.3",
            "高程 1502 1498 153 20，其一 3800000001 元",
            "第三13912345678A、XY13912345678五楼",
            "2026-03-15 至 2026-04-15",
            "4206062026031500",
            "二〇二六年三月十五日",
            "编制报告 6 份，纸质 3 份，电子 1 份",
            "经纬度 112.144146, 32.042426",
            "",
        ] {
            assert_eq!(personal_number(text), None, "{text}");
        }
    }
}
