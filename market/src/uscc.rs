//! The unified social credit code (统一社会信用代码) of GB 32100-2015: 18 characters, two check digits.

use crate::identity::{is_province, parse_id_number};
use crate::typed::ascii_code;
use serde::{Deserialize, Serialize};

/// A code whose shape and organisation code are right. Nothing else constructs one. The last character is right as
/// well, but for codes that were printed with a wrong one (some of Xiamen before 2016): [`Uscc::is_irregular`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const OUTER_WEIGHTS: [u32; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

impl Uscc {
    /// Reads a code that has no irregularity. Labels, width, case, blanks and a copy's number are forgiven.
    /// Errors say which of length, letters, organisation code or check digit is wrong; a person's identity number is
    /// none. Source: GB 32100-2015.
    pub fn parse(text: &str) -> Result<Uscc, String> {
        let code = Uscc::printed(text)?;
        if code.is_irregular() {
            return Err("最后一位校验码不对，请核对是否抄错。".to_string());
        }
        Ok(code)
    }

    /// Reads a code as a licence prints it, with a wrong last character if need be: for registering and for what is
    /// stored. Whoever takes an irregular one from a form asks for the licence.
    pub fn printed(text: &str) -> Result<Uscc, String> {
        let code: String = ascii_code(text).replace('-', "");
        let count = code.chars().count();
        let is_person = code.len() == 18 && is_province(&code) && parse_id_number(&code).is_ok();
        if is_person {
            return Err(
                "这是个人的身份证号码。这里请填单位的统一社会信用代码，不要填身份证号码。"
                    .to_string(),
            );
        }
        if count != 18 {
            return Err(format!("统一社会信用代码应为 18 位，现在是 {count} 位。"));
        }
        if let Some(letter) = code
            .chars()
            .find(|c| !u8::try_from(*c).is_ok_and(|c| ALPHABET.contains(&c)))
        {
            return Err(format!(
                "统一社会信用代码中不会出现“{letter}”（不使用 I、O、S、V、Z）。"
            ));
        }
        let bytes = code.as_bytes();
        if inner_check(&bytes[8..16]) != bytes[16] {
            return Err("第 9 至 17 位（组织机构代码）的校验位不对，请核对是否抄错。".to_string());
        }
        Ok(Uscc(code))
    }

    /// Whether the last character is not the one that the others ask for.
    pub fn is_irregular(&self) -> bool {
        let bytes = self.0.as_bytes();
        outer_check(&bytes[..17]) != bytes[17]
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The valid code for a registering authority (2 characters), a region (6) and a body's number (8).
    /// Used to make synthetic codes for the demo and for tests. Errors: letters outside the alphabet.
    pub fn complete(authority: &str, region: &str, number: &str) -> Result<Uscc, String> {
        let mut code = format!("{authority}{region}{number}").into_bytes();
        if code.len() != 16 || code.iter().any(|c| !ALPHABET.contains(c)) {
            return Err("代码的前 16 位不合规则。".to_string());
        }
        code.push(inner_check(&code[8..16]));
        code.push(outer_check(&code[..17]));
        Uscc::parse(&String::from_utf8_lossy(&code))
    }
}

/// GB 11714: values A=10…Z=35, remainder of 11, ten is written X.
fn inner_check(organisation: &[u8]) -> u8 {
    let value = |c: u8| {
        if c.is_ascii_digit() {
            u32::from(c - b'0')
        } else {
            u32::from(c - b'A') + 10
        }
    };
    let sum: u32 = organisation
        .iter()
        .zip(INNER_WEIGHTS)
        .map(|(&c, weight)| value(c) * weight)
        .sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    }
}

/// GB 32100: positions in the alphabet of 31, weights 3^(i-1) mod 31.
fn outer_check(first: &[u8]) -> u8 {
    let value = |c: u8| {
        let place = ALPHABET.iter().position(|&letter| letter == c);
        crate::count::of(place.unwrap_or(0))
    };
    let sum: u32 = first
        .iter()
        .zip(OUTER_WEIGHTS)
        .map(|(&c, weight)| value(c) * weight)
        .sum();
    ALPHABET[crate::count::place((31 - sum % 31) % 31)]
}

impl std::fmt::Display for Uscc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Uscc::printed(&text)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> String {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn real_and_synthetic_codes_pass() {
        for code in [
            "91350100M000100Y43",
            "914403001922038216",
            "91330100799655058B",
            "9144030071526726XG",
            "91420600MADEM00114",
            "91420600MADEM002XU",
            "91420600MADEM0038U",
            "91420600MADEM0046N",
            "91420600MADEM0054H",
            "11420606DEM000110X",
            "12420606DEM0002251",
            "52420600DEM00033X7",
        ] {
            assert_eq!(
                Uscc::parse(code).map(|c| c.to_string()),
                Ok(code.to_string())
            );
        }
        assert_eq!(
            Uscc::parse(" ９1350100m000100y43 ").map(|c| c.to_string()),
            Ok("91350100M000100Y43".into())
        );
    }

    #[test]
    fn wrong_codes_are_refused_with_the_place_of_the_mistake() {
        for (code, word) in [
            ("91350100M000100Y4Z", "不会出现"),
            ("91350100M000100Y44", "最后一位"),
            ("91350100M000101Y43", "组织机构代码"),
            ("91350100M000100Y4", "17 位"),
            ("9135010OM000100Y43", "不会出现"),
            ("", "0 位"),
            ("九一三五零一零零九一三五零一零零九一", "不会出现"),
        ] {
            let sentence = Uscc::parse(code).expect_err(code);
            assert!(sentence.contains(word), "{code}: {sentence}");
        }
    }

    #[test]
    fn codes_are_read_as_they_are_pasted() {
        for typed in [
            "统一社会信用代码：91350100M000100Y43",
            "统一社会信用代码 91350100M000100Y43。",
            "91350100M000100Y43（1-1）",
            "91350100M000100Y43 (副本)",
            "\u{200B}９１３５０１００ｍ０００１００ｙ４３",
            "91350100-M000100Y-43",
        ] {
            assert_eq!(
                Uscc::parse(typed).map(|c| c.to_string()),
                Ok("91350100M000100Y43".into()),
                "{typed}"
            );
        }
    }

    #[test]
    fn an_irregular_last_character_is_for_registration_only() {
        let printed = Uscc::printed("91350100M000100Y44").expect("as printed");
        assert!(printed.is_irregular());
        assert!(Uscc::parse("91350100M000100Y44").is_err());
        assert!(
            !Uscc::printed("91350100M000100Y43")
                .expect("regular")
                .is_irregular()
        );
        assert!(
            Uscc::printed("91350100M000101Y43").is_err(),
            "the organisation's part stays checked"
        );
        let stored: Uscc =
            serde_json::from_str("\"91350100M000100Y44\"").expect("what was stored is read");
        assert_eq!(stored, printed);
    }

    #[test]
    fn an_identity_number_is_no_credit_code_even_if_it_would_pass() {
        for number in ["11010519491231002X", "身份证：110105 19491231 002x"] {
            assert!(
                Uscc::printed(number).is_err_and(|e| e.contains("身份证号码")),
                "{number}"
            );
        }
        // One that satisfies both check digits of a credit code.
        let passes = (0..1_000)
            .flat_map(|serial| (1..=28).map(move |day| (serial, day)))
            .find_map(|(serial, day)| {
                let first = format!("511302195001{day:02}{serial:03}");
                let weights = [7u32, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
                let sum: u32 = first
                    .bytes()
                    .zip(weights)
                    .map(|(c, weight)| u32::from(c - b'0') * weight)
                    .sum();
                let number = format!("{first}{}", b"10X98765432"[(sum % 11) as usize] as char);
                let bytes = number.as_bytes();
                let is_code = inner_check(&bytes[8..16]) == bytes[16]
                    && outer_check(&bytes[..17]) == bytes[17];
                is_code.then_some(number)
            });
        let number = passes.expect("some do");
        assert!(parse_id_number(&number).is_ok());
        assert!(
            Uscc::parse(&number).is_err_and(|e| e.contains("身份证号码")),
            "{number}"
        );
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_noticed(number in "[0-9A-H]{8}", at in 0usize..18, letter in 0usize..31) {
            let code = Uscc::complete("91", "420606", &number).expect("letters of the alphabet");
            let mut bytes = code.as_str().as_bytes().to_vec();
            prop_assume!(bytes[at] != ALPHABET[letter]);
            bytes[at] = ALPHABET[letter];
            let changed = String::from_utf8(bytes).expect("ASCII");
            prop_assert!(Uscc::parse(&changed).is_err());
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,24}") {
            let _ = Uscc::parse(&text);
        }
    }
}
