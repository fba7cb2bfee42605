use super::*;
use proptest::prelude::*;

#[test]
fn what_nobody_sees_goes_and_blanks_and_line_ends_become_what_they_stand_for() {
    for (typed, meant) in [
        ("\u{202D}13900001111\u{202C}", "13900001111"),
        ("\u{200B}91420600", "91420600"),
        ("\u{FEFF}标\u{AD}题\u{2060}", "标题"),
        (
            "一\u{B}二\u{C}三\u{2028}四\u{2029}五\u{85}六",
            "一\n二\n三\n四\n五\n六",
        ),
        ("一\r\n二\r三\n\r四", "一\n二\n三\n\n四"),
        ("长虹路\u{A0}雨\u{3000}污\u{2009}分", "长虹路 雨 污 分"),
        ("葛\u{E0100}某", "葛某"),
        ("\u{3164}\u{115F}", ""),
        ("\u{2800}", " "),
        ("⾼⽩", "高白"),
        ("e\u{301}", "é"),
        ("５㎡，①", "５㎡，①"),
        ("a\0b", "a\u{FFFD}b"),
        ("a\tb", "a\tb"),
    ] {
        assert_eq!(clean(typed), meant, "{typed:?}");
    }
}

#[test]
fn what_cannot_be_kept_is_named_with_its_place() {
    for (text, words) in [
        ("一二\u{7}", "第 3 个字是看不见的控制字符（U+0007）"),
        ("e\u{301}x\u{1B}", "第 3 个字"),
        ("\u{E863}", "第 1 个字是自造字（U+E863）"),
        ("姓\u{FFFD}", "第 2 个字是无法识别"),
        ("\u{FFFE}", "第 1 个字"),
        ("a\u{9F}", "第 2 个字"),
    ] {
        let sentence = unkeepable(text).expect(text);
        assert!(sentence.contains(words), "{text:?}: {sentence}");
    }
    // Characters that are newer than the tables are names of people, too.
    for text in ["䶮\u{323B0}", "一\n二\t三", "👨👩", "王\u{3134A}"] {
        assert_eq!(unkeepable(text), None, "{text:?}");
    }
}

#[test]
fn codes_have_one_spelling() {
    for (typed, code_) in [
        ("统一社会信用代码：91420600MADEM00114", "91420600MADEM00114"),
        ("９１４２０６００madem００１１４。", "91420600MADEM00114"),
        ("91420600MADEM00114（1-1）", "91420600MADEM00114"),
        ("91420600MADEM00114 (副本).", "91420600MADEM00114"),
        ("“2603—420606－04–01−123456”", "2603-420606-04-01-123456"),
        ("证书编号: 乙测资字 420 第 12 号", "乙测资字420第12号"),
        ("鄂建（2020）001号", "鄂建(2020)001号"),
        ("【ZJXY420606202603150001】", "ZJXY420606202603150001"),
        ("第5²号", "第5²号"),
        (
            "\u{202D}统一社会信用代码:\u{200B}91420600MADEM00114\u{FEFF}（1-1）。\u{202C}",
            "91420600MADEM00114",
        ),
        (
            "（统一社会信用代码：91420600MADEM00114）",
            "91420600MADEM00114",
        ),
        ("91420600 MADEM 00114｡", "91420600MADEM00114"),
        ("：", ""),
        ("", ""),
    ] {
        assert_eq!(code(typed), code_, "{typed:?}");
    }
    assert_eq!(
        ascii_code("统一社会信用代码 91420600MADEM00114"),
        "91420600MADEM00114"
    );
    assert_eq!(
        ascii_code("代码（91420600MADEM00114）"),
        "91420600MADEM00114"
    );
    for typed in [
        "№91420600MADEM00114",
        "No. 91420600MADEM00114",
        "*91420600MADEM00114*",
    ] {
        assert_eq!(ascii_code(typed), "91420600MADEM00114", "{typed}");
    }
    assert_eq!(ascii_code("九一"), "九一");
}

#[test]
fn the_same_name_is_the_same_name() {
    for (one, other) in [
        ("徐强", "徐 强"),
        ("徐强", "徐\u{3000}强\u{200B}"),
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉・买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉．买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉・ 买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉･买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉\u{2E31}买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉\u{387}买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉\u{200B}｡买买提"),
        ("Ｓｍｉｔｈ John", "smith john"),
        ("楚天（湖北）公司", "楚天(湖北)公司"),
        ("郎某", "\u{F92C}某"),
    ] {
        assert_eq!(Name::from(one), Name::from(other), "{one} {other}");
        assert_eq!(Folded::of(one).as_str(), Folded::of(other).as_str());
    }
    assert_ne!(Name::from("徐强"), Name::from("徐强强"));
    assert_ne!(Name::from("阿卜杜拉·买买提"), Name::from("阿卜杜拉买买提"));
    assert_ne!(Folded::of("5²"), Folded::of("52"));
    assert!(Folded::of(" 。·").is_empty());
}

#[test]
fn characters_are_counted_as_people_count_them() {
    assert_eq!(count("e\u{301}é一👍"), 4);
    assert_eq!(first("一二三四五", 3), "一二三…");
    assert_eq!(first("一二", 3), "一二");
}

#[test]
fn an_accent_that_stands_apart_is_joined_to_its_letter_once_and_for_all() {
    for text in ["Å´", "A´", "e ´", "甲´", "´"] {
        let spelt = code(text);
        assert_eq!(code(&spelt), spelt, "{text}");
        let folded = Folded::of(text);
        assert_eq!(Folded::of(folded.as_str()), folded, "{text}");
    }
}

proptest! {
    #[test]
    fn cleaning_twice_is_cleaning_once(text in "\\PC{0,12}|[\\x00-\\x{3000}]{0,12}") {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once.clone());
        let folded = Folded::of(&text);
        prop_assert_eq!(Folded::of(folded.as_str()), folded);
        let spelt = code(&text);
        prop_assert_eq!(code(&spelt), spelt);
        let _ = unkeepable(&text);
    }

    #[test]
    fn blanks_and_invisible_characters_make_no_difference_to_a_name(
        name in "[一-龥]{2,4}", at in 0usize..5, extra in "[ \u{A0}\u{3000}\u{200B}-\u{200F}\u{2060}\u{FEFF}\t\n]{1,3}"
    ) {
        let mut letters: Vec<char> = name.chars().collect();
        for c in extra.chars() {
            letters.insert(at.min(letters.len()), c);
        }
        let other: String = letters.into_iter().collect();
        prop_assert_eq!(Name::from(name.as_str()), Name::from(other));
    }
}
