//! The frame of every page: masthead, navigation, footer; and the rendering of the whole to HTML.

use crate::ask::{Ask, Trouble};
use crate::desk::{Actor, Desk};
use crate::parts::refused;
use crate::reply::Page;
pub use crate::section::Section;
use crate::world::{Assets, Module, Site};
use leptos::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::message::UNREAD_CAP;

const NAVIGATION: [(Section, &str, &str); 9] = [
    (Section::Home, "/", "首页"),
    (Section::Requirements, "/requirements", "采购公告"),
    (Section::Results, "/awards", "中选结果"),
    (Section::Items, "/items", "服务事项"),
    (Section::Agencies, "/agencies", "中介机构"),
    (Section::Credit, "/credit", "信用公示"),
    (Section::Policies, "/policies", "规则与政策"),
    (Section::Ledger, "/ledger", "存证账本"),
    (Section::Help, "/help", "帮助"),
];

/// What the frame needs to know besides the page.
pub struct Frame {
    pub site: Arc<Site>,
    pub actor: Option<Actor>,
    pub elder: bool,
    pub path: String,
    /// What was refused, when this is the answer to a form.
    pub trouble: Option<Trouble>,
    /// Set when a workday is not a workday here.
    pub demo_pace: Option<String>,
}

impl Frame {
    /// The frame for an answer at a desk. The pace is read only if it can be read.
    pub async fn of(desk: &mut Desk, ask: &Ask) -> Frame {
        let demo_pace = match desk.rules().await {
            Ok(rules) if rules.policy.is_demo() => Some(rules.policy.pace_words()),
            _ => None,
        };
        Frame {
            site: desk.world.site.clone(),
            actor: desk.actor.clone(),
            elder: ask.elder,
            path: ask.path.clone(),
            trouble: ask.trouble.clone(),
            demo_pace,
        }
    }

    /// A frame without a database, for pages about its absence.
    pub fn bare(site: Arc<Site>, ask: &Ask) -> Frame {
        Frame {
            site,
            actor: None,
            elder: ask.elder,
            path: ask.path.clone(),
            trouble: None,
            demo_pace: None,
        }
    }
}

/// The whole document. Pages without an island send no script.
pub fn render(page: Page, frame: Frame) -> String {
    let main = without_markers(&(page.body)().to_html());
    // The form that was refused may be gone, because the state has moved on: then nothing has said why.
    let unsaid = frame
        .trouble
        .as_ref()
        .filter(|trouble| !trouble.shown.load(Ordering::Relaxed))
        .map(|trouble| without_markers(&refused(trouble).to_html()))
        .unwrap_or_default();
    let modules = modules(&main, &frame.site.assets);
    let fallback = if modules.is_empty() { "" } else { NO_ISLANDS };
    // What went wrong comes first, also for who hears the title only.
    let title = match &frame.trouble {
        Some(trouble) => not_taken(trouble, &page.title),
        None => page.title.clone(),
    };
    let head = without_markers(&head(&title, &frame, &modules).to_html());
    let top = without_markers(&top(page.section, &frame).to_html());
    let foot = without_markers(&foot(&frame).to_html());
    let class = if frame.elder { " class=\"elder\"" } else { "" };
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"{class}><head>{head}</head><body>{top}<main id=\"main\" class=\"wrap stack\" tabindex=\"-1\">{fallback}{unsaid}{main}</main>{foot}</body></html>"
    )
}

/// How the title of every page begins that answers a form which was not taken.
pub const NOT_TAKEN: &str = "未提交：";

/// The title of a page that shows a form again which was not taken: why, and what page it is.
pub fn not_taken(trouble: &Trouble, title: &str) -> String {
    format!("{NOT_TAKEN}{} - {title}", trouble.refusal.headline())
}

/// Shown by `start.js` where the islands cannot be started: an old browser, or a line on which they did not arrive.
const NO_ISLANDS: &str = "<p class=\"note warn\" id=\"no-islands\" role=\"status\" hidden>您的浏览器版本较旧，或者脚本没有下载到。本页按不使用脚本的方式办理，照常填写、提交即可，结果一样有效。</p>";

/// The modules whose islands a page has. The name of an island's element is that of its module.
fn modules<'a>(main: &str, assets: &'a Assets) -> Vec<&'a Module> {
    [
        ("<assist-island", &assets.assist),
        ("<crypto-island", &assets.crypto),
    ]
    .into_iter()
    .filter_map(|(element, module)| main.contains(element).then_some(module))
    .collect()
}

/// Leptos marks the places where it would hydrate with `<!>`. Nothing hydrates here: the marks would be dead weight, and
/// in a title they would be read out. What people typed is escaped, so no text looks like a mark.
fn without_markers(html: &str) -> String {
    html.replace("<!>", "")
}

fn head(title: &str, frame: &Frame, modules: &[&Module]) -> impl IntoView + use<> {
    let assets = &frame.site.assets;
    let pairs: Vec<String> = modules
        .iter()
        .map(|module| format!("script={}&wasm={}", module.script, module.wasm))
        .collect();
    let start = format!("{}?{}", assets.start, pairs.join("&"));
    let scripts: Vec<String> = modules.iter().map(|module| module.script.clone()).collect();
    let scripts = (!scripts.is_empty()).then(|| {
        let preloads: Vec<AnyView> = scripts
            .into_iter()
            .map(|script| view! { <link rel="modulepreload" href=script /> }.into_any())
            .collect();
        view! {
            {preloads}
            <script type="module" src=start></script>
        }
    });
    view! {
        <meta charset="utf-8" />
        // Office browsers with two kernels: the newer one, please.
        <meta name="renderer" content="webkit" />
        <meta http-equiv="X-UA-Compatible" content="IE=edge" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{format!("{title} · {}", frame.site.name)}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href=assets.style.clone() />
        {scripts}
    }
}

fn top(section: Section, frame: &Frame) -> impl IntoView + use<> {
    let links: Vec<AnyView> = NAVIGATION
        .into_iter()
        .map(|(own, href, label)| {
            let current = (own == section).then_some("page");
            view! {
                <a href=href aria-current=current>
                    {label}
                </a>
            }
            .into_any()
        })
        .collect();
    let elder_label = if frame.elder {
        "标准版"
    } else {
        "大字版"
    };
    let elder_value = if frame.elder { "off" } else { "on" };
    let demo = frame.demo_pace.clone().map(|pace| {
        view! {
            <p class="demo">
                <span class="wrap">
                    "演示环境，数据为虚构，时间加快：" {pace}
                    "。预置的公告除外，仍按原定日期截止；想看完全过程，请新发布一个。"
                </span>
            </p>
        }
    });
    view! {
        <a class="skip" href="#main">
            "跳到正文"
        </a>
        {demo}
        <header class="mast">
            <div class="wrap row">
                <a class="name" href="/">
                    {emblem()}
                    <span>"一网选中介"<small>{frame.site.name.clone()}</small></span>
                </a>
                <div class="tools">
                    <form method="post" action="/elder">
                        <input type="hidden" name="to" value=frame.path.clone() />
                        <button class="link" name="elder" value=elder_value>
                            {elder_label}
                        </button>
                    </form>
                    <span class="muted">{frame.site.region_name.clone()}</span>
                    {account(frame)}
                </div>
            </div>
        </header>
        <nav class="nav" aria-label="主导航">
            <div class="wrap">{links}</div>
        </nav>
    }
}

fn emblem() -> impl IntoView {
    view! {
        <svg class="emblem" width="34" height="34" viewBox="0 0 34 34" aria-hidden="true">
            <rect x="1" y="1" width="32" height="32" rx="3" />
            <path d="M8 12h18M8 22h18M17 6v22" />
            <circle cx="17" cy="17" r="3.4" />
        </svg>
    }
}

fn account(frame: &Frame) -> AnyView {
    let Some(actor) = &frame.actor else {
        return view! {
            <a href="/register">"注册"</a>
            <a class="btn" href="/sign-in">
                "登录"
            </a>
        }
        .into_any();
    };
    let label = match &actor.acting {
        Some(acting) => {
            let body = acting.body_name.clone().unwrap_or_else(|| "平台".into());
            format!("{body} · {}", acting.role.label())
        }
        None => "未选择单位".into(),
    };
    view! {
        {messages(actor)}
        <a class="btn" href="/desk">
            "工作台"
        </a>
        <details class="menu">
            <summary>{actor.name.clone()}</summary>
            <div class="card">
                <p class="small muted">{label}</p>
                <a href="/account">"我的账号"</a>
                <a href="/account#mandates">"切换单位或角色"</a>
                <form method="post" action="/sign-out">
                    <button class="link">"退出登录"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// The way to one's messages, with how many are unread.
fn messages(actor: &Actor) -> AnyView {
    let unread = match actor.unread {
        ..=0 => return view! { <a href="/messages">"消息"</a> }.into_any(),
        many if many > UNREAD_CAP => format!("{UNREAD_CAP}+"),
        few => few.to_string(),
    };
    view! {
        <a href="/messages" class="unread">
            "消息 "
            <b>{unread} <span class="sr">" 条未读"</span></b>
        </a>
    }
    .into_any()
}

fn foot(frame: &Frame) -> impl IntoView + use<> {
    view! {
        <footer class="foot">
            <div class="wrap row between">
                <p>"主办："{frame.site.host.clone()}<br />"本网站支持键盘操作和读屏软件"</p>
                <p>
                    "监督电话 "{frame.site.host_phone.clone()}" · "
                    <a href="/help#contact">"我为网站找错"</a>" · "
                    <a href="/help#open-data">"开放数据"</a>" · "<a href="/site-map">"网站地图"</a>
                </p>
            </div>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_page_loads_the_modules_of_its_islands_only() {
        let assets = Assets::default();
        let scripts = |main: &str| -> Vec<String> {
            let modules = modules(main, &assets);
            modules.iter().map(|module| module.script.clone()).collect()
        };
        assert!(scripts("<p>assist-island</p>").is_empty());
        assert_eq!(scripts("<assist-island>"), ["/pkg/assist.js"]);
        assert_eq!(scripts("<p><crypto-island data-x>"), ["/pkg/crypto.js"]);
        let both = scripts("<crypto-island></crypto-island><assist-island>");
        assert_eq!(both, ["/pkg/assist.js", "/pkg/crypto.js"]);
    }

    #[test]
    fn every_island_is_one_of_its_module() {
        let mut islands = Vec::new();
        read(Path::new("src"), &mut islands);
        assert!(islands.len() >= 7, "{islands:?}");
        for (module, component) in islands {
            let file = format!("../islands/src/bin/{module}.rs");
            let program = std::fs::read_to_string(file).unwrap();
            let entry = format!("(\"{component}\", ");
            assert!(program.contains(&entry), "{module}: {component}");
        }
    }

    /// The islands in the views of a folder: module and component.
    fn read(folder: &Path, islands: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, islands);
                continue;
            }
            if path.extension().is_none_or(|ending| ending != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices("data-component=") {
                let (before, after) = text.split_at(at);
                let element = before.rsplit('<').next().unwrap_or_default();
                let named = after.split('"').nth(1);
                if let (Some((module, _)), Some(component)) = (element.split_once("-island"), named)
                {
                    islands.push((module.into(), component.into()));
                }
            }
        }
    }
}
