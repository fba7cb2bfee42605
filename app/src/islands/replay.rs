//! The draw, computed once more in the visitor's own browser from the published evidence.

use leptos::prelude::*;

/// Fetches the evidence at `path` and repeats the draw.
#[island]
pub fn ReplayDraw(path: String) -> impl IntoView {
    let (class, set_class) = signal("note");
    let (verdict, set_verdict) = signal(String::new());
    let (remark, set_remark) = signal(
        "浏览器启用脚本后，会在这里用公开的证据重新计算一遍。未启用脚本的，可以下载证据文件用下面的命令验算。".to_string(),
    );
    let (rows, set_rows) = signal(Vec::<(String, String)>::new());
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(async move {
        use super::browser::{get, milliseconds};
        let evidence = get(&path)
            .await
            .ok()
            .and_then(|text| serde_json::from_str::<market::draw::Evidence>(&text).ok());
        let Some(evidence) = evidence else {
            set_class.set("note warn");
            set_remark.set("没有取到证据文件，暂时无法验算。请刷新页面再试。".into());
            return;
        };
        let began = milliseconds();
        let agrees = evidence.is_right();
        let took = (milliseconds() - began) as u32 + 1;
        if agrees {
            set_class.set("note ok");
            set_verdict.set("在您的浏览器里验算：一致。".into());
            set_remark.set(
                [
                    "用公开的种子和名单重新计算，得到同样的结果，用时 ",
                    &took.to_string(),
                    " 毫秒。",
                ]
                .concat(),
            );
        } else {
            set_class.set("note bad");
            set_verdict.set("在您的浏览器里验算：不一致！".into());
            set_remark.set("请保存本页并拨打监督电话。".into());
        }
        let row = |row: market::draw::Comparison| {
            let mark = if row.agrees() {
                "一致 · "
            } else {
                "不一致 · "
            };
            ([mark, row.what].concat(), row.computed)
        };
        set_rows.set(evidence.replay().into_iter().map(row).collect());
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (path, set_class, set_verdict, set_remark, set_rows);
    view! {
        <div class=class role="status"><p><b>{verdict}</b>{remark}</p>
            <details hidden=move || rows.with(Vec::is_empty)><summary>"逐项比对：本机算出的值"</summary>
                <dl class="facts small">{move || rows.get().into_iter().map(|(what, computed)| view! { <dt>{what}</dt><dd class="mono">{computed}</dd> }).collect::<Vec<_>>()}</dl>
            </details></div>
    }
}
