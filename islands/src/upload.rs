//! A file field that uploads at once and shows how far it is. Without scripts the file travels with the form. The HTML
//! is `parts::form`'s.

use super::browser::{Failure, listen, member, parse, place};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, FileList, FormData, HtmlElement, HtmlInputElement, HtmlProgressElement, ProgressEvent,
    XmlHttpRequest,
};

/// The places of an upload field.
struct Field {
    input: HtmlInputElement,
    /// What has arrived, in words, and the hidden receipt and name that travel with the form.
    arrived: Element,
    kept: HtmlInputElement,
    kept_name: HtmlInputElement,
    /// Offers another file when one has arrived.
    other: Element,
    progress: HtmlProgressElement,
    status: Element,
}

/// Makes a file field send what is chosen.
pub fn upload(island: HtmlElement) {
    let Some(field) = Field::of(&island).map(Rc::new) else {
        return;
    };
    let sender = field.clone();
    listen(&field.input, "change", move |_| {
        let files = sender.input.files().filter(|files| files.length() > 0);
        if let Some(files) = files
            && send(&sender, &files).is_err()
        {
            sender.status.set_text_content(Some("提交表单时上传。"));
        }
    });
}

fn send(field: &Rc<Field>, files: &FileList) -> Result<(), Failure> {
    let (request, data) = (XmlHttpRequest::new()?, FormData::new()?);
    for file in (0..files.length()).filter_map(|place| files.get(place)) {
        data.append_with_blob("file", &file)?;
    }
    request.open("POST", "/uploads")?;
    request.set_request_header("x-island", "1")?;
    let shown = field.clone();
    listen(&request.upload()?.into(), "progress", move |event| {
        if let Some(progress) = event.dyn_ref::<ProgressEvent>() {
            let share = progress.loaded() / progress.total().max(1.0);
            shown.progress.set_value((share * 100.0).floor());
            shown.progress.set_hidden(false);
        }
    });
    let (answered, shown) = (request.clone(), field.clone());
    listen(&request.clone().into(), "loadend", move |_| {
        shown.progress.set_hidden(true);
        shown.answered(&answered.response_text().ok().flatten().unwrap_or_default());
    });
    field.status.set_text_content(Some("正在上传…"));
    request.send_with_opt_form_data(Some(&data))
}

impl Field {
    fn of(island: &HtmlElement) -> Option<Field> {
        Some(Field {
            input: place(island, "input[type=file]")?.dyn_into().ok()?,
            arrived: place(island, ".arrived")?,
            kept: place(island, "[name$=_kept]")?.dyn_into().ok()?,
            kept_name: place(island, "[name$=_name]")?.dyn_into().ok()?,
            other: place(island, "label")?,
            progress: place(island, "progress")?.dyn_into().ok()?,
            status: place(island, ".upload")?,
        })
    }

    fn answered(&self, text: &str) {
        let Some(answer) = parse(text) else {
            // The form will carry the file itself.
            let words = "暂时没有传上去，提交表单时会再传一次。";
            return self.status.set_text_content(Some(words));
        };
        let problem = match member(&answer, "receipt") {
            Some(receipt) => {
                let name = member(&answer, "name").unwrap_or_default();
                self.kept.set_value(&receipt);
                self.kept_name.set_value(&name);
                let words = ["已收到：", &name].concat();
                self.arrived.set_text_content(Some(&words));
                let _ = self.arrived.remove_attribute("hidden");
                let _ = self.other.remove_attribute("hidden");
                String::new()
            }
            None => member(&answer, "problem").unwrap_or_default(),
        };
        self.status.set_text_content(Some(&problem));
        // What arrived need not travel again with the form; what was refused must be chosen anew.
        self.input.set_value("");
    }
}
