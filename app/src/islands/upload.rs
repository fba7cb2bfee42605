//! A file field that uploads at once and shows how far it is. Without scripts the file travels with the form.

use leptos::prelude::*;

/// A file input with the hidden receipt `{name}_kept` of a file that has arrived already.
#[island]
pub fn Upload(
    id: String,
    name: String,
    kept: String,
    kept_name: String,
    accept: String,
    described: String,
    wrong: bool,
) -> impl IntoView {
    let (kept, set_kept) = signal(kept);
    let (kept_name, set_kept_name) = signal(kept_name);
    let (state, set_state) = signal(String::new());
    let (percent, set_percent) = signal(None::<u32>);
    let on_change = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        send(&event, set_kept, set_kept_name, set_state, set_percent);
        let _ = (&event, set_kept, set_kept_name, set_state, set_percent);
    };
    let place = id.clone();
    let has_none = move || kept.with(String::is_empty);
    let arrived = move || match has_none() {
        true => String::new(),
        false => ["已收到：", &kept_name.get()].concat(),
    };
    view! {
        <div role="status">
            <p class="arrived" hidden=has_none>
                {arrived}
            </p>
        </div>
        {move || {
            (!has_none())
                .then(|| {
                    view! {
                        <label class="small" for=place.clone()>
                            "换一个文件（不换就不用再选）"
                        </label>
                    }
                })
        }}
        <input
            type="file"
            id=id
            name=name.clone()
            accept=accept
            multiple
            on:change=on_change
            aria-describedby=(!described.is_empty()).then_some(described)
            aria-invalid=wrong.then_some("true")
        />
        <input type="hidden" name=format!("{name}_kept") value=move || kept.get() />
        <input type="hidden" name=format!("{name}_name") value=move || kept_name.get() />
        <progress
            max="100"
            value=move || percent.get().unwrap_or(0).to_string()
            hidden=move || percent.get().is_none()
            aria-label="上传进度"
        ></progress>
        <p class="small muted upload" role="status">
            {state}
        </p>
    }
}

#[cfg(feature = "hydrate")]
fn send(
    event: &leptos::ev::Event,
    set_kept: WriteSignal<String>,
    set_kept_name: WriteSignal<String>,
    set_state: WriteSignal<String>,
    set_percent: WriteSignal<Option<u32>>,
) {
    use super::browser::{listen, member, parse};
    use wasm_bindgen::JsCast;
    let Some(input) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
    else {
        return;
    };
    let Some(files) = input.files().filter(|files| files.length() > 0) else {
        return;
    };
    let (Ok(request), Ok(data)) = (web_sys::XmlHttpRequest::new(), web_sys::FormData::new()) else {
        return;
    };
    let sent = (0..files.length())
        .filter_map(|place| files.get(place))
        .try_for_each(|file| data.append_with_blob("file", &file))
        .and_then(|()| request.open("POST", "/uploads"))
        .and_then(|()| {
            request.set_request_header("x-island", "1")?;
            let upload = request.upload()?;
            listen(&upload, "progress", move |event| {
                if let Some(progress) = event.dyn_ref::<web_sys::ProgressEvent>() {
                    set_percent.set(Some(
                        (progress.loaded() / progress.total().max(1.0) * 100.0) as u32,
                    ));
                }
            });
            let answered = request.clone();
            listen(&request, "loadend", move |_| {
                set_percent.set(None);
                let text = answered.response_text().ok().flatten().unwrap_or_default();
                let Some(answer) = parse(&text) else {
                    // The form will carry the file itself.
                    return set_state.set("暂时没有传上去，提交表单时会再传一次。".into());
                };
                if let Some(receipt) = member(&answer, "receipt") {
                    let name = member(&answer, "name").unwrap_or_default();
                    set_state.set(String::new());
                    set_kept.set(receipt);
                    set_kept_name.set(name);
                } else {
                    set_state.set(member(&answer, "problem").unwrap_or_default());
                }
                // What arrived need not travel again with the form; what was refused must be chosen anew.
                input.set_value("");
            });
            set_state.set("正在上传…".into());
            request.send_with_opt_form_data(Some(&data))
        });
    if sent.is_err() {
        set_state.set("提交表单时上传。".into());
    }
}
