use leptos::prelude::*;
#[island]
pub fn Probe(text: String) -> impl IntoView {
    let (out, set) = signal(String::new());
    view! { <button on:click=move |_| set.set(hex(&market::probe(&[9;32], text.as_bytes(), [7;32])))>"go"</button><p>{out}</p> }
}
fn hex(b: &[u8]) -> String {
    b.iter().map(|x| format!("{x:02x}")).collect::<String>() + &format!("{:?}", market::mac(b, b))
}
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
