//! Words that every guesser tries at a site of this kind first: the makers' first passwords, the names of the site,
//! and what is known of the person. A password that is little more than such words is no password, however they are
//! written: `P@ssw0rd`, `AdmIn@123456`, `zhongjie-chaoshi-2026`.

/// First passwords, offices and their equipment, this site, the demo's published password.
const WORDS: &[&str] = &[
    "administrator",
    "admin",
    "root",
    "system",
    "manager",
    "operator",
    "guest",
    "test",
    "user",
    "demo",
    "default",
    "password",
    "passwd",
    "pwd",
    "welcome",
    "changeme",
    "letmein",
    "iloveyou",
    "qwertyuiop",
    "qwerty",
    "qazwsx",
    "1qaz2wsx",
    "1qaz",
    "2wsx",
    "3edc",
    "zxcvbn",
    "asdfgh",
    "huawei",
    "inspur",
    "sugon",
    "h3c",
    "cisco",
    "zte",
    "lenovo",
    "kylin",
    "uos",
    "oracle",
    "postgres",
    "mysql",
    "market",
    "server",
    "xiangyang",
    "xiangzhou",
    "xiangcheng",
    "dongjin",
    "hanjiang",
    "hubei",
    "wuhan",
    "china",
    "zhongguo",
    "zhongjie",
    "chaoshi",
    "zjcs",
    "zjfwcs",
    "fuwu",
    "wangshang",
    "caigou",
    "yezhu",
    "jigou",
    "zhengwu",
    "shifanqu",
    "gov",
    "mima",
    "woaini",
    "woai",
    "aini",
    // 一生一世, 我爱你
    "1314",
    "520",
    "521",
    "管理员",
    "密码",
    "襄阳",
    "襄州",
    "襄城",
    "东津",
    "汉江",
    "湖北",
    "武汉",
    "中国",
    "中介",
    "网上",
    "服务",
    "超市",
    "示范区",
    "政务",
    "采购",
    "业主",
    "机构",
];

/// What must be left when the words, runs and years are taken away, in characters.
const LEAST_LEFT: usize = 5;

/// Whether a password is little more than such words and what is known of the person and the site.
pub fn is_of_common_words(password: &str, known: &[&str]) -> bool {
    let lower: String = crate::typed::plain(password).to_lowercase();
    let folded = unleeted(&lower);
    if super::named::is_one_and_a_number(&lower) {
        return true;
    }
    [lower, folded]
        .into_iter()
        .any(|text| left(&text, known) < LEAST_LEFT)
}

/// The text with letters for the digits and signs that stand for them: those beside a letter.
fn unleeted(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| chars.get(at))
            .is_some_and(|c| c.is_alphabetic())
    };
    let fold = |(at, &c): (usize, &char)| {
        let beside = is_letter(at.checked_sub(1)) || is_letter(at.checked_add(1));
        if beside { unleet(c) } else { c }
    };
    chars.iter().enumerate().map(fold).collect()
}

fn unleet(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}

/// The last eight digits of a telephone, by which people know it.
fn ending(word: &str) -> &str {
    let is_number = word.len() >= 11 && word.bytes().all(|c| c.is_ascii_digit());
    if is_number {
        &word[word.len() - 8..]
    } else {
        ""
    }
}

/// How many characters are left that are neither of a word nor of a run.
fn left(text: &str, known: &[&str]) -> usize {
    let mut rest: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let known: Vec<String> = known
        .iter()
        .flat_map(|word| [*word, ending(word)])
        .map(|word| {
            word.to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric())
                .collect()
        })
        .filter(|word: &String| word.chars().count() >= 2 && (word.len() > 3 || !word.is_ascii()))
        .collect();
    let mut words: Vec<&str> = WORDS
        .iter()
        .copied()
        .chain(known.iter().map(String::as_str))
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        // A blank keeps what stood before and after apart.
        rest = rest.replace(word, " ");
    }
    let mut pieces: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in rest.chars() {
        if c.is_ascii_digit() != last.is_ascii_digit() || last == ' ' {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut().filter(|_| c != ' ') {
            piece.push(c);
        }
        last = c;
    }
    pieces.iter().map(|piece| substance(piece)).sum()
}

/// The characters of a piece, runs such as `123`, `aaa`, `abc` and years counted as nothing.
fn substance(piece: &str) -> usize {
    let is_year = piece.len() == 4
        && piece.bytes().all(|c| c.is_ascii_digit())
        && (piece.starts_with("19") || piece.starts_with("20"));
    if is_year {
        return 0;
    }
    let chars: Vec<char> = piece.chars().collect();
    let step = |pair: &[char]| match pair {
        [a, b] => i64::from(u32::from(*b)) - i64::from(u32::from(*a)),
        _ => 9,
    };
    let mut count = 0;
    let mut start = 0;
    while start < chars.len() {
        let first = step(&chars[start..(start + 2).min(chars.len())]);
        let mut end = start + 1;
        while end < chars.len() && (-1..=1).contains(&first) && step(&chars[end - 1..=end]) == first
        {
            end += 1;
        }
        // A run of three and more is one thing to guess, as is the digit that hides in it.
        count += if end - start >= 3 { 0 } else { end - start };
        start = end;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_guesser_tries_first_is_refused_however_it_is_written() {
        for weak in [
            "Admin@123456",
            "ADMIN@123456",
            "Adm1n@2026!!",
            "Huawei@123",
            "Huawei@12#$",
            "huaweI12#$%",
            "P@ssw0rd2026",
            "demo-Hanjiang-2026",
            "Demo-Hanjiang-2027",
            "d3mo-H4nji4ng-2026",
            "demo-Hanjiang-2026!",
            "Xiangyang@2026",
            "X1angyang@888",
            "襄阳中介服务超市2026",
            "zjcs@123456",
            "ZJCS-chaoshi-2026",
            "zhongjie-chaoshi-1",
            "Welcome@2026",
            "1qaz@WSX3edc",
            "Ｈｕａｗｅｉ＠１２３",
            "111222333444",
            "woaini1314520",
            "aini1314520",
            "wo5201314ai",
            "zhangwei123",
            "Taobao@12345",
            "Wang@2026061",
        ] {
            assert!(is_of_common_words(weak, &[]), "{weak}");
        }
        for own in ["wang.min2026!", "WangMin-123", "wangmin@1990"] {
            assert!(is_of_common_words(own, &["wang.min", "王敏"]), "{own}");
        }
        assert!(is_of_common_words(
            "王敏13800001111",
            &["王敏", "13800001111"]
        ));
        let known = ["zhonglin", "林冲", "13971238888"];
        for own in [
            "71238888zhonglin",
            "Zhonglin-13971238888",
            "林冲71238888abc",
        ] {
            assert!(is_of_common_words(own, &known), "{own}");
        }
    }

    #[test]
    fn a_word_in_a_good_password_does_no_harm() {
        for good in [
            "檀溪-Fountain-7381-雨",
            "清泉-Willow-5512-雪",
            "admin tulip harbour 82",
            "襄阳的秋天很长而且凉爽",
            "xk93-vmqT-71zp",
            "correct horse battery",
        ] {
            assert!(!is_of_common_words(good, &["wang.min", "王敏"]), "{good}");
        }
    }
}
