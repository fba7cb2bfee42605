//! Pages about what did not work: each says what happened and has a way out.

use crate::ask::{Ask, Trouble};
use crate::layout::{NOT_TAKEN, Section};
use crate::parts::form::kept::{Fate, lost};
use crate::reply::Page;
use leptos::prelude::*;
use market::stored::Unreadable;

fn page(title: impl Into<String>, body: impl FnOnce() -> AnyView + Send + 'static) -> Page {
    Page {
        title: title.into(),
        section: Section::None,
        body: Box::new(body),
    }
}

/// An error that answers a form: the title says first that it was not taken, and the page what became of it.
pub fn of_a_form(page: Page, ask: &Ask, fate: Option<Fate>) -> Page {
    let (body, ask) = (page.body, ask.clone());
    Page {
        title: format!("{NOT_TAKEN}{}", page.title),
        section: page.section,
        body: Box::new(move || {
            let lost = fate.map(|fate| view! { <div class="note warn">{lost(&ask, fate)}</div> });
            view! {
                {body()}
                {lost}
            }
            .into_any()
        }),
    }
}

/// What went wrong on our side, with the number under which the log has it.
pub fn with_number(page: Page, number: String) -> Page {
    let body = page.body;
    Page {
        title: page.title,
        section: page.section,
        body: Box::new(move || {
            view! {
                {body()}
                <p class="small">
                    "请求编号："<b class="mono">{number}</b>
                    "。需要帮助的，请拨打页脚的电话并报这个编号，工作人员据此查找原因。"
                </p>
            }
            .into_any()
        }),
    }
}

/// 404: not there, or not for this visitor to know.
pub fn not_found() -> Page {
    page("没有找到", || {
        view! {
            <h1>"没有找到这个页面"</h1>
            <p>"地址可能写错了，或者内容已经移走，也可能只有相关单位才能查看。"</p>
            <p class="row">
                <a class="btn main" href="/">
                    "回到首页"
                </a>
                <a class="btn" href="/search">
                    "搜索"
                </a>
                <a class="btn" href="/sign-in">
                    "登录后再看"
                </a>
            </p>
            <p>"手里有公告、中选通知书或者证书的，可以按下面的编号查。"</p>
            {super::numbers::field("")}
        }
        .into_any()
    })
}

/// 403: signed in, but in another role.
pub fn forbidden() -> Page {
    page("没有权限", || {
        view! {
            <h1>"当前的单位或角色不能办理这件事"</h1>
            <p>
                "如果您同时代表其他单位，可以先切换；需要开通权限的，请联系本单位管理员。"
            </p>
            <p class="row">
                <a class="btn main" href="/account#mandates">
                    "切换单位或角色"
                </a>
                <a class="btn" href="/desk">
                    "回到工作台"
                </a>
            </p>
        }
        .into_any()
    })
}

/// 429: one visitor has asked more than people do.
pub fn too_many(seconds: u64, is_posted: bool) -> Page {
    let wait = match seconds {
        0..=90 => format!("{seconds} 秒"),
        91..=5_400 => format!("{} 分钟", seconds.div_ceil(60)),
        _ => format!("{} 小时", seconds.div_ceil(3_600)),
    };
    let became = if is_posted {
        "刚才的操作没有办理。"
    } else {
        "这一页没有打开，到时间后刷新本页即可；别的窗口里正在填写的内容还在那里。"
    };
    let title = format!("操作太频繁，请过 {wait}再试");
    let heading = title.clone();
    Page {
        title,
        section: Section::None,
        body: Box::new(move || {
            view! {
                <h1>{heading}</h1>
                <p>
                    "为了让所有人都能办理，同一账号、同一网络地址在一段时间内的操作次数和同时进行的操作数有上限。"
                    {became}
                </p>
                <p>"单位里多人同时办理仍然遇到这一提示的，请拨打页脚的电话。"</p>
                <p class="row">
                    <a class="btn main" href="/">
                        "回到首页"
                    </a>
                </p>
            }
            .into_any()
        }),
    }
}

/// 403: somebody else has set the password.
pub fn first_password() -> Page {
    page("请先修改初始密码", || {
        view! {
            <h1>"请先修改初始密码"</h1>
            <p>
                "您的密码是别人设置的。为了保证只有您本人能够办理，请先换成自己的密码，之后再继续；刚才的操作没有办理。"
            </p>
            <p class="row">
                <a class="btn main" href="/account#password">
                    "去修改密码"
                </a>
            </p>
        }
        .into_any()
    })
}

/// 503: the database is away or everybody came at once.
pub fn busy() -> Page {
    page("暂时繁忙", || {
        view! {
            <h1>"系统暂时繁忙，请稍后再试"</h1>
            <p>
                "已经确认的报名、中选、合同都不会丢失。抽取等时间由系统保证，恢复后按原定的种子和名单进行。"
            </p>
            <p class="row">
                <a class="btn main" href="">
                    "再试一次"
                </a>
                <a class="btn" href="/">
                    "回到首页"
                </a>
            </p>
        }
        .into_any()
    })
}

/// 500: a fault of ours.
pub fn broken() -> Page {
    page("出错了", || {
        view! {
            <h1>"系统出错了"</h1>
            <p>"错误已经记录，运营人员会处理；请稍后再试，或拨打页脚的电话。"</p>
            <p class="row">
                <a class="btn main" href="/">
                    "回到首页"
                </a>
            </p>
        }
        .into_any()
    })
}

/// 500: a stored document that this program cannot read.
pub fn unreadable(unreadable: &Unreadable) -> Page {
    let number = unreadable.number();
    page("文件无法读取", move || {
        view! {
            <h1>"这份文件的存储格式无法读取"</h1>
            <p>"编号："<b class="wrap-any">{number}</b></p>
            <p>
                "存储的内容没有改动，也没有丢失；其他页面不受影响。这件事已经记录，并列在运营机构的工作台上。需要查阅这份文件的，请拨打页脚的电话，报上面的编号。"
            </p>
            <p class="row">
                <a class="btn main" href="/">
                    "回到首页"
                </a>
            </p>
        }
        .into_any()
    })
}

/// A refusal of something that has no form to go back to.
pub fn refused(trouble: Trouble) -> Page {
    page(trouble.refusal.headline(), move || {
        view! {
            <h1>"不能办理"</h1>
            {crate::parts::refused(&trouble)}
            <p class="row">
                <a class="btn main" href="/desk">
                    "回到工作台"
                </a>
            </p>
        }
        .into_any()
    })
}

/// 401: the session has ended while a form was filled in.
pub fn signed_out() -> Page {
    page("登录已过期", || {
        view! {
            <h1>"登录已过期"</h1>
            <p>
                "刚才的内容没有提交，也没有保留下来。请在新窗口登录，再用浏览器的“后退”回到原来的页面，填写的内容一般还在那里；文件要重新选择。"
            </p>
            <p class="row">
                <a class="btn main" href="/sign-in" target="_blank">
                    "在新窗口登录"
                </a>
            </p>
        }
        .into_any()
    })
}

/// A request that no browser of ours sends: too large, from another site, unreadable.
pub fn unacceptable(sentence: &'static str) -> Page {
    page("不能接受的请求", move || {
        view! {
            <h1>"不能接受这个请求"</h1>
            <p>{sentence}</p>
            <p class="row">
                <a class="btn main" href="/">
                    "回到首页"
                </a>
            </p>
        }
        .into_any()
    })
}
