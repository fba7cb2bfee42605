//! What an agency's browser makes for a sign-up: its random number for the draw and, where the method has bids, the
//! sealed bid. With scripts the price never leaves the browser readable; without, the server seals it on receipt.

use leptos::prelude::*;

/// The price field (if there is a key to seal for) and the hidden fields `nonce` and `sealed_bid`.
#[island]
pub fn Secrets(
    requirement: String,
    agency: String,
    key: String,
    /// In fen; 0 where there is none.
    ceiling: i64,
    floor: i64,
    price: String,
    wrong: String,
) -> impl IntoView {
    let has_bid = !key.is_empty();
    let (nonce, set_nonce) = signal(String::new());
    let (sealed, set_sealed) = signal(String::new());
    let (problem, set_problem) = signal(wrong);
    let (remark, set_remark) = signal(
        "本页的脚本没有运行：随机数由服务器代为生成".to_string()
            + if has_bid {
                "，报价到达服务器后立即加密。"
            } else {
                "。"
            },
    );
    let anchor = NodeRef::<leptos::html::Div>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move || {
        use super::browser::{form_of, input_of, listen, random_32};
        let Some(form) = anchor.get().and_then(|anchor| form_of(&anchor)) else {
            return;
        };
        set_remark.set(
            "随机数".to_string()
                + if has_bid { "和加密后的报价" } else { "" }
                + "在您的浏览器里生成，截止前任何人都看不到内容。",
        );
        let bounds = market::selection::lowest_price::Bounds {
            ceiling: market::Fen(ceiling),
            floor: (floor > 0).then_some(market::Fen(floor)),
        };
        let (requirement, agency, key) = (requirement.clone(), agency.clone(), key.clone());
        let target = form.clone();
        listen(&form, "submit", move |event| {
            let Some(entropy) = random_32() else { return };
            set_nonce.set(hex_text(&entropy));
            if !has_bid {
                return;
            }
            let Some(input) = input_of(&target, "price") else {
                return;
            };
            match seal(&input.value(), bounds, &key, &requirement, &agency) {
                Ok(text) => {
                    set_sealed.set(text);
                    // The readable price stays here: a field without a name is not sent.
                    let _ = input.remove_attribute("name");
                }
                Err(sentence) => {
                    event.prevent_default();
                    set_problem.set(sentence);
                    let _ = input.focus();
                }
            }
        });
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (
        &requirement,
        &agency,
        ceiling,
        floor,
        set_nonce,
        set_sealed,
        set_problem,
        set_remark,
    );
    let price_field = has_bid.then(|| {
        view! {
            <div class="field" data-wrong=move || (!problem.get().is_empty()).then_some("")>
                <label for="f-price">"报价（元）"</label>
                <p class="hint" id="h-price">"在最高限价和最低限价之间，如 82000.00。提交后到截止前可以替换或撤回。"</p>
                <p class="wrong" id="w-price" role="alert">{problem}</p>
                <span class="with-unit"><input id="f-price" name="price" class="num" inputmode="decimal" autocomplete="off"
                    value=price aria-describedby="h-price w-price" aria-invalid=move || (!problem.get().is_empty()).then_some("true")/>
                    <span>"元"</span></span>
            </div>
        }
    });
    view! {
        <div node_ref=anchor>
            {price_field}
            <input type="hidden" name="nonce" prop:value=nonce/>
            <input type="hidden" name="sealed_bid" prop:value=sealed/>
            <p class="small muted">{remark}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn seal(
    price: &str,
    bounds: market::selection::lowest_price::Bounds,
    key: &str,
    requirement: &str,
    agency: &str,
) -> Result<String, String> {
    let sum = market::Fen::parse(price)?;
    // Once it is sealed nobody can tell that it is invalid until it is too late.
    if let Some(fault) = bounds.fault(sum) {
        return Err(format!("报价{fault}"));
    }
    let broken = || "公告的报价公钥不可用，请刷新页面。".to_string();
    let key = market::bid::PublicKey(market::draw::Hex32::parse(key).map_err(|_| broken())?.0);
    let requirement = requirement.parse().map_err(|_| broken())?;
    let agency = agency.parse().map_err(|_| broken())?;
    let entropy = super::browser::random_32().ok_or_else(broken)?;
    let sealed = market::bid::seal(sum, key, requirement, agency, entropy)?;
    Ok(hex_text(&sealed))
}

#[cfg(feature = "hydrate")]
fn hex_text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
