use super::*;

fn trouble(posted_to: &str, form: Form, refusal: Refusal) -> Trouble {
    let ask = Ask {
        path: posted_to.into(),
        form,
        ..Ask::default()
    };
    Trouble::new(&ask, refusal)
}

fn fields(trouble: Option<Trouble>) -> Fields {
    let ask = Ask {
        trouble,
        ..Ask::default()
    };
    let stored: Form = [
        ("content", "</textarea><script>alert(1)</script>"),
        ("name", "\"><img src=x>"),
    ]
    .into_iter()
    .collect();
    Fields::new(&ask, "/x", stored, uuid::Uuid::nil())
}

#[test]
fn whatever_is_typed_stays_text() {
    let html = fields(None).text_area("content", "内容", "", 3).to_html()
        + &fields(None).input("text", "name", "名称", "").to_html();
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("<img"), "{html}");
    assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;"), "{html}");
}

#[test]
fn a_refused_form_comes_back_with_what_was_typed_and_the_mistake_at_its_field() {
    let form: Form = [("content", "短"), ("once", "k")].into_iter().collect();
    let refusal = Refusal::at("content", "至少 10 个字。");
    let fields = fields(Some(trouble("/x", form, refusal)));
    let html = fields.text_area("content", "内容", "写清楚", 3).to_html();
    assert!(
        html.contains("至少 10 个字。") && html.contains("短</textarea>"),
        "{html}"
    );
    assert!(
        html.contains("aria-invalid=\"true\"")
            && html.contains("aria-describedby=\"h-content w-content\""),
        "{html}"
    );
    assert!(fields.summary().to_html().contains("#f-content"));
    assert!(fields.hidden(Some(3)).to_html().contains("value=\"k\""));
}

#[test]
fn the_trouble_of_another_form_is_not_shown() {
    let refusal = Refusal::at("content", "至少 10 个字。");
    let fields = fields(Some(trouble("/other", Form::default(), refusal)));
    assert!(!fields.summary().to_html().contains("至少 10 个字。"));
}
