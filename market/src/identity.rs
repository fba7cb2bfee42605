//! Numbers that belong to persons: checked when typed, masked when shown (个人信息保护法).

use crate::money::half_width;

/// Reads a resident identity number (GB 11643): 18 characters, a possible birth date, the check digit.
pub fn parse_id_number(text: &str) -> Result<String, String> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let number: String = half_width(text).trim().to_ascii_uppercase();
    let bytes = number.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
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
    if b"10X98765432"[(sum % 11) as usize] != bytes[17] {
        return Err("身份证号码最后一位校验码不对，请核对是否抄错。".to_string());
    }
    Ok(number)
}

/// Reads a telephone number: a mobile of 11 digits, or a landline with its area code.
pub fn parse_phone(text: &str) -> Result<String, String> {
    let number: String = half_width(text)
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')'))
        .collect();
    let digits = number.bytes().all(|c| c.is_ascii_digit());
    let mobile = number.len() == 11 && number.starts_with('1');
    let landline = (10..=12).contains(&number.len()) && number.starts_with('0');
    let service = (3..=5).contains(&number.len()) && number.starts_with('1');
    if digits && landline {
        // Area codes have three digits for the largest cities (010, 02x), four elsewhere.
        let area = if number.starts_with("01") || number.starts_with("02") {
            3
        } else {
            4
        };
        Ok(format!("{}-{}", &number[..area], &number[area..]))
    } else if digits && (mobile || service) {
        Ok(number)
    } else {
        Err("请填写 11 位手机号，或带区号的固定电话，如 0710-3456789。".to_string())
    }
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
/// `2019-420606-77-03-012345`. Shape and region only; the check digit's rule is not public.
pub fn parse_project_code(text: &str) -> Result<String, String> {
    let code = half_width(text)
        .trim()
        .to_ascii_uppercase()
        .replace(['—', '–', '－'], "-");
    let lengths: Vec<usize> = code.split('-').map(str::len).collect();
    let digits = code
        .chars()
        .all(|c| c.is_ascii_digit() || c == '-' || c == 'X');
    if lengths == [4, 6, 2, 2, 6] && digits && !code[..code.len() - 1].contains('X') {
        Ok(code)
    } else {
        Err("投资项目代码应为 24 位分五段，如 2603-420606-04-01-123456。".to_string())
    }
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
    fn phones_are_read_with_their_usual_separators() {
        assert_eq!(parse_phone("138 1234 5678"), Ok("13812345678".into()));
        assert_eq!(parse_phone("0710-3456789"), Ok("0710-3456789".into()));
        assert_eq!(parse_phone("027 12345678"), Ok("027-12345678".into()));
        assert_eq!(parse_phone("12345"), Ok("12345".into()));
        for wrong in ["3456789", "1381234567", "电话", "138123456789012"] {
            assert!(parse_phone(wrong).is_err(), "{wrong}");
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
        assert!(parse_project_code("2603420606").is_err());
    }
}
