//! Numbers of persons in a text that others will read: found however they are written, and other numbers left alone.

use super::phone::is_mobile;
use super::{is_province, parse_id_number};
use crate::time::parse_date;
use crate::typed::{clean, digits_of};

/// What kind of personal number a text holds, if any: `手机号码`, `身份证号码` or `银行卡号`. Full width, Chinese
/// numerals, groups and separators make no difference; letters in front make a number a code of something else.
pub fn personal_number(text: &str) -> Option<&'static str> {
    let clean = clean(text);
    // 一 is a digit to some and a dash to others.
    [false, true].into_iter().find_map(|one_is_dash| {
        let groups = groups(&digits_of(&clean, one_is_dash));
        (0..groups.len()).find_map(|first| kind_from(&groups[first..]))
    })
}

/// A run of digits (and a last X), and what connects it with the run behind it.
struct Group {
    digits: String,
    /// The letters that stand in front, directly or with a dash between.
    letters: String,
    /// A letter stands directly behind.
    goes_on: bool,
    /// Only separators stand between this run and the next.
    is_joined: bool,
    /// A comma stands behind, as between thousands.
    has_comma: bool,
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

fn groups(text: &str) -> Vec<Group> {
    let chars: Vec<char> = text.chars().collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < chars.len() && chars[at].is_ascii_digit() {
            at += 1;
        }
        let mut digits: String = chars[start..at].iter().collect();
        let is_end = |at: usize| !chars.get(at).is_some_and(char::is_ascii_alphanumeric);
        let is_last_x =
            |at: usize| matches!(chars.get(at), Some('x' | 'X' | '×')) && is_end(at + 1);
        // The last X of an identity number may stand apart.
        let gap = usize::from(matches!(chars.get(at), Some(' ' | '-')));
        if is_last_x(at + gap) {
            digits.push('X');
            at += gap + 1;
        }
        let before = chars[..start]
            .strip_suffix(&['-'])
            .unwrap_or(&chars[..start]);
        let letters: String = before
            .iter()
            .rev()
            .take_while(|c| c.is_ascii_alphabetic())
            .collect();
        let gap = chars[at..].iter().take_while(|&&c| is_separator(c)).count();
        groups.push(Group {
            digits,
            letters: letters
                .chars()
                .rev()
                .collect::<String>()
                .to_ascii_lowercase(),
            goes_on: !is_end(at),
            is_joined: (1..=3).contains(&gap)
                && chars.get(at + gap).is_some_and(char::is_ascii_digit),
            has_comma: chars.get(at) == Some(&','),
        });
    }
    groups
}

/// How people group a mobile number.
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
/// Letters that stand before a telephone number.
const TELEPHONE: &[&str] = &[
    "tel", "phone", "mobile", "mob", "cell", "call", "vx", "wx", "weixin", "wechat", "sj", "dh",
];

/// What starts with the first of these groups.
fn kind_from(groups: &[Group]) -> Option<&'static str> {
    let first = groups.first()?;
    let is_telephone = TELEPHONE.contains(&first.letters.as_str());
    if !first.letters.is_empty() && !is_telephone {
        return None;
    }
    let (mut digits, mut lengths) = (String::new(), Vec::new());
    for (i, group) in groups.iter().enumerate() {
        digits.push_str(&group.digits);
        lengths.push(group.digits.len());
        if digits.len() > 19 {
            return None;
        }
        // 13,800,000,000 is an amount.
        let is_amount = i > 0
            && groups[..i].iter().all(|g| g.has_comma)
            && lengths[1..].iter().all(|&n| n == 3);
        if !group.goes_on
            && !is_amount
            && let Some(kind) = kind_of(&digits, &lengths)
        {
            return Some(kind);
        }
        if !group.is_joined || group.goes_on {
            return None;
        }
    }
    None
}

fn kind_of(digits: &str, lengths: &[usize]) -> Option<&'static str> {
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
    let grouped = MOBILE_GROUPS.contains(&lengths)
        || single
        || (behind > 0
            && (lengths[0] > 11
                || (lengths[0] == behind && MOBILE_GROUPS.contains(&&lengths[1..]))));
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
    if !issuer || digits.ends_with('X') {
        return false;
    }
    let dated = format!("{}-{}-{}", &digits[6..10], &digits[10..12], &digits[12..14]);
    if is_province(digits) && parse_date(&dated).is_ok() {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, c)| {
            let digit = u32::from(c - b'0') * (1 + i as u32 % 2);
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_found_however_they_are_written() {
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
        ] {
            assert_eq!(personal_number(text), Some("手机号码"), "{text}");
        }
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
            "11010519491231002×",
            "身份证号码：１１０１０５－１９４９１２３１－００２Ｘ",
        ] {
            assert_eq!(personal_number(text), Some("身份证号码"), "{text}");
        }
        for text in [
            "卡号6222020000000000000",
            "6222 0200 0000 0000 000",
            "4111 1111 1111 1111",
            "６２２２０２０００００００００００００",
        ] {
            assert_eq!(personal_number(text), Some("银行卡号"), "{text}");
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
