//! What became of a form that was not taken: what is still there, what has to be given again, what is gone. Said here
//! for every form and every way of failing, so that no sentence elsewhere promises what is not so.

use crate::ask::{Ask, Trouble};
use leptos::prelude::*;
use market::form::is_answer;

/// Never given back in a page.
pub const SECRET: &[&str] = &[
    "password",
    "old_password",
    "new_password",
    "new_password_again",
];

/// Made anew for each submission, by the browser or the server.
pub const FRESH: &[&str] = &["sealed_bid", "nonce"];

/// Fields that nobody types into.
const TECHNICAL: &[&str] = &["once", "version", "to", "replaces", "mandate"];

/// What of a refused form is shown again, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    has_fields: bool,
    has_secrets: bool,
    /// The price was sealed in the browser and never came here.
    has_sealed_price: bool,
    files: Vec<String>,
    lost_files: usize,
}

impl Kept {
    /// Of what was asked. A file counts as kept when it was received: its receipt travels in the page.
    pub fn of(ask: &Ask) -> Kept {
        let given = |name: &str| !ask.form.get(name).is_empty();
        Kept {
            has_fields: typed(ask).next().is_some(),
            has_secrets: SECRET.iter().any(|name| given(name)),
            has_sealed_price: given("sealed_bid") && !given("price"),
            files: ask.files.values().map(|file| file.name.clone()).collect(),
            lost_files: ask.file_problems.len(),
        }
    }

    /// Of a form that is shown again with what was typed.
    pub fn sentence(&self) -> String {
        let mut said = String::new();
        if self.has_fields {
            said.push_str("填写的内容都还在本页，但没有保存，请改好提交后再离开。");
        }
        if self.has_secrets {
            said.push_str("密码不会保留，请重新填写。");
        }
        if self.has_sealed_price {
            said.push_str(
                "报价在您的浏览器里加密，没有发到服务器；报价栏由浏览器填回，空着的请重新填写。",
            );
        }
        if !self.files.is_empty() {
            said.push_str(&format!(
                "已收到的文件不用重新选择：{}。",
                self.files.join("、")
            ));
        }
        if self.lost_files > 0 {
            said.push_str("没有收下的文件请重新选择。");
        }
        said
    }

    /// Of a form that cannot be shown again.
    fn gone(&self) -> String {
        let files = (!self.files.is_empty())
            .then(|| format!("文件也没有办理：{}。", self.files.join("、")));
        files.unwrap_or_default()
    }
}

/// What a person typed or chose, by name.
fn typed(ask: &Ask) -> impl Iterator<Item = (&str, &str)> {
    let names_a_file = |name: &str| {
        let file = name.strip_suffix("_name");
        file.is_some_and(|file| !ask.form.get(&format!("{file}_kept")).is_empty())
    };
    let is_typed = move |name: &str| {
        !(TECHNICAL.contains(&name)
            || SECRET.contains(&name)
            || FRESH.contains(&name)
            || name.ends_with("_kept")
            || is_answer(name)
            || names_a_file(name))
    };
    ask.form
        .pairs()
        .map(|(name, value)| (name, value.trim()))
        .filter(move |(name, value)| !value.is_empty() && is_typed(name))
}

/// What was typed and can be read: no codes of choices, no identifiers.
pub fn written(ask: &Ask) -> Vec<String> {
    let is_code = |text: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        text.chars().all(plain) || uuid::Uuid::parse_str(text).is_ok()
    };
    let texts = typed(ask).map(|(_, value)| value);
    texts
        .filter(|text| !is_code(text))
        .map(str::to_string)
        .collect()
}

/// Texts to be copied.
fn to_copy(texts: &[String]) -> AnyView {
    let texts: Vec<AnyView> = texts
        .iter()
        .map(|text| view! { <blockquote class="text lines">{text.clone()}</blockquote> }.into_any())
        .collect();
    texts.into_any()
}

/// Under the reason of a refusal whose form is gone from the page.
pub(super) fn without_form(trouble: &Trouble) -> AnyView {
    let files = trouble.kept.gone();
    if trouble.written.is_empty() {
        return (!files.is_empty())
            .then(|| view! { <p>{files}</p> })
            .into_any();
    }
    view! {
        <p>"您刚才填写的内容没有保存，需要时可以复制："</p>
        {to_copy(&trouble.written)}
        <p>{files}</p>
    }
    .into_any()
}

/// What happened to a form that was answered by an error page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was refused before all of it was read.
    Unread,
    /// It was read, and nothing of it was done.
    Undone,
    /// It was read but for its files, nothing of it was done, and later it will be taken.
    Later,
    /// It was read; the database did not answer, so nobody can say whether it was done.
    Unknown,
}

/// What is said below an error that answers a form.
pub fn lost(ask: &Ask, fate: Fate) -> AnyView {
    let texts = written(ask);
    let back =
        "请用浏览器的“后退”回到刚才的页面，填写的内容一般还在那里；密码和文件要重新填写、选择。";
    match fate {
        Fate::Unread => {
            view! { <p>"这次提交的内容没有读取，一项也没有保存。"{back}</p> }.into_any()
        }
        Fate::Undone => {
            let said = (!texts.is_empty()).then(|| {
                view! {
                    <p>"下面是刚才填写的内容，需要时可以复制："</p>
                    {to_copy(&texts)}
                }
            });
            view! {
                <p>"这次提交没有办理，内容没有保存。"{back}</p>
                {said}
            }
            .into_any()
        }
        Fate::Later => {
            let again = again(ask).filter(|_| ask.file_problems.is_empty());
            let said = (!texts.is_empty() && again.is_none()).then(|| {
                view! {
                    <p>"下面是刚才填写的内容，需要时可以复制："</p>
                    {to_copy(&texts)}
                }
            });
            let way = if again.is_some() {
                "填写的内容都在本页，到时间后按下面的按钮再提交一次。"
            } else {
                back
            };
            view! {
                <p>"这次提交没有办理，内容没有保存。"{way}</p>
                {again}
                {said}
            }
            .into_any()
        }
        Fate::Unknown => {
            let again = again(ask);
            let said = (!texts.is_empty() && again.is_none()).then(|| {
                view! {
                    <p>"下面是刚才填写的内容，需要时可以复制："</p>
                    {to_copy(&texts)}
                }
            });
            let way = if again.is_some() {
                "填写的内容都在本页，请稍后按下面的按钮再提交一次，同一次提交不会办理两遍。"
            } else {
                back
            };
            view! {
                <p>"这次提交还没有得到确认。"{way}</p>
                {again}
                {said}
            }
            .into_any()
        }
    }
}

/// The same form once more, with its key against double submission. Not for secrets and files, which are not in it,
/// nor without the key.
fn again(ask: &Ask) -> Option<AnyView> {
    let kept = Kept::of(ask);
    let mut pairs = ask.form.pairs();
    let has_receipts = pairs.any(|(name, value)| name.ends_with("_kept") && !value.is_empty());
    if ask.submission().is_none() || kept.has_secrets || has_receipts || kept.has_sealed_price {
        return None;
    }
    let fields: Vec<AnyView> = ask
        .form
        .pairs()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.to_string() value=value.to_string() /> }
                .into_any()
        })
        .collect();
    let action = ask.path.clone();
    Some(
        view! {
            <form method="post" action=action>
                {fields}
                <button class="btn main">"再提交一次"</button>
            </form>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(pairs: &[(&str, &str)]) -> Ask {
        Ask {
            path: "/x".into(),
            form: pairs.iter().copied().collect(),
            ..Ask::default()
        }
    }

    #[test]
    fn only_what_is_kept_is_said_to_be_kept() {
        let once = ("once", "01900000-0000-7000-8000-000000000000");
        assert_eq!(Kept::of(&ask(&[once, ("version", "3")])).sentence(), "");
        let typed = Kept::of(&ask(&[("name", "甲")])).sentence();
        assert!(typed.contains("都还在本页") && !typed.contains("密码"));
        let secret = Kept::of(&ask(&[("new_password", "x")])).sentence();
        assert!(!secret.contains("都还在") && secret.contains("密码不会保留"));
        let sealed = Kept::of(&ask(&[("sealed_bid", "00")])).sentence();
        assert!(sealed.contains("报价") && !sealed.contains("都还在"));
        let mut lost = ask(&[("name", "甲")]);
        lost.file_problems = vec![("scan".into(), market::Refusal::Stale)];
        assert!(Kept::of(&lost).sentence().contains("文件请重新选择"));
    }

    #[test]
    fn what_can_be_copied_is_what_was_typed() {
        let all = ask(&[
            ("verdict", "approve"),
            ("item", "01900000-0000-7000-8000-000000000000"),
            ("phone", "13807100001"),
            ("note", "两行\n文字"),
            ("password", "secret 1"),
            ("scan_kept", "1f"),
            ("scan_name", "甲.pdf"),
        ]);
        assert_eq!(written(&all), ["两行\n文字", "13807100001"]);
    }

    #[test]
    fn a_form_is_offered_again_only_when_it_is_whole_and_cannot_be_done_twice() {
        let once = ("once", "01900000-0000-7000-8000-000000000000");
        assert!(again(&ask(&[once, ("name", "甲")])).is_some());
        assert!(again(&ask(&[("name", "甲")])).is_none());
        assert!(again(&ask(&[once, ("password", "x")])).is_none());
        assert!(again(&ask(&[once, ("scan_kept", "x")])).is_none());
        // A field for a file that nothing was chosen for.
        assert!(again(&ask(&[once, ("scan_kept", ""), ("name", "甲")])).is_some());
    }
}
