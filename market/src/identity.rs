//! Numbers that belong to persons: checked when typed, masked when shown (个人信息保护法).

mod personal;
mod phone;

pub use personal::personal_number;
pub use phone::{is_mobile, parse_own_phone, parse_phone};

use crate::typed::ascii_code;

/// Reads a resident identity number (GB 11643): 18 characters, a possible birth date, the check digit.
pub fn parse_id_number(text: &str) -> Result<String, String> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let number: String = ascii_code(text).replace('-', "");
    let bytes = number.as_bytes();
    if bytes.len() != 18 || !number.is_ascii() || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return Err("身份证号码应为 18 位。".to_string());
    }
    let birth = format!("{}-{}-{}", &number[6..10], &number[10..12], &number[12..14]);
    if crate::time::parse_date(&birth).is_err() {
        return Err("身份证号码中的出生日期不对。".to_string());
    }
    let sum: u32 = bytes[..17]
        .iter()
        .zip(WEIGHTS)
        .map(|(&c, weight)| u32::from(c - b'0') * weight)
        .sum();
    if b"10X98765432"[crate::count::place(sum % 11)] != bytes[17] {
        return Err("身份证号码最后一位校验码不对，请核对是否抄错。".to_string());
    }
    Ok(number)
}

/// `420***********1234`
pub fn mask_id_number(number: &str) -> String {
    masked(number, 3, 4)
}

/// `138****1234`
pub fn mask_phone(number: &str) -> String {
    masked(number, 3, 4)
}

/// `张*`, `欧**`: the family name stays.
pub fn mask_name(name: &str) -> String {
    masked(name, 1, 0)
}

fn masked(text: &str, head: usize, tail: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= head + tail {
        let kept = letters.len().min(1);
        return letters[..kept].iter().collect::<String>() + &"*".repeat(letters.len() - kept);
    }
    let hidden = letters.len() - head - tail;
    let start: String = letters[..head].iter().collect();
    let end: String = letters[letters.len() - tail..].iter().collect();
    format!("{start}{}{end}", "*".repeat(hidden))
}

/// Reads an investment project code: `2603-420606-04-01-123456` (GB/T 40058) or the older
/// `2019-420606-77-03-012345`, with its dashes in any place or left out. Shape only; the check digit's rule is not
/// public.
pub fn parse_project_code(text: &str) -> Result<String, String> {
    let code = ascii_code(text).replace(['-', '_', '.', '/'], "");
    let digits: Vec<char> = code.chars().collect();
    let is_numeric = digits.split_last().is_some_and(|(last, first)| {
        first.iter().all(char::is_ascii_digit) && (last.is_ascii_digit() || *last == 'X')
    });
    if digits.len() != 20 || !is_numeric {
        let still = if is_numeric {
            format!("，现在是 {} 位", digits.len())
        } else {
            String::new()
        };
        return Err(format!(
            "投资项目代码应为 20 位数字，分五段，如 2603-420606-04-01-123456{still}。"
        ));
    }
    let segment = |from: usize, to: usize| digits[from..to].iter().collect::<String>();
    Ok([
        segment(0, 4),
        segment(4, 10),
        segment(10, 12),
        segment(12, 14),
        segment(14, 20),
    ]
    .join("-"))
}

/// Whether a number begins with the code of a province, as identity numbers do.
pub(crate) fn is_province(number: &str) -> bool {
    let code = number.get(..2).and_then(|code| code.parse().ok());
    code.is_some_and(|code: u8| {
        matches!(code, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers_are_checked() {
        assert_eq!(
            parse_id_number("11010519491231002x"),
            Ok("11010519491231002X".into())
        );
        for typed in [
            "身份证号：１１０１０５１９４９１２３１００２ｘ",
            "\u{200B}110105 19491231 002X。",
        ] {
            assert_eq!(
                parse_id_number(typed),
                Ok("11010519491231002X".into()),
                "{typed}"
            );
        }
        for wrong in [
            "110105194912310021",
            "11010519491331002X",
            "1101051949123100",
            "",
            "一二三四五六",
        ] {
            assert!(parse_id_number(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn masks_hide_what_they_should() {
        assert_eq!(mask_id_number("420606199001011234"), "420***********1234");
        assert_eq!(mask_phone("13812341234"), "138****1234");
        assert_eq!(mask_name("张三"), "张*");
        assert_eq!(mask_name("欧阳锋"), "欧**");
        assert_eq!(mask_name("李"), "李");
        assert_eq!(mask_name(""), "");
        assert_eq!(mask_phone("12345"), "1****");
    }

    #[test]
    fn project_codes_have_five_segments() {
        assert!(parse_project_code("2603-420606-04-01-123456").is_ok());
        assert!(parse_project_code("2603-420606-04-01-12345X").is_ok());
        assert!(parse_project_code("2603-420606-0X-01-123456").is_err());
        let short = parse_project_code("2603420606").expect_err("short");
        assert!(
            short.contains("20 位") && short.contains("现在是 10 位"),
            "{short}"
        );
        for typed in [
            "26034206060401123456",
            "项目代码：2603－420606－04－01－123456。",
            "2603_420606_04_01_123456",
            "2603.420606.04.01.123456",
            "2603420606-04-01-123456",
            "2603-420606-0401-123456",
            "2603 4206060401 123456",
            "２６０３—４２０６０６—０４—０１—１２３４５６",
        ] {
            assert_eq!(
                parse_project_code(typed),
                Ok("2603-420606-04-01-123456".into()),
                "{typed}"
            );
        }
    }
}
